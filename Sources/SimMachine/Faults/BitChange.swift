/// How a word is changed by a fault.
public enum BitChange: Equatable, Hashable, Sendable {
  case set(UInt64)
  /// Inverts the bits that are 1 here.
  case flip(UInt64)

  public func applied(to value: UInt64) -> UInt64 {
    switch self {
    case .set(let new): new
    case .flip(let mask): value ^ mask
    }
  }

  /// The bits that it can change.
  var touched: UInt64 {
    switch self {
    case .set: .max
    case .flip(let mask): mask
    }
  }
}

/// How bytes are changed by a fault.
public enum ByteChange: Equatable, Hashable, Sendable {
  case set([UInt8])
  /// Inverts the bits that are 1 here.
  case flip([UInt8])

  /// The number of bytes that it touches.
  public var count: Int {
    switch self {
    case .set(let bytes), .flip(let bytes): bytes.count
    }
  }

  func applied(to bytes: [UInt8]) -> [UInt8] {
    switch self {
    case .set(let new): new
    case .flip(let mask): zip(bytes, mask).map { $0 ^ $1 }
    }
  }

  /// Which bits of which bytes it can change.
  var touched: [UInt8] {
    switch self {
    case .set(let bytes): bytes.map { _ in 0xff }
    case .flip(let mask): mask
    }
  }
}
