/// Bytes that belong to someone else: a name or the data of a message, where they lie in the message's buffer.
///
/// A view is only valid as long as the buffer is; copy what must live longer. Equality compares the bytes.
public struct ByteView: Equatable {
  public var bytes: UnsafeRawBufferPointer

  public init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  /// The UTF-8 bytes of a literal; valid for ever.
  public init(_ literal: StaticString) {
    bytes = UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
  }

  public var count: Int { bytes.count }

  public static func == (left: ByteView, right: ByteView) -> Bool {
    guard left.bytes.count == right.bytes.count else { return false }
    for index in 0..<left.bytes.count where left.bytes[index] != right.bytes[index] { return false }
    return true
  }
}

extension ByteView {
  /// The protocol version's name.
  public static var version9P2000L: ByteView { ByteView("9P2000.L") }
  /// What a server answers to a version that it does not speak.
  public static var versionUnknown: ByteView { ByteView("unknown") }

  /// Whether a directory entry may have this name: 1 to 255 bytes, no "/", no NUL, neither "." nor "..".
  public var isEntryName: Bool { isWalkName && !isDotDot }

  /// Whether a walk may take this step: an entry's name, or ".." for the parent.
  public var isWalkName: Bool {
    guard count >= 1 && count <= Limits.nameBytes else { return false }
    guard !isDot else { return false }
    for byte in bytes where byte == 0 || byte == 0x2f { return false }
    return true
  }

  /// Whether this is ".".
  public var isDot: Bool { count == 1 && bytes[0] == 0x2e }

  /// Whether this is "..".
  public var isDotDot: Bool { count == 2 && bytes[0] == 0x2e && bytes[1] == 0x2e }
}
