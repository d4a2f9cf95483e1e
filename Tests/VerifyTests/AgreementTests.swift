import Engines
import Foundation
import Scenarios
import SimKVM
import SimQEMU
import Testing

@testable import Equivalence

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
let products = BuildProducts(folder: root.appending(path: ".build"))

let imagesAreBuilt: Bool = {
  if FileManager.default.fileExists(atPath: products.images.appending(path: "uio-ushellmpk.elf").path) { return true }
  print("engines are not compared: the guest's images have not been built (./test does it)")
  return false
}()

private let hasQEMU: Bool = {
  if QEMUProgram.url != nil { return imagesAreBuilt }
  print("QEMU is not compared: \(QEMUProgram.name) is missing (Debian's package \(QEMUProgram.package))")
  return false
}()

private let hasKVM: Bool = {
  do throws(KVMHost.Unavailable) {
    _ = try KVMHost()
    return true
  } catch {
    print("QEMU is not compared on the host's processor: \(error)")
    return false
  }
}()

func inputs(_ name: String) throws -> RunInputs {
  try RunInputs(
    ScenarioFile(path: root.appending(path: "scenarios/\(name).json").path), products: products, seed: nil)
}

private func observation(_ items: [Category: [String]], notShown: [Category: String] = [:]) -> Observation {
  var observation = Observation()
  (observation.items, observation.notShown) = (items, notShown)
  return observation
}

struct AgreementTests {
  @Test func theFirstDifferentItemIsNamedWithWhatCameBefore() throws {
    let one = observation([.exceptions: ["a", "b", "c", "error code 0x23", "e"]])
    let other = observation([.exceptions: ["a", "b", "c", "error code 0x3", "e"]])
    let agreement = Agreement(simulator: one, engine: other)
    let row = try #require(agreement.rows.first { $0.category == .exceptions })
    #expect((row.equalCount, row.itemCount, row.percent) == (4, 5, 80))
    #expect(
      agreement.disagreements == [
        .init(
          category: .exceptions, index: 3, simulator: "error code 0x23", engine: "error code 0x3",
          before: ["a", "b", "c"])
      ])
  }

  @Test func anItemTooManyIsADisagreement() {
    let agreement = Agreement(simulator: observation([.shell: ["a"]]), engine: observation([.shell: ["a", "b"]]))
    #expect(agreement.disagreements.first?.engine == "b")
    #expect(agreement.disagreements.first?.simulator == nil)
  }

  @Test func whatAnEngineHidesIsListedAndNotCompared() {
    let one = observation([.exceptions: ["a"]])
    let other = observation([:], notShown: [.exceptions: "kvm does not show exception"])
    let agreement = Agreement(simulator: one, engine: other)
    #expect(agreement.isComplete)
    #expect(agreement.rows.first { $0.category == .exceptions }?.notShown == "kvm does not show exception")
  }
}

@Suite(.serialized) struct EngineComparisonTests {
  /// A processor with keys and one without are a difference that must be found.
  @Test(.enabled(if: imagesAreBuilt)) func aDifferentProcessorIsFound() throws {
    let inputs = try inputs("hello")
    let agreement = Agreement(
      simulator: try EngineRun(inputs, on: SimulatedMachineMaker.simulator()).observation,
      engine: try EngineRun(inputs, on: SimulatedMachineMaker.simulator(hasProtectionKeys: false)).observation)
    let categories = agreement.disagreements.map(\.category)
    #expect(categories.contains(.shell) && categories.contains(.keys))
    #expect(agreement.disagreements.first { $0.category == .shell }?.engine?.hasPrefix("isolation off") == true)
  }

  @Test(.enabled(if: imagesAreBuilt)) func aScenarioThatNeedsKeysIsNotComparedWithoutThem() throws {
    let host = HostDescription(processor: "", kernel: "", kvmModule: "", hasProtectionKeys: false)
    let results = try EquivalenceCheck(inputs("rogue-write"), host: host).results(against: [.kvm, .qemuKVM])
    #expect(results.count == 2)
    for result in results {
      guard case .notComparable(let reason) = result.verdict else {
        Issue.record("\(result.engine) was compared")
        continue
      }
      #expect(reason.contains("no protection keys"))
    }
  }

  /// The guest asks its APIC which interrupts are being handled: where that does not say, it panics at the first one.
  @Test(.enabled(if: hasQEMU && hasKVM)) func theSimulatorAgreesWithQEMUOnTheHostsProcessor() throws {
    let results = try EquivalenceCheck(inputs("hello")).results(against: [.qemuKVM])
    let report = VerifyReport(scenario: "hello", results: results)
    #expect(report.agreements.count == 1)
    #expect(!report.disagrees, "\(report.text())")
  }

  @Test(
    .enabled(if: hasQEMU),
    arguments: [
      "hello", "ls-cat", "rogue-write", "software-interrupt", "dropped-rights", "real-nmi", "real-double-fault",
    ])
  func theSimulatorAgreesWithQEMU(name: String) throws {
    let results = try EquivalenceCheck(inputs(name)).results(against: [.qemuTCG])
    let report = VerifyReport(scenario: name, results: results)
    #expect(report.agreements.count == 1)
    #expect(!report.disagrees, "\(report.text())")
    let rows = report.agreements[0].rows
    let compared = rows.filter { $0.notShown == nil }
    // After a panic QEMU is gone, and its memory with it.
    #expect(compared.count >= (name.hasPrefix("real-") ? 8 : 9))
    print("\(name): \(compared.map(\.itemCount).reduce(0, +)) items in \(compared.count) categories equal on QEMU")
  }
}
