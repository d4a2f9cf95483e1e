import Foundation
import Pages

/// Numbers as the page writes them.
enum PageNumbers {
  /// Four significant digits at least; whole numbers in groups of three digits.
  static func text(_ value: Double) -> String {
    let text = ExplorationResults.number(value)
    let isNegative = text.hasPrefix("-")
    guard let whole = UInt64(isNegative ? text.dropFirst() : text[...]) else { return text.replacing("-", with: "−") }
    return (isNegative && whole > 0 ? "−" : "") + whole.grouped
  }

  /// `1,234 ±5`.
  static func text(_ estimate: Estimate) -> String { text(estimate.mean, halfWidth: estimate.halfWidth) }

  static func text(_ mean: Double, halfWidth: Double?) -> String {
    guard let halfWidth, halfWidth > 0 else { return text(mean) }
    return "\(text(mean)) ±\(text(halfWidth))"
  }

  /// `+3.2 %` of a base; nil if that is 0.
  static func change(_ value: Double, from base: Double) -> String? {
    guard base != 0 else { return nil }
    return percent((value - base) / abs(base))
  }

  /// A share with its sign: `+3.2 %`.
  static func percent(_ share: Double) -> String {
    let size = abs(share) * 100
    let digits = size >= 100 ? 0 : size >= 10 ? 1 : 2
    let text = String(format: "%.\(digits)f", size)
    let isNothing = text.allSatisfy { $0 == "0" || $0 == "." }
    return (isNothing ? "±" : share < 0 ? "−" : "+") + (isNothing ? "0" : text) + " %"
  }

  /// A share without a sign: `86.2 %`.
  static func share(_ share: Double) -> String { String(format: share < 10 ? "%.1f %%" : "%.0f %%", share * 100) }

  /// `1 point`, `1,234 points`.
  static func count(_ number: Int, _ noun: String) -> String {
    "\(UInt64(number).grouped) \(noun)\(number == 1 ? "" : "s")"
  }

  /// A place of a drawing.
  static func place(_ value: Double) -> String { String(format: "%.1f", value) }
}
