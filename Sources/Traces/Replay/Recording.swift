import Engines
import OutputFiles
import Scenarios
import SimEvents
import SimVirtio

extension TraceHeader {
  /// What a trace says of a run with these inputs.
  ///
  /// - Parameter isThin: names the image by its digest only.
  public init(_ inputs: RunInputs, isThin: Bool) {
    simulatorVersion = Scenarios.simulatorVersion
    scenario = inputs.scenario.name
    seed = inputs.scenario.seed
    clockHz = inputs.scenario.machine.clockHertz
    files = Self.contents(inputs).map { role, name, bytes in
      File(
        role: role, name: name, size: UInt64(bytes.count), digest: FileDigest(of: bytes),
        isIncluded: !isThin || role != .image)
    }
  }

  static func contents(_ inputs: RunInputs) -> [(role: File.Role, name: String, bytes: [UInt8])] {
    [(.scenario, "", inputs.text), (.image, "", inputs.image.bytes)]
      + inputs.modules.enumerated().map { (.bootModule, "\($0)", $1.bytes) }
      + inputs.shareItems.map { item in
        switch item {
        case .file(let path, let bytes): (.shareFile, path, bytes)
        case .folder(let path): (.shareFolder, path, [])
        case .link(let path, let target): (.shareLink, path, Array(target.utf8))
        }
      } + (inputs.disk.map { [(.disk, "", $0)] } ?? [])
  }
}

/// Writes a run of another engine as a thin trace at `path`.
///
/// - Parameter engine: describes the engine; kept as the file with the role `engine`.
/// - Throws: ``OutputError``; no file is left behind then.
public func writeTrace(of inputs: RunInputs, engine: [UInt8], events: [Event], to path: String) throws(OutputError) {
  var header = TraceHeader(inputs, isThin: true)
  header.files.append(
    .init(role: .engine, name: "", size: UInt64(engine.count), digest: FileDigest(of: engine), isIncluded: true))
  let contents = TraceHeader.contents(inputs).filter { $0.role != .image }.map(\.bytes) + [engine]
  let file = try AtomicFile(path)
  let writer = TraceWriter(header, contents: contents) { file.write($0) }
  for event in events { writer.record(event) }
  writer.finish()
  try file.finish()
}

/// Records a run as a trace at `path`, which appears when the run has ended.
///
/// - Parameter keepsFailed: whether a run whose expectations failed is kept.
/// - Throws: ``ScenarioProblems`` or ``OutputError``; no file is left behind then.
public func recordTrace(
  of inputs: RunInputs, isThin: Bool, to path: String, keepsFailed: Bool = true
) throws -> RunResult {
  let run = try ScenarioRun(inputs)
  let file = try AtomicFile(path)
  defer { file.discard() }
  let header = TraceHeader(inputs, isThin: isThin)
  let contents = TraceHeader.contents(inputs).filter { !isThin || $0.role != .image }.map(\.bytes)
  let writer = TraceWriter(
    header, contents: contents, registers: { [unowned run] _ in run.machine?.registers }, output: { file.write($0) })
  let result = try run.run(observers: [writer])
  writer.finish()
  if keepsFailed || result.passed { try file.finish() }
  return result
}
