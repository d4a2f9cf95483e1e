/// Kinds of maps, with Linux's numbers (BPF_MAP_TYPE_...).
public enum MapKind: UInt32, Equatable, Sendable {
  case hash = 1
  case array = 2
}

/// What a map is made of.
public struct MapDefinition: Equatable, Sendable {
  public var kind: MapKind
  /// Bytes. Arrays have 4-byte keys: the index, little-endian.
  public var keySize: UInt32
  public var valueSize: UInt32
  public var entryCount: UInt32

  public init(kind: MapKind, keySize: UInt32, valueSize: UInt32, entryCount: UInt32) {
    self.kind = kind
    self.keySize = keySize
    self.valueSize = valueSize
    self.entryCount = entryCount
  }

  /// Whether `Map` accepts the sizes.
  public var isValid: Bool {
    let (key, value, entries) = (UInt64(keySize), UInt64(valueSize), UInt64(entryCount))
    guard key > 0 && keySize <= Map.maximumKeySize && value > 0 else { return false }
    guard entries > 0 && entryCount <= Map.maximumEntryCount else { return false }
    guard kind != .array || key == 4 else { return false }
    return (key + value + 7) * entries <= Map.maximumStorageSize
  }
}

/// Why a map was refused or an operation on it failed.
public enum MapError: UInt8, Error, Equatable, Sendable {
  /// Key, value or number of entries is 0, or beyond `Map`'s limits; an array whose key is not of 4 bytes.
  case badSize
  case tooManyMaps
  case addressSpaceFull
  case notFound
  case exists
  case full
  case badFlags

  /// What the map helpers return to the program: Linux's negative error numbers.
  public var errorNumber: Int64 {
    switch self {
    case .badSize, .badFlags: -22
    case .tooManyMaps: -23
    case .addressSpaceFull: -12
    case .notFound: -2
    case .exists: -17
    case .full: -7
    }
  }
}

/// Condition of an update, with Linux's numbers (BPF_ANY, BPF_NOEXIST, BPF_EXIST).
public enum UpdateMode: UInt64, Equatable, Sendable {
  case any = 0
  case onlyNew = 1
  case onlyExisting = 2
}
