import Pages

/// Samples by the class of what came of them.
struct OutcomeCounts: Equatable, Sendable {
  private var counts = [UInt64](repeating: 0, count: FaultClass.worstFirst.count)
  private(set) var total: UInt64 = 0

  subscript(_ faultClass: FaultClass) -> UInt64 { counts[faultClass.severity] }

  mutating func add(_ faultClass: FaultClass, _ samples: UInt64) {
    counts[faultClass.severity] += samples
    total += samples
  }

  static func += (left: inout OutcomeCounts, right: OutcomeCounts) {
    for place in left.counts.indices { left.counts[place] += right.counts[place] }
    left.total += right.total
  }

  /// The classes that there are, the worst first.
  var present: [(faultClass: FaultClass, samples: UInt64)] {
    zip(FaultClass.worstFirst, counts).filter { $0.1 > 0 }.map { (faultClass: $0.0, samples: $0.1) }
  }

  var worst: FaultClass? { present.first?.faultClass }

  var failures: UInt64 { present.filter { $0.faultClass.isFailure }.reduce(0) { $0 + $1.samples } }

  /// "escaped 3, masked 29".
  var text: String { present.map { "\($0.faultClass.rawValue) \($0.samples.grouped)" }.joined(separator: ", ") }

  /// The shares as stripes of a CSS gradient, the worst first; the colours are variables of the page's style.
  var gradient: String {
    var stripes: [String] = []
    var before: UInt64 = 0
    for (faultClass, samples) in present {
      let (from, to) = (percent(before), percent(before + samples))
      stripes.append("var(--\(faultClass.rawValue)) \(from)% \(to)%")
      before += samples
    }
    return "linear-gradient(90deg,\(stripes.joined(separator: ",")))"
  }

  private func percent(_ samples: UInt64) -> String { (Double(samples) / Double(total)).percent(2) }
}
