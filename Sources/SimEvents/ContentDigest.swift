import CXXHash

/// XXH3-128 over bytes that come bit by bit.
public struct ContentDigest: ~Copyable {
  private let state: OpaquePointer

  public init() {
    guard let state = XXH3_createState() else { preconditionFailure("the host has no memory left") }
    self.state = state
    XXH3_128bits_reset(state)
  }

  deinit {
    XXH3_freeState(state)
  }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let address = bytes.baseAddress else { return }
    XXH3_128bits_update(state, address, bytes.count)
  }

  /// Bytes that begin with their number, so that no others of another length run together to the same.
  public mutating func update(withLengthOf bytes: [UInt8]) {
    withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { update($0) }
    bytes.withUnsafeBytes { update($0) }
  }

  /// The digest of everything so far: 32 hexadecimal digits in lower case.
  public var hex: String {
    let value = XXH3_128bits_digest(state)
    return Self.digits(value.high64) + Self.digits(value.low64)
  }

  /// The digest of `bytes` alone.
  public static func hex(of bytes: [UInt8]) -> String {
    var digest = ContentDigest()
    bytes.withUnsafeBytes { digest.update($0) }
    return digest.hex
  }

  private static func digits(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
