/// What a helper takes and gives back: read by the verifier before a program runs, and by whoever documents helpers.
public struct HelperSignature: Equatable, Sendable {
  /// What must be in an argument register (r1 to r5).
  public enum Argument: UInt8, Equatable, Sendable {
    /// The helper does not look at the register.
    case unused
    /// An initialised number; pointers would leak and are refused.
    case scalar
    /// An initialised register of any type.
    case anything
    /// The context pointer that the program was started with.
    case context
    /// A handle from `lddw` of kind map.
    case map
    /// The same, of a map that the helper changes: programs may write to its values.
    case writableMap
    /// Readable memory of the key size of the map in the preceding argument register.
    case mapKey
    /// Readable memory of the value size of that map.
    case mapValue
    /// Readable, initialised memory; its size in bytes is in the next argument register.
    case readable
    /// Writable memory; its size in bytes is in the next argument register.
    case writable
    /// A size in bytes that belongs to the preceding argument; 0 is not allowed.
    case size
    /// A size in bytes that belongs to the preceding argument; 0 is allowed.
    case sizeOrZero
    /// Readable memory with a zero byte among its first `maximumStringSize`.
    case string
  }

  /// What r0 holds afterwards.
  public enum Result: UInt8, Equatable, Sendable {
    case scalar
    /// A pointer to the value in the map of the first `map` argument, or 0.
    case mapValueOrNull
  }

  /// Bytes that a text for a helper may have, its zero included: for the verifier, and for helpers when they run.
  public static let maximumStringSize = 1024

  /// Number in the call instruction.
  public let number: Int32
  public let name: StaticString
  public let arguments: (Argument, Argument, Argument, Argument, Argument)
  public let result: Result

  public init(
    _ number: Int32, _ name: StaticString, _ a1: Argument = .unused, _ a2: Argument = .unused,
    _ a3: Argument = .unused, _ a4: Argument = .unused, _ a5: Argument = .unused, result: Result = .scalar
  ) {
    self.number = number
    self.name = name
    arguments = (a1, a2, a3, a4, a5)
    self.result = result
  }

  public static func == (a: HelperSignature, b: HelperSignature) -> Bool {
    a.number == b.number && a.arguments == b.arguments && a.result == b.result
  }

  /// Type of argument register `r1` + `index`; `unused` outside 0 to 4.
  public func argument(_ index: Int) -> Argument {
    switch index {
    case 0: arguments.0
    case 1: arguments.1
    case 2: arguments.2
    case 3: arguments.3
    case 4: arguments.4
    default: .unused
    }
  }
}

/// The helpers that a program may call, by number.
public struct HelperTable: Sendable {
  public let signatures: [HelperSignature]

  public init(_ signatures: [HelperSignature]) { self.signatures = signatures }

  /// The helper with that number.
  public subscript(number: Int32) -> HelperSignature? {
    for signature in signatures where signature.number == number { return signature }
    return nil
  }

  /// uIO's helpers 1 to 9, the one that unwinds the stack, and after them the access to hash and array maps.
  /// `map_get`, `map_put` and `map_del` work on the two-level map of 64-bit numbers.
  public static let uio = HelperTable([
    HelperSignature(1, "map_get", .scalar, .scalar),
    HelperSignature(2, "map_put", .scalar, .scalar, .scalar),
    HelperSignature(3, "map_del", .scalar, .scalar),
    HelperSignature(4, "get_addr", .string),
    HelperSignature(5, "probe_read", .scalar, .scalar),
    HelperSignature(6, "time_get_ns"),
    HelperSignature(7, "puts", .string),
    HelperSignature(8, "notify"),
    HelperSignature(9, "get_ret_addr", .string),
    HelperSignature(10, "unwind", .scalar),
    HelperSignature(16, "map_lookup_elem", .map, .mapKey, result: .mapValueOrNull),
    HelperSignature(17, "map_update_elem", .writableMap, .mapKey, .mapValue, .scalar),
    HelperSignature(18, "map_delete_elem", .writableMap, .mapKey),
  ])

  /// The Linux numbers of the map helpers and the clock, for objects written for Linux.
  public static let linux = HelperTable([
    HelperSignature(1, "map_lookup_elem", .map, .mapKey, result: .mapValueOrNull),
    HelperSignature(2, "map_update_elem", .writableMap, .mapKey, .mapValue, .scalar),
    HelperSignature(3, "map_delete_elem", .writableMap, .mapKey),
    HelperSignature(5, "ktime_get_ns"),
  ])
}
