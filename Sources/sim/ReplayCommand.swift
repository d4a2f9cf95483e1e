import ArgumentParser
import Equivalence
import Foundation
import Scenarios
import TerminalText
import Traces

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Run what a trace recorded again, and compare every event and every digest of the state.",
    discussion: """
      Everything comes from the trace; the image of a thin one is looked for in images/ beside the trace, and in the
      build. The first difference is named with registers, symbol and the events before, and narrowed down to the first
      different instruction where both runs can be made: with --image or --scenario, which put something else in the
      place of what was recorded. docs/replay.md says what a difference tells.

      EXAMPLES
        sim replay hello.trace
        sim replay traces/*.trace --format json
        sim replay hello.trace --image .build/images/uio-ushellmpk.elf

      EXIT CODES
        0  the same    1  different: the first different event is named
        2  a trace can't be read; the others are replayed all the same
      """
  )

  @Argument(help: "Traces.", completion: .file(extensions: ["trace"]))
  var files: [String]

  @Option(help: "Run on this image instead of the recorded one.", completion: .file(extensions: ["elf"]))
  var image: String?

  @Option(
    help: "Play this scenario, with its files, instead of the recorded one.", completion: .file(extensions: ["json"]))
  var scenario: String?

  @Option(help: "text, or json: one object a trace.")
  var format = OutputFormat.text

  func run() throws {
    var others = Others()
    try reportingFailures(path: "sim") {
      others.image = try image.map { try readImage(path: $0) }
      others.scenario = try scenario.map { try RunInputs(ScenarioFile(path: $0), products: buildProducts(), seed: nil) }
    }
    var (isDifferent, isUnreadable) = (false, false)
    for file in files {
      do {
        if try !replay(file, others) { isDifferent = true }
      } catch let failure as CommandFailure {
        failure.show([("trace", .string(file))])
        isUnreadable = true
      }
    }
    if isUnreadable { throw ExitCode(ExitStatus.badInput) }
    if isDifferent { throw ExitCode(1) }
  }

  /// What takes the place of what was recorded.
  private struct Others {
    var image: [UInt8]?
    var scenario: RunInputs?
  }

  /// Returns whether the run is the same again.
  private func replay(_ file: String, _ others: Others) throws -> Bool {
    var isSame = true
    try reportingFailures(path: file) {
      let trace = try TraceReader(path: file)
      try trace.verifyChecksums()
      guard !RealRun.isOne(trace) else {
        throw CommandFailure(file: file, message: "records a run of a real engine; sim verify compares it")
      }
      let recorded = try trace.inputs(path: file, images: ImageStore(imageFolders(for: file)))
      let inputs = try substituted(recorded, others)
      let hasOthers = image != nil || scenario != nil
      let changed = InputDifference.between(trace, and: inputs)
      let result = try SubstitutedReplay(trace, inputs: inputs, recorded: recorded)
      guard let divergence = result.divergence else { return showSame(file, trace, result, changed) }
      isSame = false
      let report = try ReplayReport(
        divergence, of: trace, inputs: inputs, recorded: hasOthers ? recorded : nil,
        comparison: recorded.comparison(to: inputs), debugFiles: debugFiles(for: file, trace))
      show(file, report, changed)
    }
    return isSame
  }

  private func substituted(_ recorded: RunInputs, _ others: Others) throws -> RunInputs {
    var inputs = recorded
    if let scenario = others.scenario {
      inputs = scenario
      inputs.image = recorded.image
    }
    guard let image, let bytes = others.image else { return inputs }
    return try inputs.with(image: bytes, path: image)
  }

  private func showSame(
    _ file: String, _ trace: TraceReader, _ result: SubstitutedReplay, _ changed: [InputDifference]
  ) {
    switch format {
    case .text:
      StandardOutput.show(
        "\(file.terminalLine): \(Terminal.paint("same", true)): \(trace.eventCount) events, digest \(result.digest)")
      show(changed)
      if result.digest != "\(trace.eventDigest)" {
        StandardOutput.show("  recorded digest \(trace.eventDigest): the digests of all memory at sync points differ")
      }
      if !result.isMemoryCompared {
        StandardOutput.show(
          "  memory is not compared: this version no longer runs what was recorded as it was recorded")
      } else if !result.pagesNotCompared.isEmpty {
        StandardOutput.show(
          "  memory is the same but for \(result.pagesNotCompared.count) pages that differed from the start")
      }
    case .json:
      let result = JSONText.object([
        ("trace", .string(file)), ("same", .boolean(true)), ("events", .integer(trace.eventCount)),
        ("digest", .string(result.digest)), ("recordedDigest", .string("\(trace.eventDigest)")),
        ("inputs", .array(changed.map { .string($0.what) })), ("isMemoryCompared", .boolean(result.isMemoryCompared)),
        ("pagesNotCompared", .integer(UInt64(result.pagesNotCompared.count))),
      ])
      StandardOutput.show(result.text)
    }
  }

  private func show(_ file: String, _ report: ReplayReport, _ changed: [InputDifference]) {
    switch format {
    case .text:
      StandardOutput.show("\(file.terminalLine): \(Terminal.paint("DIFFERENT", false)): \(report.text)")
      show(changed)
    case .json:
      let inputs = JSONText.array(changed.map { .string($0.what) })
      StandardOutput.show(
        JSONText.object([("trace", .string(file)), ("same", .boolean(false))] + report.json + [("inputs", inputs)]).text
      )
    }
  }

  private func show(_ changed: [InputDifference]) {
    for input in changed {
      StandardOutput.show("  input \(input.what.terminalLine): \(input.old) then, \(input.new) now")
    }
  }
}

/// Where the image of a thin trace may be.
func imageFolders(for trace: String) -> [URL] {
  [URL(fileURLWithPath: trace).deletingLastPathComponent().appending(path: "images")]
    + ((try? buildProducts()).map { [$0.images] } ?? [])
}
