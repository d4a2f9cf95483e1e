import SimMachine

/// How a cost is written: a number of cycles, in decimals that a table can keep exactly.
enum CostNumber {
  /// What is wrong with a number, and how to mend it.
  struct Mistake: Error, Equatable {
    var problem: String
    var remedy: String
  }

  private static let decimalsMax = 3

  /// A cost in thousandths of a cycle.
  ///
  /// - Parameter bounds: in thousandths; if they are whole cycles, and only then, so must be the cost.
  static func thousandths(_ node: JSONNode, in bounds: CostBounds) throws(Mistake) -> UInt64 {
    guard case .number(let literal) = node.value else {
      throw Mistake(problem: "is \(node.kindName)", remedy: "write a number of cycles")
    }
    if literal.hasPrefix("-") { throw Mistake(problem: "\(literal) is negative", remedy: bounds.advice) }
    if literal.contains(where: { "eE".contains($0) }) {
      throw Mistake(problem: "\(literal) has an exponent", remedy: "write the number out")
    }
    let parts = literal.split(separator: ".", maxSplits: 1)
    var decimals = parts.count > 1 ? parts[1] : ""
    while decimals.last == "0" { decimals.removeLast() }
    if !decimals.isEmpty, !bounds.isRate {
      throw Mistake(problem: "\(literal) is no whole number of cycles", remedy: bounds.advice)
    }
    if decimals.count > decimalsMax {
      throw Mistake(
        problem: "\(literal) is finer than a thousandth of a cycle", remedy: "give at most three decimals")
    }
    let padded = decimals + String(repeating: "0", count: decimalsMax - decimals.count)
    guard let thousandths = UInt64(parts[0] + padded), bounds.range.contains(thousandths) else {
      throw Mistake(problem: "\(literal) is out of range", remedy: bounds.advice)
    }
    return thousandths
  }

  /// The number as it is written.
  static func text(thousandths: UInt64) -> String {
    let (whole, rest) = thousandths.quotientAndRemainder(dividingBy: 1_000)
    if rest == 0 { return "\(whole)" }
    var decimals = String("\(1_000 + rest)".dropFirst())
    while decimals.last == "0" { decimals.removeLast() }
    return "\(whole).\(decimals)"
  }
}

/// What a cost may be.
struct CostBounds {
  /// In thousandths of a cycle.
  var range: ClosedRange<UInt64>
  /// It may be a fraction of a cycle.
  var isRate: Bool

  var advice: String {
    let (least, most) = (CostNumber.text(thousandths: range.lowerBound), CostNumber.text(thousandths: range.upperBound))
    return "give \(least) to \(most) \(isRate ? "cycles, with at most three decimals" : "whole cycles")"
  }
}
