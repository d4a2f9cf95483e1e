import Hexadecimal
import SimCPU

extension BitChange {
  var text: String {
    switch self {
    case .set(let value): "set \(value.hexadecimal)"
    case .flip(let mask): "flip \(mask.hexadecimal)"
    }
  }
}

extension ByteChange {
  var text: String {
    switch self {
    case .set(let bytes): "set \(bytes.hexadecimal())"
    case .flip(let mask): "flip \(mask.hexadecimal())"
    }
  }
}

extension FaultEffect.EntryChange {
  private static let keyBits: UInt64 = 0xf << 59
  private static let frameBits: UInt64 = 0xff_ffff_f000

  func applied(to entry: UInt64) -> UInt64 {
    switch self {
    case .bits(let change): change.applied(to: entry)
    case .key(let key): entry & ~Self.keyBits | UInt64(key & 15) << 59
    case .frame(let frame): entry & ~Self.frameBits | (frame << 12 & Self.frameBits)
    }
  }

  /// The bits that it can change.
  var touched: UInt64 {
    switch self {
    case .bits(let change): change.touched
    case .key: Self.keyBits
    case .frame: Self.frameBits
    }
  }

  var text: String {
    switch self {
    case .bits(let change): change.text
    case .key(let key): "key \(key)"
    case .frame(let frame): "frame \(frame.hexadecimal)"
    }
  }
}

extension FaultEffect.TranslationChange {
  /// nil: the TLB has none any more.
  func applied(to entry: CachedTranslation) -> CachedTranslation? {
    var new = entry
    switch self {
    case .lost: return nil
    case .rights(let change): new.rights = UInt8(truncatingIfNeeded: change.applied(to: UInt64(entry.rights)) & 7)
    case .key(let key): new.key = key & 15
    case .frame(let frame): new.physicalPage = frame << 12 & 0xff_ffff_f000
    case .stale: break
    }
    return new
  }

  var text: String {
    switch self {
    case .lost: "lost"
    case .rights(let change): "rights \(change.text)"
    case .key(let key): "key \(key)"
    case .frame(let frame): "frame \(frame.hexadecimal)"
    case .stale: "stale"
    }
  }
}

extension CachedTranslation {
  /// For people: where it leads and what it allows.
  var text: String {
    let rights = (rights & 1 != 0 ? "w" : "-") + (rights & 2 != 0 ? "u" : "-") + (rights & 4 != 0 ? "-" : "x")
    return "\(physicalPage.hexadecimal) \(rights) key \(key)"
  }
}
