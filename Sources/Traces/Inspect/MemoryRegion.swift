/// A piece of the guest's virtual memory that somebody wants to see: `0x10a000:64` or `count:8`.
public struct MemoryRegion: Equatable, Sendable {
  /// As it was asked for.
  public var text: String
  public var address: UInt64
  public var count: Int

  public static let countMax = 1 << 20

  /// - Parameters:
  ///   - text: an address in decimal or, after 0x, in hexadecimal, or a symbol's name; a colon; the count of bytes.
  ///   - address: the address of a symbol; nil if there is none of that name.
  public init(_ text: String, address find: (String) -> UInt64?) throws(RegionError) {
    self.text = text
    guard let colon = text.lastIndex(of: ":"), let count = Self.number(text[text.index(after: colon)...]) else {
      throw RegionError("\"\(text)\" is no piece of memory; give ADDRESS:BYTES or SYMBOL:BYTES, such as 0x100000:64")
    }
    guard 1...UInt64(Self.countMax) ~= count else {
      throw RegionError("\"\(text)\": \(count) bytes can't be shown; ask for 1 to \(Self.countMax)")
    }
    let place = String(text[..<colon])
    guard let address = Self.number(place[...]) ?? find(place) else {
      throw RegionError("\"\(text)\": the image has no symbol \"\(place)\"")
    }
    (self.address, self.count) = (address, Int(count))
  }

  private static func number(_ text: Substring) -> UInt64? {
    text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : text.first == "+" ? nil : UInt64(text)
  }
}

/// Memory that can't be shown, and why.
public struct RegionError: Error, Equatable, CustomStringConvertible {
  public var description: String

  init(_ description: String) { self.description = description }
}
