/// What a program of some type finds when it runs: arguments, context, maps, memory and helpers; and how much work the
/// verifier may spend on it.
public struct VerifierEnvironment: Sendable {
  /// What r1 to r5 hold when the program starts.
  public enum Argument: Equatable, Sendable {
    case uninitialised
    case context
    /// A number; the only one it can be, or any.
    case number(UInt64?)
    /// The start of the memory region with that number.
    case region(Int32)
  }

  /// What a field of the context holds.
  public enum ContextContent: UInt8, Equatable, Sendable {
    case number
    /// The addresses where the packet begins, where it ends, and where the data before it begin.
    case packet, packetEnd, packetMeta
  }

  /// Part of the context. An access is allowed when it stays within one field that grants it; fields may overlap.
  public struct ContextField: Equatable, Sendable {
    /// Bytes from the start of the context.
    public let offset: Int
    public let size: Int
    public let rights: MemoryRights
    /// Whether the field's last byte is zero whatever programs do: helpers may take text from anywhere in it. No field
    /// with the right to write may cover that byte.
    public let endsWithZero: Bool
    /// What a load of the whole field gives. Where it is no number the field has 4 or 8 bytes, and no other field covers
    /// any of them.
    public let content: ContextContent

    public init(
      offset: Int, size: Int, rights: MemoryRights, endsWithZero: Bool = false, content: ContextContent = .number
    ) {
      self.content = content
      self.offset = offset
      self.size = size
      self.rights = rights
      self.endsWithZero = endsWithZero
    }
  }

  /// A map as `lddw` refers to it.
  public struct Map: Equatable, Sendable {
    /// Number in `lddw` (descriptor or index).
    public let number: Int32
    public let kind: MapKind
    /// Bytes.
    public let keySize: Int
    public let valueSize: Int
    /// What the program may do with values that it has a pointer to.
    public let rights: MemoryRights
    /// Whether the map has one value only, always there, whose address `lddw` may load.
    public let isDirect: Bool
    /// The value of a direct map that can never change (read-only data).
    public let constantValue: [UInt8]?
    /// Of a map of maps: the number of a map that all its values are like.
    public let innerMap: Int32?
    /// Addresses in the value of a direct map, sorted: a load of exactly one of them gives it, and no access may touch a
    /// part, or change it.
    public let pointers: [Pointer]

    /// Eight bytes that hold an address.
    public struct Pointer: Equatable, Sendable {
      public let offset: Int
      /// Number of a direct map, and bytes from the start of its value; `nil` for what programs may not use.
      public let target: Int32?
      public let targetOffset: Int

      public init(offset: Int, target: Int32?, targetOffset: Int) {
        self.offset = offset
        self.target = target
        self.targetOffset = targetOffset
      }
    }

    public init(
      number: Int32, kind: MapKind = .hash, keySize: Int, valueSize: Int, rights: MemoryRights = .readWrite,
      isDirect: Bool = false, constantValue: [UInt8]? = nil, innerMap: Int32? = nil, pointers: [Pointer] = []
    ) {
      self.kind = kind
      self.innerMap = innerMap
      self.pointers = pointers
      self.number = number
      self.keySize = keySize
      self.valueSize = valueSize
      self.rights = rights
      self.isDirect = isDirect
      self.constantValue = constantValue
    }
  }

  /// Memory that an argument, or `lddw` of kind variable, leads to.
  public struct Region: Equatable, Sendable {
    public let number: Int32
    /// Bytes.
    public let size: Int
    public let rights: MemoryRights

    public init(number: Int32, size: Int, rights: MemoryRights) {
      self.number = number
      self.size = size
      self.rights = rights
    }
  }

  /// r1 to r5; missing ones are uninitialised.
  public var arguments: [Argument]
  public var context: [ContextField]
  public var maps: [Map]
  public var regions: [Region]
  public var helpers: HelperTable
  /// Whether addresses may get where others see them, and be compared with anything: for programs of those who see all
  /// of the memory anyway.
  public var allowsLeaks = false
  /// Whether accesses to anything but the stack may be unaligned; those to packets always may.
  public var allowsUnaligned = false
  /// Whether a stored address may be overwritten in part, or at an unknown place: nothing can be read of it then.
  public var overwritesPointers = false
  /// Whether programs may load from their packet by `Operation.loadPacket`.
  public var allowsPacketLoads = false
  /// What programs may do with the packet that their context leads to.
  public var packetRights = MemoryRights.readWrite
  public var limits = Limits()

  public init(
    arguments: [Argument] = [.context], context: [ContextField] = [], maps: [Map] = [], regions: [Region] = [],
    helpers: HelperTable = HelperTable([])
  ) {
    self.arguments = arguments
    self.context = context
    self.maps = maps
    self.regions = regions
    self.helpers = helpers
  }

  func mapIndex(_ number: Int32) -> Int32? {
    for index in maps.indices where maps[index].number == number { return Int32(truncatingIfNeeded: index) }
    return nil
  }

  func regionIndex(_ number: Int32) -> Int32? {
    for index in regions.indices where regions[index].number == number { return Int32(truncatingIfNeeded: index) }
    return nil
  }
}
