import Scenarios

@testable import Traces

/// How two recordings of the same scenario differ, or nil if they are the same bytes. All tests of determinism ask this,
/// the canary too.
func difference(between first: [UInt8], and second: [UInt8]) -> String? {
  if first == second { return first.isEmpty ? "nothing was recorded" : nil }
  do {
    let traces = try [first, second].map { bytes in
      try ComparedTrace(TraceReader(bytes: bytes), name: "\(bytes.count) bytes", images: ImageStore([]))
    }
    let comparison = try TraceComparison(traces[0], traces[1], closeness: .exact)
    return comparison.isSame ? "the same events, but other bytes: \(comparison.inputs)" : comparison.text()
  } catch {
    return "other bytes, and no trace: \(error)"
  }
}
