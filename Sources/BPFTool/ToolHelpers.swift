import EBPFEngine

/// Helpers outside a guest: uIO's maps, `puts` and `notify`, or the one helper of the conformance suite.
struct ToolHelpers: HelperHost {
  enum Kind { case uio, conformance }

  /// What `puts` and `notify` wrote.
  private(set) var output: [UInt8] = []
  private let kind: Kind
  private let maps: MapSet
  private let pairs: PairMap?

  init(_ kind: Kind, _ maps: MapSet) {
    self.kind = kind
    self.maps = maps
    pairs = try? PairMap(capacity: 4096)
  }

  mutating func call(
    _ number: Int32, _ arguments: HelperArguments, memory: AddressSpace
  ) throws(HelperFault) -> UInt64 {
    switch (kind, number) {
    case (.conformance, 5): return arguments.r1
    case (_, 16): return try maps.lookup(arguments)
    case (_, 17): return try maps.update(arguments)
    case (_, 18): return try maps.remove(arguments)
    case (.uio, 1): return pairs?.get(arguments.r1, arguments.r2) ?? PairMap.missing
    case (.uio, 2):
      let isStored = pairs?.put(arguments.r1, arguments.r2, arguments.r3) ?? false
      return isStored ? 0 : PairMap.missing
    case (.uio, 3):
      let isRemoved = pairs?.remove(arguments.r1, arguments.r2) ?? false
      return isRemoved ? 0 : PairMap.missing
    // Outside a guest there are no symbols, no memory and no clock.
    case (.uio, 4), (.uio, 9):
      _ = try text(arguments.r1, memory)
      return 0
    case (.uio, 5): return PairMap.missing
    case (.uio, 6), (.uio, 10): return 0
    case (.uio, 7):
      output += try text(arguments.r1, memory)
      return 0
    case (.uio, 8):
      output += Array("notify\n".utf8)
      return 0
    default: throw .unknownHelper
    }
  }

  private func text(_ address: UInt64, _ memory: AddressSpace) throws(HelperFault) -> UnsafeRawBufferPointer {
    guard let text = memory.string(at: address, limit: HelperSignature.maximumStringSize) else { throw .badPointer }
    return text
  }
}
