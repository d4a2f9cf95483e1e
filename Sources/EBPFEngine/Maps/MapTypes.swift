/// Kinds of maps, with Linux's numbers (BPF_MAP_TYPE_...).
public enum MapKind: UInt32, Equatable, Sendable {
  case hash = 1
  case array = 2
  case programArray = 3
  case perfEventArray = 4
  case perCPUHash = 5
  case perCPUArray = 6
  case stackTrace = 7
  case cgroupArray = 8
  case lruHash = 9
  case lruPerCPUHash = 10
  case lpmTrie = 11
  case arrayOfMaps = 12
  case hashOfMaps = 13
  case deviceMap = 14
  case socketMap = 15
  case cpuMap = 16
  case xskMap = 17
  case socketHash = 18
  case cgroupStorage = 19
  case reuseportSockets = 20
  case perCPUCgroupStorage = 21
  case queue = 22
  case stack = 23
  case socketStorage = 24
  case deviceHash = 25
  case structOps = 26
  case ringBuffer = 27
  case inodeStorage = 28
  case taskStorage = 29
  case bloomFilter = 30
  case userRingBuffer = 31
  case cgroupLocalStorage = 32
  case arena = 33

  /// How a map keeps its values. A machine has one CPU, so maps with values of each CPU are kept like the others.
  enum Layout: Equatable {
    /// Values by index, all of them always there.
    case indexed
    /// Values by key.
    case keyed
    /// Values that programs do not see: numbers of maps or programs.
    case references
    /// Values by their order.
    case ordered
    /// Records of any size, one behind the other.
    case records
    /// Nothing: the values are things of the Linux kernel.
    case outside
  }

  var layout: Layout {
    switch self {
    case .array, .perCPUArray: .indexed
    case .hash, .perCPUHash, .lruHash, .lruPerCPUHash, .lpmTrie: .keyed
    case .programArray, .arrayOfMaps, .hashOfMaps: .references
    case .queue, .stack: .ordered
    case .ringBuffer: .records
    default: .outside
    }
  }

  /// Whether keys are indices from 0.
  var isIndexed: Bool { self == .array || self == .perCPUArray || self == .programArray || self == .arrayOfMaps }
  /// Whether a full map makes room for a key by forgetting the one that was not used for the longest time.
  var forgets: Bool { self == .lruHash || self == .lruPerCPUHash }
  /// Whether values are maps.
  public var holdsMaps: Bool { self == .arrayOfMaps || self == .hashOfMaps }
}

/// A set of kinds of maps.
public struct MapKinds: OptionSet, Equatable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ kind: MapKind) { rawValue = 1 << UInt64(kind.rawValue) }
  public init(_ kinds: MapKind...) { rawValue = kinds.reduce(0) { $0 | 1 << UInt64($1.rawValue) } }

  public func contains(_ kind: MapKind) -> Bool { rawValue & 1 << UInt64(kind.rawValue) != 0 }

  /// Those with values that programs reach by a key.
  public static let values = MapKinds(
    .hash, .array, .perCPUHash, .perCPUArray, .lruHash, .lruPerCPUHash, .lpmTrie)
  /// Those in which programs look up keys.
  public static let lookups = values.union(MapKinds(.arrayOfMaps, .hashOfMaps))
  /// Those whose elements can be visited one after the other.
  public static let visited = values.subtracting(MapKinds(.lpmTrie))
  public static let ordered = MapKinds(.queue, .stack)
}

/// What a map is made of.
public struct MapDefinition: Equatable, Sendable {
  public var kind: MapKind
  /// Bytes. Arrays have 4-byte keys: the index, little-endian. Queues, stacks and ring buffers have none.
  public var keySize: UInt32
  public var valueSize: UInt32
  /// Of a ring buffer, its bytes: a power of two, 4,096 or more.
  public var entryCount: UInt32
  /// Of a map of maps: the index of a map that all its values are like.
  public var innerMap: UInt32?

  public init(kind: MapKind, keySize: UInt32, valueSize: UInt32, entryCount: UInt32, innerMap: UInt32? = nil) {
    self.kind = kind
    self.keySize = keySize
    self.valueSize = valueSize
    self.entryCount = entryCount
    self.innerMap = innerMap
  }

  /// Whether `Map` accepts the sizes.
  public var isValid: Bool {
    let (key, value, entries) = (UInt64(keySize), UInt64(valueSize), UInt64(entryCount))
    guard keySize <= Map.maximumKeySize, value <= Map.maximumStorageSize else { return false }
    let fits =
      entries > 0 && entryCount <= Map.maximumEntryCount && (key + value + 7) * entries <= Map.maximumStorageSize
    switch kind.layout {
    case .indexed: return fits && key == 4 && value > 0
    case .keyed:
      guard kind != .lpmTrie || (key > 4 && key <= 260) else { return false }
      return fits && key > 0 && value > 0
    case .references: return fits && value == 4 && (kind == .hashOfMaps ? key > 0 : key == 4)
    case .ordered: return fits && key == 0 && value > 0
    case .records:
      return key == 0 && value == 0 && entries >= 4096 && entries <= Map.maximumStorageSize
        && entries & (entries - 1) == 0
    case .outside: return true
    }
  }
}

/// Why a map was refused or an operation on it failed.
public enum MapError: UInt8, Error, Equatable, Sendable {
  /// Key, value or number of entries do not fit the kind, or are beyond `Map`'s limits.
  case badSize
  case tooManyMaps
  case addressSpaceFull
  case notFound
  case exists
  case full
  case badFlags
  /// The map has no values here, or none to put in place of another.
  case unsupported
  /// There is nothing in the queue or stack.
  case empty

  /// What the map helpers return to the program: Linux's negative error numbers.
  public var errorNumber: Int64 {
    switch self {
    case .badSize, .badFlags: -22
    case .tooManyMaps: -23
    case .addressSpaceFull: -12
    case .notFound, .empty: -2
    case .unsupported: -95
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
