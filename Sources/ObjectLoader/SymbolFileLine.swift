/// Why a symbol file is refused, and in which line (from 1; 0 for the file as a whole).
public struct SymbolFileError: Error, Equatable, Sendable {
  public enum Kind: UInt8, CaseIterable, Sendable {
    case fileTooLarge, tooManySymbols, addressMissing, addressTooLarge, typeMissing, nameMissing, nameTooLong
    case textAfterName, controlCharacter
  }

  public var kind: Kind
  public var line: Int

  public init(_ kind: Kind, line: Int) {
    self.kind = kind
    self.line = line
  }

  /// One line for a person, in printable ASCII, without a newline.
  public var message: [UInt8] {
    var text = ASCIILine()
    if line > 0 {
      text.append("line ")
      text.append(decimal: UInt64(line))
      text.append(": ")
    }
    switch kind {
    case .fileTooLarge: text.append("the symbol file is too large")
    case .tooManySymbols: text.append("too many symbols")
    case .addressMissing: text.append("no hexadecimal address at the start of the line")
    case .addressTooLarge: text.append("address of more than 64 bits")
    case .typeMissing: text.append("no type letter after the address")
    case .nameMissing: text.append("no name after the type letter")
    case .nameTooLong: text.append("name too long")
    case .textAfterName: text.append("text after the name")
    case .controlCharacter: text.append("control character in the name")
    }
    return text.bytes
  }
}

/// One line of a symbol file, cut into fields.
struct SymbolFileLine {
  static let nameLengthMax = 1024
  /// Address, type and name; whoever has a fourth has one too many.
  private static let fieldsMax = 4

  private let number: Int
  private let fields: [ArraySlice<UInt8>]

  init(_ line: ArraySlice<UInt8>, number: Int) {
    self.number = number
    let content = line.last == 0x0d ? line.dropLast() : line
    fields = content.split(maxSplits: Self.fieldsMax) { $0 == 0x20 || $0 == 0x09 }
  }

  /// The symbol that the line defines; nil if it defines none.
  func symbol() throws(SymbolFileError) -> SymbolFile.Symbol? {
    if fields.isEmpty { return nil }
    if fields.count == 2, let letter = letter(fields[0]), Self.undefinedTypes.contains(letter) { return nil }
    let address = try address(fields[0])
    guard fields.count > 1, let type = letter(fields[1]) else { throw SymbolFileError(.typeMissing, line: number) }
    guard fields.count > 2 else { throw SymbolFileError(.nameMissing, line: number) }
    guard fields.count == 3 else { throw SymbolFileError(.textAfterName, line: number) }
    let name = fields[2]
    guard name.count <= Self.nameLengthMax else { throw SymbolFileError(.nameTooLong, line: number) }
    guard name.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else { throw SymbolFileError(.controlCharacter, line: number) }
    return SymbolFile.Symbol(address: address, type: type, nameStart: name.startIndex, nameEnd: name.endIndex)
  }

  /// U, w and v, as nm prints them for symbols without an address.
  private static var undefinedTypes: [UInt8] { [0x55, 0x77, 0x76] }

  private func letter(_ field: ArraySlice<UInt8>) -> UInt8? {
    guard field.count == 1, let byte = field.first else { return nil }
    return (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) ? byte : nil
  }

  private func address(_ field: ArraySlice<UInt8>) throws(SymbolFileError) -> UInt64 {
    let digits = field.begins(with: "0x") || field.begins(with: "0X") ? field.dropFirst(2) : field
    guard !digits.isEmpty else { throw SymbolFileError(.addressMissing, line: number) }
    var value: UInt64 = 0
    for byte in digits {
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x41 + 10
      case 0x61...0x66: digit = byte - 0x61 + 10
      default: throw SymbolFileError(.addressMissing, line: number)
      }
      guard value >> 60 == 0 else { throw SymbolFileError(.addressTooLarge, line: number) }
      value = value << 4 | UInt64(digit)
    }
    return value
  }
}
