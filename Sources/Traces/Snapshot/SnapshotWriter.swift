import Scenarios
import SimEvents
import SimMemory

/// Writes the snapshot of a run: the run so far as a trace, then the state, then the pages of memory.
///
/// - Parameters:
///   - inputs: those of the run.
///   - isThin: names the image by its digest only.
///   - output: takes the file's bytes in order.
public func writeSnapshot(
  _ snapshot: RunSnapshot, of inputs: RunInputs, isThin: Bool = false, output: ([UInt8]) -> Void
) throws {
  let trace = try traceSoFar(snapshot, inputs, isThin: isThin)
  let state = try PlainDataEncoder.encode(SavedRun(machine: snapshot.machine.state, calls: snapshot.calls))
  let memory = snapshot.machine.memory
  let header = SnapshotHeader(
    traceSize: UInt64(trace.count), traceDigest: FileDigest(of: trace), stateSize: UInt64(state.count),
    stateDigest: FileDigest(of: state), memorySize: memory.size, pageCount: memory.pageCount,
    memoryDigest: memory.digest)

  var preamble = TraceBytes(bytes: SnapshotFormat.magic)
  preamble.fixed(SnapshotFormat.version)
  preamble.fixed(UInt32(0))
  let (first, seed) = makeChunk(.snapshot, sequence: 0, seed: 0, header.content)
  output(preamble.bytes)
  output(first)
  output(trace)
  var sequence: UInt32 = 1
  func write(_ kind: ChunkKind, _ content: [UInt8]) {
    output(makeChunk(kind, sequence: sequence, seed: seed, content).bytes)
    sequence &+= 1
  }
  for start in stride(from: 0, to: state.count, by: SnapshotFormat.statePartSize) {
    write(.state, Array(state[start..<min(state.count, start + SnapshotFormat.statePartSize)]))
  }
  var pages = TraceBytes()
  let full = SnapshotFormat.pagesPerChunk * SnapshotFormat.pageRecordSize
  pages.bytes.reserveCapacity(full)
  memory.forEachPage { number, bytes in
    pages.fixed(UInt32(truncatingIfNeeded: number))
    pages.bytes.append(contentsOf: bytes)
    guard pages.bytes.count == full else { return }
    write(.pages, pages.bytes)
    pages.bytes.removeAll(keepingCapacity: true)
  }
  if !pages.bytes.isEmpty { write(.pages, pages.bytes) }
}

private func traceSoFar(_ snapshot: RunSnapshot, _ inputs: RunInputs, isThin: Bool) throws -> [UInt8] {
  var trace: [UInt8] = []
  let contents = TraceHeader.contents(inputs).filter { !isThin || $0.role != .image }.map(\.bytes)
  let writer = TraceWriter(TraceHeader(inputs, isThin: isThin), contents: contents) { trace += $0 }
  var events = EventDecoder(snapshot.events)
  while let event = try events.next() { writer.record(event) }
  writer.finish()
  return trace
}
