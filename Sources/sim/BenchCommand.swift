import ArgumentParser
import Benchmarks
import Foundation
import Scenarios

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure the simulator's speed beside QEMU's, and what recording and snapshots cost, in one run.",
    discussion: """
      Every kernel runs in turn on the simulator (exact counting, access models, events: all on), on QEMU with -icount
      shift=0,sleep=off, and on plain QEMU; the ratios say how many times as fast the simulator is. Absolute times mean
      little on a shared machine.

      The benchmark "campaign" tells how many experiments a second a campaign gets done, beside whole runs on new machines, and
      how many of its samples have to be run at all.

      The benchmark "witness" runs scenarios with and without a look at who acts.

      The benchmark "recording" runs, records and replays some scenarios in turn, and compares the processor times.

      EXAMPLES
        sim bench
        sim bench alu chase --rounds 5
        sim bench recording
        sim bench snapshot
        sim bench witness
        sim bench campaign
        sim bench --format json
      """
  )

  @Argument(
    help: """
      The kernels: \(Kernel.allCases.map(\.rawValue).joined(separator: ", ")), boot, campaign, recording, snapshot, witness. All if none.
      """)
  var names: [String] = []

  @Option(help: "How often each runs; the medians count.")
  var rounds = 3

  @Option(help: "How the result is printed: text or json.")
  var format = OutputFormat.text

  private static let boot = "boot"

  func validate() throws {
    let known =
      Kernel.allCases.map(\.rawValue)
      + [Self.boot, BenchCampaign.name, BenchRecording.name, BenchSnapshot.name, BenchWitness.name]
    for name in names where !known.contains(name) {
      throw ValidationError("\"\(name)\" is no benchmark; there are \(known.joined(separator: ", "))")
    }
    guard 1...100 ~= rounds else { throw ValidationError("--rounds takes 1 to 100, not \(rounds)") }
  }

  func run() throws {
    do {
      try measure()
    } catch let problem as BenchmarkError {
      throw CommandFailure(message: problem.description)
    }
  }

  private func measure() throws {
    let products = try buildProducts()
    let kernels = Kernel.allCases.filter { names.isEmpty || names.contains($0.rawValue) }
    var report: [String: Any] = [:]
    // The memory of a booting process is read before QEMU has run as a child.
    if names.isEmpty || names.contains(Self.boot) { report[Self.boot] = try boot(products) }
    if names.isEmpty || names.contains(BenchRecording.name) {
      report[BenchRecording.name] = try BenchRecording(products: products, rounds: rounds)
        .measure(printing: format == .text)
    }
    if names.isEmpty || names.contains(BenchSnapshot.name) {
      report[BenchSnapshot.name] = try BenchSnapshot(products: products, rounds: rounds)
        .measure(printing: format == .text)
    }
    if names.isEmpty || names.contains(BenchWitness.name) {
      report[BenchWitness.name] = try BenchWitness(products: products, rounds: rounds)
        .measure(printing: format == .text)
    }
    if names.isEmpty || names.contains(BenchCampaign.name) {
      report[BenchCampaign.name] = try BenchCampaign(products: products, rounds: rounds)
        .measure(printing: format == .text)
    }
    var comparisons: [Comparison] = []
    if format == .text, !kernels.isEmpty {
      StandardOutput.show("kernel           instructions    MIPS   x QEMU -icount   x QEMU plain")
    }
    for kernel in kernels {
      let comparison = try Comparison.measure(kernel, folder: products.benchmarks, rounds: rounds)
      comparisons.append(comparison)
      if format == .text { StandardOutput.show(row(comparison)) }
    }
    let counted = comparisons.filter { $0.kernel != .domainSwitch }.map(\.ratioToCounting)
    if format == .text, counted.count > 1 {
      StandardOutput.show(
        "geometric mean without domain-switch: \(fixed(Comparison.geometricMean(counted))) x QEMU -icount")
    }
    guard format == .json else { return }
    report["kernels"] = comparisons.map(object)
    if !counted.isEmpty { report["geometricMeanToCounting"] = Comparison.geometricMean(counted) }
    let data = try JSONSerialization.data(withJSONObject: report, options: [.sortedKeys, .prettyPrinted])
    StandardOutput.show(String(decoding: data, as: UTF8.self))
  }

  private func boot(_ products: BuildProducts) throws -> [String: Any] {
    guard let program = Bundle.main.executableURL else { throw BenchmarkError("this program's own path is unknown") }
    let root = products.images.deletingLastPathComponent().deletingLastPathComponent()
    let boot = try Boot.measure(
      simulator: program, scenario: root.appending(path: "scenarios/boot.json").path,
      image: products.images.appending(path: "uio-ushellmpk.elf"), rounds: max(rounds, 5))
    if format == .text {
      StandardOutput.show(
        "boot to prompt: \(fixed(boot.simulatorSeconds * 1000)) ms for the whole process, "
          + "\(fixed(boot.ratio)) x QEMU plain; \(boot.simulatorKiB / 1024) MiB resident at most")
    }
    return [
      "simulatorSeconds": boot.simulatorSeconds, "qemuSeconds": boot.qemuSeconds, "ratioToPlain": boot.ratio,
      "residentKiB": boot.simulatorKiB,
    ]
  }

  private func object(_ c: Comparison) -> [String: Any] {
    [
      "kernel": c.kernel.rawValue, "instructions": c.instructions, "simulatorSeconds": c.simulatorSeconds,
      "qemuIcountSeconds": c.countingSeconds, "qemuPlainSeconds": c.plainSeconds, "ratioToCounting": c.ratioToCounting,
      "ratioToPlain": c.ratioToPlain,
    ]
  }

  private func row(_ c: Comparison) -> String {
    [
      c.kernel.rawValue.padding(toLength: 16, withPad: " ", startingAt: 0), right("\(c.instructions)", 13),
      right("\(Int(c.simulatorMIPS))", 8), right(fixed(c.ratioToCounting), 17), right(fixed(c.ratioToPlain), 15),
    ].joined()
  }

  private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private func fixed(_ number: Double) -> String { String(format: "%.2f", number) }
}
