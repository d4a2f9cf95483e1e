import SimMachine

/// Bytes that an extension must not get to know: a variable of the guest, filled from the seed before the run.
public struct Secret: Equatable, Sendable {
  public var name: String
  public var address: UInt64
  public var bytes: [UInt8]

  /// The same seed and symbol give the same bytes.
  init(name: String, address: UInt64, count: Int, seed: UInt64) {
    self.name = name
    self.address = address
    var random = RandomStream(seed: seed, name: "secret \(name)")
    bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }
}

/// Looks for eight bytes of a secret that follow one another: fewer are too likely by chance.
struct SecretSearch {
  static let windowBytes = 8

  private var windows: [UInt64: String] = [:]
  private var last: UInt64 = 0
  private var count = 0

  init(_ secrets: [Secret]) {
    for secret in secrets {
      for start in 0...max(secret.bytes.count - Self.windowBytes, 0) {
        let window = secret.bytes[start..<min(start + Self.windowBytes, secret.bytes.count)]
        windows[window.reduce(0) { $0 << 8 | UInt64($1) }] = secret.name
      }
    }
  }

  /// The name of a secret that ends in these bytes of a stream.
  mutating func feed(_ bytes: some Sequence<UInt8>) -> String? {
    guard !windows.isEmpty else { return nil }
    var found: String?
    for byte in bytes {
      last = last << 8 | UInt64(byte)
      count += 1
      if count >= Self.windowBytes, let name = windows[last] { found = found ?? name }
    }
    return found
  }

  /// The name of a secret that is a part of these bytes.
  func find(in bytes: some Sequence<UInt8>) -> String? {
    var search = self
    (search.last, search.count) = (0, 0)
    return search.feed(bytes)
  }

  /// The name of a secret that a register holds a part of.
  func find(in register: UInt64) -> String? { windows[register.byteSwapped] }
}
