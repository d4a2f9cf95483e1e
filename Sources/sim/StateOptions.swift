import ArgumentParser
import Scenarios
import TerminalText
import Traces

/// `sim inspect --at`: registers and memory of a recorded run.
struct StateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Run again up to this virtual time, in cycles or with ns, us, ms or s, and show the state there.",
      valueName: "time"),
    transform: TimePoint.parse)
  var at: TimePoint?

  @Option(help: "With --at: a piece of memory, ADDRESS:BYTES or SYMBOL:BYTES; may be given several times.")
  var memory: [String] = []

  @Flag(help: "With --at: all registers.")
  var registers = false

  @Option(
    help: ArgumentHelp(
      "Run again and say which instruction wrote a piece of memory last, up to --at if that is given.",
      valueName: "symbol[:bytes]"))
  var lastWriter: String?

  func validate() throws {
    if lastWriter != nil, !memory.isEmpty || registers {
      throw ValidationError("--last-writer shows one write, and --memory and --registers a state: ask for one of them")
    }
    guard at != nil || memory.isEmpty && !registers else {
      throw ValidationError("--memory and --registers show the state at a time: give --at too")
    }
  }

  /// A piece of memory; of a symbol without a count, all that its size says.
  private func region(_ text: String, of inputs: RunInputs) throws -> MemoryRegion {
    let symbol = inputs.image.symbol(named: text)
    let size = symbol.map { min(max($0.size, 1), UInt64(MemoryRegion.countMax)) } ?? 1
    let hasCount = text.contains(":")
    return try MemoryRegion(hasCount ? text : "\(text):\(size)") { inputs.image.symbol(named: $0)?.address }
  }

  func showLastWriter(_ text: String, of trace: TraceReader, path: String, format: OutputFormat) throws {
    try runAgain(trace, path, format, regionsOf: "--last-writer") { inputs in
      let writer = try LastWriter(
        of: region(text, of: inputs), at: at?.cycles(hertz: trace.header.clockHz), in: trace, inputs: inputs)
      var symbols = try TraceSymbols(trace, image: inputs.image)
      symbols.debugFiles = try debugFiles(for: path, trace)
      StandardOutput.show(format == .json ? writer.json(symbols).text : writer.text(symbols))
    }
  }

  func show(_ time: TimePoint, of trace: TraceReader, path: String, format: OutputFormat) throws {
    try runAgain(trace, path, format, regionsOf: "--memory") { inputs in
      let regions = try memory.map { text in
        try MemoryRegion(text) { inputs.image.symbol(named: $0)?.address }
      }
      let state = try StateAtTime(
        at: time.cycles(hertz: trace.header.clockHz), of: trace, inputs: inputs, regions: regions)
      var symbols = try TraceSymbols(trace, image: inputs.image)
      symbols.debugFiles = try debugFiles(for: path, trace)
      StandardOutput.show(format == .json ? state.json(symbols).text : state.text(symbols, showsAll: registers))
    }
  }

  /// Makes the trace's run again in `body`, and says what went wrong there.
  ///
  /// - Parameter option: the option that names pieces of memory.
  private func runAgain(
    _ trace: TraceReader, _ path: String, _ format: OutputFormat, regionsOf option: String,
    _ body: (RunInputs) throws -> Void
  ) throws {
    let inputs = try trace.inputs(path: path, images: ImageStore(imageFolders(for: path)))
    do {
      try body(inputs)
    } catch let problem as RegionError {
      throw CommandFailure(message: "\(option) \(problem)")
    } catch let problem as LastWriter.Failure {
      throw CommandFailure(message: "\(option) \(problem)")
    } catch StateAtTime.Failure.diverged(let divergence) {
      showDivergence("\(StateAtTime.Failure.diverged(divergence))", path, format)
      throw ExitCode(1)
    } catch let problem as StateAtTime.Failure {
      throw CommandFailure(file: path, message: "--at \(at?.description ?? ""): \(problem)")
    }
  }

  private func showDivergence(_ text: String, _ path: String, _ format: OutputFormat) {
    switch format {
    case .text: StandardOutput.show("\(path.terminalLine): \(Terminal.paint("DIFFERENT", false)): \(text)")
    case .json:
      StandardOutput.show(
        JSONText.object([("trace", .string(path)), ("same", .boolean(false)), ("difference", .string(text))]).text)
    }
  }
}
