import Foundation

extension UInt64 {
  /// In groups of three digits: "2,560".
  package var grouped: String {
    let digits = String(self)
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return text
  }
}

extension Double {
  /// A share in hundredths, with so many digits after the point.
  package func percent(_ digits: Int) -> String { String(format: "%.\(digits)f", self * 100) }
}
