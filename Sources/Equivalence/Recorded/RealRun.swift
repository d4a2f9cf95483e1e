import Engines
import Foundation
import Scenarios
import SimEvents
import Traces

/// A run of a real engine that was recorded, to be compared with the simulator anywhere and at any time.
public struct RealRun {
  public let description: RealRunDescription
  public let inputs: RunInputs
  private let trace: TraceReader

  /// Whether a trace is one of a real run.
  public static func isOne(_ trace: TraceReader) -> Bool { trace.header.file(.engine) != nil }

  /// Reads a trace of a real run. Its image is looked for beside it and beside the golden traces above it.
  ///
  /// - Throws: `TraceError`, `MissingImage`, `ScenarioProblems`, ``RealRunError``.
  public init(path: String) throws {
    trace = try TraceReader(path: path)
    try trace.verify()
    guard let index = trace.header.files.firstIndex(where: { $0.role == .engine }),
      let text = try trace.content(ofFile: index)
    else { throw RealRunError("it is no record of a real engine; sim replay compares it") }
    description = try RealRunDescription(text)
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    let images = ["images", "../images"].map { folder.appending(path: $0).standardized }
    inputs = try trace.inputs(path: path, images: ImageStore(images))
  }

  /// Runs the simulator with the inputs of the recorded run, and compares.
  public func check() throws -> EquivalenceCheck.EngineResult {
    guard let engine = EngineKind(rawValue: description.engine) else {
      throw RealRunError("it names an unknown engine")
    }
    let observer = Observer(inputs)
    var events = try trace.events()
    while let event = try events.next() { observer.record(event) }
    let hidden = Set(description.hidden.compactMap { EventKind(name: $0) })
    let recorded = observer.observation(description.state, hidden: hidden, engine: engine)
    let simulator = try EngineRun(
      inputs, on: SimulatedMachineMaker.simulator(hasProtectionKeys: description.protectionKeys)
    ).observation
    return EquivalenceCheck.EngineResult(
      engine: engine, verdict: .compared(Agreement(simulator: simulator, engine: recorded)),
      notes: [description.summary] + description.notes, counts: EquivalenceCheck.counts(simulator, recorded))
  }

  /// What the trace of a run is called.
  public static func fileName(of scenario: Scenario, on engine: EngineKind) -> String {
    "\(scenario.name).\(engine.rawValue).trace"
  }

  /// Writes a run to `folder` as SCENARIO.ENGINE.trace, and the image it needs to `folder`/images.
  ///
  /// - Returns: the trace's path.
  /// - Throws: `OutputError`; no half-written file is left behind then.
  static func record(
    _ run: EngineRun, of inputs: RunInputs, on engine: EngineKind, host: HostDescription, protectionKeys: Bool,
    to folder: String
  ) throws -> String {
    let folder = URL(fileURLWithPath: folder)
    try GoldenTraces.place(inputs.image, in: folder.appending(path: "images"))
    let description = RealRunDescription(engine, run, host, protectionKeys: protectionKeys)
    let path = folder.appending(path: fileName(of: inputs.scenario, on: engine)).relativePath
    try writeTrace(of: inputs, engine: description.text, events: run.events, to: path)
    return path
  }
}
