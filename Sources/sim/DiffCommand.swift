import ArgumentParser
import Scenarios
import TerminalText
import Traces

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two traces, and name the first event that differs.",
    discussion: """
      Traces of runs with the same inputs are compared exactly. Others, such as of another scenario, design or image,
      are aligned on their events: times, instruction counts, values of the timer, where an interrupt found the guest
      and digests of the whole state do not count; if the images differ, addresses in them count by their symbol only.

      GROUPS of kinds, for --project and --ignore
      \(EventGroup.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

      EXAMPLES
        sim diff before.trace after.trace
        sim diff none.trace mpk.trace --project console --project faults
        sim diff none.trace mpk.trace --ignore pkruWrite --all

      EXIT CODES
        0  the same    1  different    2  a trace can't be read, or wrong usage
      """
  )

  @Argument(help: "A trace.", completion: .file(extensions: ["trace"]))
  var a: String

  @Argument(help: "Another trace.", completion: .file(extensions: ["trace"]))
  var b: String

  @Option(help: "Compare events of this kind or group only; may be given several times.")
  var project: [String] = []

  @Option(help: "Leave events of this kind or group out; may be given several times.")
  var ignore: [String] = []

  @Flag(help: "How closely to compare, instead of what the inputs suggest.")
  var closeness: Closeness?

  @Flag(help: "List all differences: - is only in the first trace, + only in the second.")
  var all = false

  @Flag(
    inversion: .prefixedNo, help: "Run both again up to the first difference, to tell where in the guest it happened.")
  var rerun = true

  @Option(help: "text, or json: one object, and with --all one more for each event that is in one trace only.")
  var format = OutputFormat.text

  func run() throws {
    let selection: EventSelection
    do { selection = try EventSelection(projected: project, ignored: ignore) } catch {
      throw CommandFailure(message: "\(error)")
    }
    let (old, new) = (try open(a), try open(b))
    try reportingFailures(path: "\(a), \(b)") {
      let comparison = try TraceComparison(old, new, selection: selection, closeness: closeness)
      let rerun = rerun && (comparison.first ?? comparison.shift) != nil ? comparison.rerun() : nil
      switch format {
      case .json: StandardOutput.show(comparison.json(rerun).text)
      case .text: StandardOutput.show(comparison.text(rerun, paint: Terminal.paint))
      }
      if all && !comparison.isSame { try list(comparison) }
      if !comparison.isSame { throw ExitCode(1) }
    }
  }

  private func open(_ path: String) throws -> ComparedTrace {
    var opened: ComparedTrace?
    try reportingFailures(path: path) {
      let trace = try TraceReader(path: path)
      try trace.verify()
      opened = try ComparedTrace(trace, name: path, images: ImageStore(imageFolders(for: path)))
    }
    guard let opened else { throw CommandFailure(file: path, message: "can't be read") }
    return opened
  }

  private func list(_ comparison: TraceComparison) throws {
    if format == .text { StandardOutput.show("--- \(a.terminalLine)\n+++ \(b.terminalLine)") }
    let counts: (onlyOld: Int, onlyNew: Int, same: Int)
    do {
      counts = try comparison.listChanges { change in
        switch format {
        case .text: StandardOutput.show(comparison.text(change))
        case .json: if let json = comparison.json(change) { StandardOutput.show(json.text) }
        }
      }
    } catch let problem as ListingError {
      throw CommandFailure(message: problem.description)
    }
    if format == .text {
      StandardOutput.show("\(counts.onlyOld) events only in A, \(counts.onlyNew) only in B, \(counts.same) in both")
    }
  }
}

extension Closeness: EnumerableFlag {
  public static func help(for value: Closeness) -> ArgumentHelp? {
    value == .exact ? "Times and instruction counts must be the same too." : "Only what happened in which order counts."
  }
}
