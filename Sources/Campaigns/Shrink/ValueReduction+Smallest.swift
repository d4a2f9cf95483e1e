import Foundation
import Hexadecimal
import Scenarios

extension ValueReduction {
  /// Texts up to this length are what somebody typed: a part of a name is no smaller name.
  private static let typedMax = 32

  /// The smallest value that can be found for which something holds, in the notation of the one that is there. A value that is
  /// not of this kind stays.
  ///
  /// - Parameter holds: is true of the value that is there.
  func smallest(_ node: JSONNode, where holds: (JSONNode) throws -> Bool) rethrows -> JSONNode {
    switch self {
    case .number(let target):
      guard let number = unsignedInteger(node) else { return node }
      return node.number(try DeltaDebugging.minimum(from: number, to: target) { try holds(node.number($0)) })
    case .bits:
      guard let number = unsignedInteger(node) else { return node }
      let bits = (0..<64).filter { number >> $0 & 1 == 1 }
      func word(_ bits: [Int]) -> JSONNode { node.number(bits.reduce(0) { $0 | 1 << UInt64($1) }) }
      return word(try DeltaDebugging.minimum(of: bits) { try holds(word($0)) })
    case .duration: return try shortest(node, where: holds)
    case .bytes: return try fewestBytes(node, where: holds)
    case .bytesAndBits: return try fewestBits(fewestBytes(node, where: holds), where: holds)
    case .words, .line, .text: return try shortestText(node, where: holds)
    }
  }

  /// In the unit that is there: a span in nanoseconds is smaller, and says less.
  private func shortest(_ node: JSONNode, where holds: (JSONNode) throws -> Bool) rethrows -> JSONNode {
    guard case .string(let text) = node.value, let count = UInt64(text.prefix { $0.isNumber }) else { return node }
    let unit = text.drop { $0.isNumber }
    func span(_ count: UInt64) -> JSONNode { JSONNode(value: .string("\(count)\(unit)")) }
    return span(try DeltaDebugging.minimum(from: count, to: 0) { try holds(span($0)) })
  }

  private func fewestBytes(_ node: JSONNode, where holds: (JSONNode) throws -> Bool) rethrows -> JSONNode {
    guard let bytes = node.bytes else { return node }
    // From the end only: the bytes before stay where they are.
    let count = try DeltaDebugging.minimum(from: UInt64(bytes.count), to: 1) { count in
      try holds(node.bytes(Array(bytes.prefix(Int(count)))))
    }
    return Int(count) == bytes.count ? node : node.bytes(Array(bytes.prefix(Int(count))))
  }

  private func fewestBits(_ node: JSONNode, where holds: (JSONNode) throws -> Bool) rethrows -> JSONNode {
    guard let bytes = node.bytes else { return node }
    let bits = (0..<8 * bytes.count).filter { bit in bytes[bit / 8] & 1 << UInt8(bit % 8) != 0 }
    func mask(_ bits: [Int]) -> JSONNode {
      var left = [UInt8](repeating: 0, count: bytes.count)
      for bit in bits { left[bit / 8] |= 1 << UInt8(bit % 8) }
      return node.bytes(left)
    }
    let left = try DeltaDebugging.minimum(of: bits) { try holds(mask($0)) }
    return left.count == bits.count ? node : mask(left)
  }

  private func shortestText(_ node: JSONNode, where holds: (JSONNode) throws -> Bool) rethrows -> JSONNode {
    guard case .string(var text) = node.value else { return node }
    func value(_ text: String) -> JSONNode { JSONNode(value: .string(text)) }
    for separator in self == .text ? ["\n", " "] : [" "] {
      let parts = text.components(separatedBy: separator)
      guard parts.count > 1 else { continue }
      text = try DeltaDebugging.minimum(of: parts) { try holds(value($0.joined(separator: separator))) }
        .joined(separator: separator)
    }
    if self == .text || self == .line && text.count > Self.typedMax {
      text = String(try DeltaDebugging.minimum(of: Array(text)) { try holds(value(String($0))) })
    }
    return value(text)
  }
}

extension JSONNode {
  /// A number in this one's notation: as a number, or as a string of decimal or hexadecimal digits.
  fileprivate func number(_ number: UInt64) -> JSONNode {
    guard case .string(let text) = value else { return JSONNode(value: .number("\(number)")) }
    return JSONNode(value: .string(text.hasPrefix("0x") ? number.hexadecimal : "\(number)"))
  }

  /// Bytes written as two hexadecimal digits each.
  fileprivate var bytes: [UInt8]? {
    guard case .string(let text) = value, let bytes = HexadecimalBytes.parse(text.utf8), !bytes.isEmpty else {
      return nil
    }
    return bytes
  }

  /// Bytes in this one's notation, with or without blanks.
  fileprivate func bytes(_ bytes: [UInt8]) -> JSONNode {
    guard case .string(let text) = value else { return self }
    return JSONNode(value: .string(bytes.hexadecimal(separator: text.contains(" ") ? " " : "")))
  }
}
