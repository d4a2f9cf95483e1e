/// A list of symbols as `nm` prints it and uIO's command `load` takes it: lines of `ADDRESS TYPE NAME`.
///
/// ADDRESS is hexadecimal, with or without 0x; TYPE one letter as in nm; NAME has no blanks. Empty lines and undefined
/// symbols (lines `U NAME`, also `w` and `v`) are passed over. Lines may end in CR LF.
public struct SymbolFile: Sendable {
  public struct Symbol: Equatable, Sendable {
    public let address: UInt64
    /// nm's letter: upper case for global symbols, W and V weak, T text, D data, B bss, R read-only, A absolute.
    public let type: UInt8
    let nameStart: Int
    let nameEnd: Int

    var isGlobal: Bool { (0x41...0x5a).contains(type) }
  }

  /// Files larger than this are refused.
  public static let fileSizeMax = 16 << 20
  /// Files with more symbols than this are refused.
  public static let symbolsMax = 262_144

  /// The symbols in the order of their names; of equal names the best one comes first.
  public let symbols: [Symbol]
  private let bytes: [UInt8]

  public init(_ bytes: [UInt8]) throws(SymbolFileError) {
    guard bytes.count <= Self.fileSizeMax else { throw SymbolFileError(.fileTooLarge, line: 0) }
    var symbols: [Symbol] = []
    var start = 0
    var line = 1
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.count
      if let symbol = try SymbolFileLine(bytes[start..<end], number: line).symbol() {
        guard symbols.count < Self.symbolsMax else { throw SymbolFileError(.tooManySymbols, line: line) }
        symbols.append(symbol)
      }
      start = end + 1
      line += 1
    }
    symbols.sort { Self.precedes($0, $1, in: bytes) }
    self.symbols = symbols
    self.bytes = bytes
  }

  /// How many symbols there are.
  public var count: Int { symbols.count }

  public func name(of symbol: Symbol) -> ArraySlice<UInt8> { bytes[symbol.nameStart..<symbol.nameEnd] }

  /// The address of a name; of several symbols of that name a global one, then the first in the file.
  public func address(of name: ArraySlice<UInt8>) -> UInt64? {
    var low = 0
    var high = symbols.count
    while low < high {
      let middle = (low + high) / 2
      if self.name(of: symbols[middle]).lexicographicallyPrecedes(name) { low = middle + 1 } else { high = middle }
    }
    guard low < symbols.count, self.name(of: symbols[low]).elementsEqual(name) else { return nil }
    return symbols[low].address
  }

  private static func precedes(_ left: Symbol, _ right: Symbol, in bytes: [UInt8]) -> Bool {
    let leftName = bytes[left.nameStart..<left.nameEnd]
    let rightName = bytes[right.nameStart..<right.nameEnd]
    if leftName.lexicographicallyPrecedes(rightName) { return true }
    if !leftName.elementsEqual(rightName) { return false }
    if left.isGlobal != right.isGlobal { return left.isGlobal }
    return left.nameStart < right.nameStart
  }
}
