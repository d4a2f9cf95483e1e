/// Why bytes are no message, or a message does not fit into bytes.
public enum CodecError: Error, Equatable, Sendable {
  /// The bytes end before the message does.
  case truncated
  /// The size field is smaller than a header.
  case impossibleSize
  /// The body is followed by bytes that belong to nothing, still inside the size that the message states.
  case trailingBytes
  /// No message of this number is understood.
  case unknownType(UInt8)
  /// An entry of a listing with a name that none may have: empty, too long, or with "/" or NUL in it.
  case invalidName
  /// More than ``Limits/walkNames`` names.
  case tooManyNames
  /// The buffer is too small for the message.
  case noSpace
}
