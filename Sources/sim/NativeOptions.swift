import ArgumentParser
import Equivalence
import Foundation
import OutputFiles
import Scenarios

/// `sim verify --native`: the simulator and the host's own processor in user mode, program by program.
struct NativeOptions: ParsableArguments {
  @Flag(
    help: """
      Compare generated programs with the host's own processor, at CPL 3 in a child process; or files that this wrote \
      (docs/equivalence.md). Needs no KVM.
      """)
  var native = false

  @Flag(help: "With --native: every form of instruction once from each of eight states, instead of programs.")
  var forms = false

  @Option(help: "With --native: stop after so many seconds (10, unless --sequences is given).")
  var seconds: UInt64?

  func validate() throws {
    guard native || !forms && seconds == nil else { throw ValidationError("--forms and --seconds belong to --native") }
    guard !forms || seconds == nil else {
      throw ValidationError("--forms takes them all, however long: leave out --seconds")
    }
    guard seconds != 0 else { throw ValidationError("--seconds 0 compares nothing; give at least 1") }
  }

  /// - Returns: whether everything agreed.
  func run(files: [String], sequences: UInt64?, seed: UInt64, output: String?, format: OutputFormat) throws -> Bool {
    guard output == nil || files.isEmpty && !forms else {
      throw CommandFailure(
        wrongUsage: "--output is for generated programs; a file or a form is shown again by its name")
    }
    do {
      if let output { try reportingFailures(path: output) { try requireWritableFolder(output) } }
      let check = try NativeCheck()
      if forms { return try runForms(check, format) }
      if files.isEmpty { return try runPrograms(check, sequences, seed, output, format) }
      var agrees = true
      for file in files { agrees = try runFile(check, file, format) && agrees }
      return agrees
    } catch let refusal as MachineRefusal {
      throw CommandFailure(message: "verify --native: \(refusal.problem)", remedy: refusal.remedy)
    }
  }

  private func runForms(_ check: NativeCheck, _ format: OutputFormat) throws -> Bool {
    let report = try check.runForms()
    StandardOutput.show(format == .json ? report.json.text : report.text(paint: Terminal.paint))
    return report.passed
  }

  private func runPrograms(
    _ check: NativeCheck, _ sequences: UInt64?, _ seed: UInt64, _ output: String?, _ format: OutputFormat
  ) throws -> Bool {
    let seconds = seconds ?? (sequences == nil ? 10 : nil)
    let report = try check.run(seed: seed, limit: .init(seconds: seconds, programs: sequences))
    StandardOutput.show(format == .json ? report.json.text : report.text(paint: Terminal.paint))
    if let output {
      for disagreement in report.disagreements {
        let path = try NativeFile(seed: seed, disagreement).write(into: output)
        format == .json ? StandardError.show("written: \(path)") : StandardOutput.show("  written: \(path)")
      }
    }
    return report.passed
  }

  private func runFile(_ check: NativeCheck, _ file: String, _ format: OutputFormat) throws -> Bool {
    var agrees = false
    try reportingFailures(path: file) {
      agrees = printComparison(try check.differs(file: file), of: file, format)
    }
    return agrees
  }
}
