import Foundation
import Scenarios
import SimEvents
import SimMachine
import Testing

@testable import Traces

private let packageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
  .standardized
private let products = BuildProducts(folder: packageRoot.appending(path: ".build"))

/// Whether the guest's images are there; `swift test` alone does not build them, ./test does.
private let imagesAreBuilt: Bool = {
  if FileManager.default.fileExists(atPath: products.images.appending(path: "uio-ushellmpk.elf").path) { return true }
  print("nothing is recorded: the guest's images have not been built (./test does it)")
  return false
}()

private func inputs(_ name: String, seed: UInt64? = nil) throws -> RunInputs {
  try RunInputs(
    ScenarioFile(path: packageRoot.appending(path: "scenarios/\(name).json").path), products: products, seed: seed)
}

/// A trace's file for the time of a test.
private final class TemporaryTrace {
  let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).trace").path

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var bytes: [UInt8] { get throws { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) } }
}

private func recorded(_ inputs: RunInputs, isThin: Bool = false) throws -> [UInt8] {
  let file = TemporaryTrace()
  _ = try recordTrace(of: inputs, isThin: isThin, to: file.path)
  return try file.bytes
}

/// The same run with one event changed, as if something else had happened then.
private func altered(_ trace: TraceReader, inputs: RunInputs, _ change: (UInt64, Event) -> Event?) throws -> TraceReader
{
  var bytes: [UInt8] = []
  let writer = TraceWriter(trace.header, contents: TraceHeader.contents(inputs).map(\.bytes)) { bytes += $0 }
  for (number, event) in try events(of: trace).enumerated() {
    if let event = change(UInt64(number), event) { writer.record(event) }
  }
  writer.finish()
  let altered = try TraceReader(bytes: bytes)
  try altered.verify()
  return altered
}

@Test(.enabled(if: imagesAreBuilt)) func twoRecordingsAreTheSameBytes() throws {
  let first = try recorded(try inputs("hello"))
  #expect(try recorded(try inputs("hello")) == first)
  #expect(try recorded(try inputs("hello", seed: 7)) != first)
}

@Test(.enabled(if: imagesAreBuilt)) func aTraceReplaysFromItsOwnContents() throws {
  let trace = try TraceReader(bytes: try recorded(try inputs("rogue-write")))
  let own = try trace.inputs(path: "x.trace", images: ImageStore([]))
  #expect(try replay(trace, inputs: own) == nil)
  #expect(trace.eventCount > 100)
}

@Test(.enabled(if: imagesAreBuilt)) func aTraceCarriesItsCostTable() throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "costs-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let path = folder.appending(path: "s.json").path
  try Data("{\"machine\": {\"costs\": {\"file\": \"own.json\"}}, \"script\": [{\"expect\": \"> \"}]}".utf8)
    .write(to: URL(fileURLWithPath: path))
  func inputs(_ instruction: UInt64) throws -> RunInputs {
    var table = try #require(CostTableFile.named("epyc"))
    table.set("instruction", thousandths: instruction, origin: .assumption, source: "a test")
    try Data(table.text.utf8).write(to: folder.appending(path: "own.json"))
    return try RunInputs(ScenarioFile(path: path), products: products, seed: nil)
  }
  let (taken, other) = (try inputs(308), try inputs(309))
  try FileManager.default.removeItem(at: folder.appending(path: "own.json"))
  let trace = try TraceReader(bytes: try recorded(taken))
  #expect(try replay(trace, inputs: trace.inputs(path: "x.trace", images: ImageStore([]))) == nil)
  #expect(try replay(trace, inputs: other) != nil, "a thousandth of a cycle shows")
  #expect(TraceHeader(taken, isThin: false) != TraceHeader(other, isThin: false))
}

@Test(.enabled(if: imagesAreBuilt)) func aTraceCarriesTheDisk() throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "disk-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let image = [UInt8]((0..<1500).map { UInt8(truncatingIfNeeded: $0) })
  try Data(image).write(to: folder.appending(path: "disk.img"))
  func inputs(_ disk: String) throws -> RunInputs {
    let text =
      "{\"machine\": {\"devices\": [\"console\", \"block\"], \"disk\": \(disk)}, \"script\": [{\"expect\": \"> \"}]}"
    try Data(text.utf8).write(to: folder.appending(path: "disk.json"))
    return try RunInputs(
      ScenarioFile(path: folder.appending(path: "disk.json").path), products: products, seed: nil)
  }
  let taken = try inputs("{\"file\": \"disk.img\", \"sizeKiB\": 2, \"readOnly\": true}")
  let trace = try TraceReader(bytes: try recorded(taken))
  // The host's file is not looked at again.
  try FileManager.default.removeItem(at: folder.appending(path: "disk.img"))
  let own = try trace.inputs(path: "x.trace", images: ImageStore([]))
  #expect(own.disk == image && own.scenario.machine.disk?.readOnly == true)
  #expect(try replay(trace, inputs: own) == nil)
  #expect(throws: ScenarioProblems.self, "a trace without the disk that its scenario names") {
    try RunInputs(
      path: "x", text: own.text, name: "x", seed: 1, image: own.image.bytes, shareItems: [], disk: nil)
  }
  let run = try ScenarioRun(own)
  _ = try run.run()
  #expect(run.diskAtEnd == image + [UInt8](repeating: 0, count: 2048 - 1500))
  #expect(throws: ScenarioProblems.self, "the file is gone") { try inputs("{\"file\": \"disk.img\"}") }
  try Data(image).write(to: folder.appending(path: "disk.img"))
  #expect(throws: ScenarioProblems.self, "larger than the disk") {
    try inputs("{\"file\": \"disk.img\", \"sizeKiB\": 1}")
  }
}

@Test(.enabled(if: imagesAreBuilt)) func aThinTraceFindsItsImageByContent() throws {
  let bytes = try recorded(try inputs("hello"), isThin: true)
  #expect(bytes.count < 50_000)
  let trace = try TraceReader(bytes: bytes)
  #expect(throws: MissingImage.self) { try trace.inputs(path: "x.trace", images: ImageStore([])) }
  let own = try trace.inputs(path: "x.trace", images: ImageStore([products.images]))
  #expect(try replay(trace, inputs: own) == nil)
}

@Test(.enabled(if: imagesAreBuilt)) func aDifferenceIsNamedAtItsEventWithItsFields() throws {
  let inputs = try inputs("hello")
  let trace = try TraceReader(bytes: try recorded(inputs))
  let real = try events(of: trace)
  let number = UInt64(try #require(real.lastIndex { $0.payload.kind == .pkruWrite }))
  let forged = try altered(trace, inputs: inputs) { index, event in
    guard index == number, case .pkruWrite(let old, let new, let pointer) = event.payload else { return event }
    var forged = event
    forged.payload = .pkruWrite(old: old, new: new ^ 8, instructionPointer: pointer)
    return forged
  }
  let divergence = try #require(try replay(forged, inputs: inputs))
  #expect(divergence.number == number)
  #expect(divergence.got == real[Int(number)])
  #expect(divergence.differences.map(\.name) == ["new"])
  #expect(divergence.before == Array(real[..<Int(number)].suffix(10)))
  let report = try ReplayReport(divergence, of: forged, inputs: inputs)
  #expect(report.text.contains("+0x") && report.pointer == real[Int(number)].payload.instructionPointer)
}

@Test(.enabled(if: imagesAreBuilt)) func anEventTooFewOrTooManyIsADifference() throws {
  let inputs = try inputs("hello")
  let trace = try TraceReader(bytes: try recorded(inputs))
  let count = trace.eventCount
  let shorter = try altered(trace, inputs: inputs) { index, event in index == count - 1 ? nil : event }
  let surplus = try #require(try replay(shorter, inputs: inputs))
  #expect(surplus.number == count - 1 && surplus.expected == nil && surplus.got != nil)

  var other = inputs
  other.scenario.script.removeLast()
  let missing = try #require(try replay(trace, inputs: other))
  #expect(missing.number < count && missing.expected != nil)
}

@Test(.enabled(if: imagesAreBuilt)) func aChangedInputIsADifference() throws {
  let inputs = try inputs("hello")
  let trace = try TraceReader(bytes: try recorded(inputs))
  var other = inputs
  other.scenario.machine.costs = CostTable()
  #expect(try replay(trace, inputs: other) != nil)
}

@Test func theGoldenTracesReplay() throws {
  let folder = packageRoot.appending(path: "traces")
  let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".trace") }
    .sorted()
  #expect(!names.isEmpty)
  for name in names {
    let trace = try TraceReader(path: folder.appending(path: name).path)
    try trace.verify()
    // The build's images are not asked: the traces must do with what lies beside them.
    let own = try trace.inputs(path: name, images: ImageStore([folder.appending(path: "images")]))
    let divergence = try replay(trace, inputs: own)
    #expect(divergence == nil, "\(name)")
  }
  print("\(names.count) golden traces replayed")
}
