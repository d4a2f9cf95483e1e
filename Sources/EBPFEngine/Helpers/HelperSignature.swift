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
    /// Writable memory of the value size of that map.
    case mapValueOut
    /// Readable, initialised memory; its size in bytes is in the next argument register.
    case readable
    /// The same, or the number 0.
    case readableOrNull
    /// Writable memory; its size in bytes is in the next argument register.
    case writable
    /// A size in bytes that belongs to the preceding argument; 0 is not allowed.
    case size
    /// A size in bytes that belongs to the preceding argument; 0 is allowed.
    case sizeOrZero
    /// Readable memory with a zero byte among its first `maximumStringSize`.
    case string
    /// Writable, aligned memory of 8 bytes.
    case number
    /// A function of the program.
    case function
    /// Memory of the stack, or a number: what a function gets from its caller.
    case functionContext
    /// A size that is known: of the record that the helper reserves.
    case recordSize
    /// A record that the helper takes.
    case record
  }

  /// What r0 holds afterwards.
  public enum Result: UInt8, Equatable, Sendable {
    case scalar
    /// A pointer to the value in the map of the first `map` argument, or 0.
    case mapValueOrNull
    /// The value that the first `map` argument always has.
    case mapValue
    /// A record of the size in the `recordSize` argument, which is the program's until a helper takes it; or 0.
    case recordOrNull
  }

  /// What a helper does beside reading and writing its arguments.
  public enum Effect: UInt8, Equatable, Sendable {
    case none
    /// Pointers into the packet are not valid any more.
    case movesPacket
    /// The program does not go on here, if all goes well.
    case endsProgram
    /// Calls a function of the program, some number of times.
    case callsRounds
    case callsVisits
  }

  /// Bytes that a text for a helper may have, its zero included: for the verifier, and for helpers when they run.
  public static let maximumStringSize = 1024

  /// Number in the call instruction.
  public let number: Int32
  public let name: StaticString
  public let arguments: (Argument, Argument, Argument, Argument, Argument)
  public let result: Result
  /// Kinds of maps that a `map` argument may be of.
  public let kinds: MapKinds
  public let effect: Effect

  public init(
    _ number: Int32, _ name: StaticString, _ a1: Argument = .unused, _ a2: Argument = .unused,
    _ a3: Argument = .unused, _ a4: Argument = .unused, _ a5: Argument = .unused, result: Result = .scalar,
    of kinds: MapKinds = .values, effect: Effect = .none
  ) {
    self.number = number
    self.name = name
    arguments = (a1, a2, a3, a4, a5)
    self.result = result
    self.kinds = kinds
    self.effect = effect
  }

  public static func == (a: HelperSignature, b: HelperSignature) -> Bool {
    a.number == b.number && a.arguments == b.arguments && a.result == b.result && a.kinds == b.kinds
      && a.effect == b.effect
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

  /// uIO's helpers 1 to 9, the one that unwinds the stack, and after them the access to maps. `map_get`, `map_put` and
  /// `map_del` work on the two-level map of 64-bit numbers.
  public static let uio = HelperTable(
    [
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
      HelperSignature(12, "tail_call", .context, .map, .scalar, of: MapKinds(.programArray), effect: .endsProgram),
      HelperSignature(16, "map_lookup_elem", .map, .mapKey, result: .mapValueOrNull, of: .lookups),
      HelperSignature(17, "map_update_elem", .writableMap, .mapKey, .mapValue, .scalar),
      HelperSignature(18, "map_delete_elem", .writableMap, .mapKey),
    ] + ofMaps)

  /// Helpers for maps and loops that uIO and Linux have under the same numbers.
  static let ofMaps = [
    HelperSignature(87, "map_push_elem", .writableMap, .mapValue, .scalar, of: .ordered),
    HelperSignature(88, "map_pop_elem", .writableMap, .mapValueOut, of: .ordered),
    HelperSignature(89, "map_peek_elem", .map, .mapValueOut, of: .ordered),
    HelperSignature(
      130, "ringbuf_output", .map, .readable, .sizeOrZero, .scalar, of: MapKinds(.ringBuffer)),
    HelperSignature(
      131, "ringbuf_reserve", .map, .recordSize, .scalar, result: .recordOrNull, of: MapKinds(.ringBuffer)),
    HelperSignature(132, "ringbuf_submit", .record, .scalar),
    HelperSignature(133, "ringbuf_discard", .record, .scalar),
    HelperSignature(134, "ringbuf_query", .map, .scalar, of: MapKinds(.ringBuffer)),
    HelperSignature(
      164, "for_each_map_elem", .map, .function, .functionContext, .scalar, of: .visited, effect: .callsVisits),
    HelperSignature(181, "loop", .scalar, .function, .functionContext, .scalar, effect: .callsRounds),
  ]
}
