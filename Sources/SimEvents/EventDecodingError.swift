/// Why bytes are not the canonical form of an event. Offsets count from the first byte given to the decoder.
public enum EventDecodingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The bytes end inside an event.
  case truncated(offset: Int)
  case unknownKind(UInt8, offset: Int)
  /// A number has more than 64 bits, or more than its field has.
  case numberTooLarge(offset: Int)
  /// A number is longer than it need be: the encoder does not write it so.
  case notCanonical(offset: Int)
  /// Text or bytes claim to be longer than everything that is left.
  case lengthPastTheEnd(length: UInt64, offset: Int)
  case invalidUTF8(offset: Int)
  /// A flag that is neither 0 nor 1, or a console that does not exist.
  case invalidValue(UInt64, offset: Int)

  public var description: String {
    switch self {
    case .truncated(let offset): "the events end inside an event, at byte \(offset)"
    case .unknownKind(let kind, let offset): "unknown kind of event \(kind) at byte \(offset)"
    case .numberTooLarge(let offset): "the number at byte \(offset) does not fit its field"
    case .notCanonical(let offset): "the number at byte \(offset) is not in its shortest form"
    case .lengthPastTheEnd(let length, let offset): "\(length) bytes at byte \(offset) reach past the end"
    case .invalidUTF8(let offset): "the text at byte \(offset) is not UTF-8"
    case .invalidValue(let value, let offset): "the value \(value) at byte \(offset) means nothing there"
    }
  }
}
