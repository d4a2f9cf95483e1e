import GuestOS
import PKRUModel
import SimQEMU
import Testing

@testable import Equivalence

/// Accesses, deliveries and PKRU instructions as a bare guest executes them, beside PKRUModel.
@Suite(.serialized) struct KeyMatrixTests {
  @Test func processorsDecideAsTheModelDoes() throws {
    let report = try KeyMatrixReport()
    #expect(report.agrees, "\(report.text())")
    for reason in report.notHeard { print("not heard: \(reason)") }
    for row in report.rows {
      #expect(row.equal + row.known == row.count)
      if row.voice == "simulator" { #expect(row.known == 0) }
    }
    let voices = Set(report.rows.map(\.voice)).sorted()
    for voice in voices {
      let rows = report.rows.filter { $0.voice == voice }
      let (equal, known) = (rows.map(\.equal).reduce(0, +), rows.map(\.known).reduce(0, +))
      print("access decisions on \(voice): \(equal) equal to PKRUModel's, \(known) known to differ")
      #expect(equal + known == (voice == KeyMatrixReport.bochs ? 90_144 : 180_256))
    }
  }

  /// Known differences are predictions: another result than the predicted one is a disagreement.
  @Test(arguments: [KeyMatrixReport.qemu, KeyMatrixReport.bochs])
  func aKnownDifferenceIsNoExcuseForAnother(voice: String) throws {
    let trials = KeyTrial.all
    var results = trials.map { $0.expected(of: voice) }
    let place = try #require(trials.firstIndex { $0.expected(of: voice) != $0.expected })
    results[place] = KeyResult.missing
    var report = KeyMatrixReport(empty: ())
    report.compare(KeyMatrixRun(name: voice, results: results), trials)
    #expect(report.disagreements.count == 1)
  }

  /// A result that is not the model's, in one trial of 180,256.
  @Test func oneWrongErrorCodeIsFound() throws {
    let trials = KeyTrial.all
    var results = trials.map(\.expected)
    let place = try #require(trials.firstIndex { $0.expected == 0x23 })
    results[place] = 0x03
    var report = KeyMatrixReport(empty: ())
    report.compare(KeyMatrixRun(name: "simulator", results: results), trials)
    #expect(report.disagreements.count == 1)
    #expect(report.disagreements[0].contains("#PF(0x3), by the manual #PF(0x23)"))
  }

  @Test func theTrialsCoverEveryDecision() {
    let trials = KeyTrial.all
    #expect(trials.count == 32 * 128 * 4 * (2 * 3 + 2 + 2 + 1) + 32)
    let results = Set(trials.map(\.expected))
    for code in [0x01, 0x03, 0x05, 0x07, 0x15, 0x21, 0x23, 0x25, 0x27, 0x09, 0x11] as [UInt8] {
      #expect(results.contains(code), "error code 0x\(String(code, radix: 16))")
    }
    let special = [
      KeyResult.allowed, KeyResult.doubleFault, KeyResult.generalProtection, KeyResult.invalidOpcode,
      KeyResult.executed, KeyResult.interrupted, KeyResult.deviceInterrupted,
    ]
    #expect(results.isSuperset(of: special))
  }

  @Test func theGuestIsAnImageLikeAnyOther() throws {
    let image = try GuestImage(KeyMatrixImage().bytes)
    #expect(image.pvhEntry == KeyMatrixLayout.code)
  }
}
