import ArgumentParser
import Scenarios
import Traces

/// `sim inspect --at`: registers and memory of a recorded run.
struct StateOptions: ParsableArguments {
  @Option(help: "Run again up to this virtual time, in cycles, and show the state there.")
  var at: UInt64?

  @Option(help: "With --at: a piece of memory, ADDRESS:BYTES or SYMBOL:BYTES; may be given several times.")
  var memory: [String] = []

  @Flag(help: "With --at: all registers.")
  var registers = false

  func validate() throws {
    guard at != nil || memory.isEmpty && !registers else {
      throw ValidationError("--memory and --registers show the state at a time: give --at too")
    }
  }

  func show(_ time: UInt64, of trace: TraceReader, path: String, format: OutputFormat) throws {
    let inputs = try trace.inputs(path: path, images: ImageStore(imageFolders(for: path)))
    do {
      let regions = try memory.map { text in
        try MemoryRegion(text) { inputs.image.symbol(named: $0)?.address }
      }
      let state = try StateAtTime(at: time, of: trace, inputs: inputs, regions: regions)
      let symbols = try TraceSymbols(trace, image: inputs.image)
      print(format == .json ? state.json(symbols).text : state.text(symbols, showsAll: registers))
    } catch let problem as RegionError {
      throw InputError(description: "--memory \(problem)")
    } catch StateAtTime.Failure.diverged(let divergence) {
      print("\(path): \(Terminal.paint("DIFFERENT", false)): \(StateAtTime.Failure.diverged(divergence))")
      throw ExitCode(1)
    } catch let problem as StateAtTime.Failure {
      throw InputError(description: "--at \(time): \(path): \(problem)")
    }
  }
}
