import EBPFEngine
import Hexadecimal

/// Helpers outside a guest: maps, what uIO's programs write, what can be had of Linux's helpers without a kernel, or the
/// one helper of the conformance suite.
struct ToolHelpers: HelperHost {
  enum Kind { case uio, linux, conformance }

  /// What `puts`, `notify` and `trace_printk` wrote.
  private(set) var output: [UInt8] = []
  private let kind: Kind
  private let maps: MapSet
  private let pairs: PairMap?
  private let packet: (address: UInt64, size: Int)?
  /// The program that takes over, and how many have.
  private var next: Int?
  private var tailCalls = 0
  /// State of the numbers that `get_prandom_u32` gives: the same in every run.
  private var random: UInt64 = 1

  init(_ kind: Kind, _ maps: MapSet, packet: UInt64? = nil, _ packetSize: Int = 0) {
    self.kind = kind
    self.maps = maps
    self.packet = packet.map { ($0, packetSize) }
    pairs = try? PairMap(capacity: 4096)
  }

  /// The program that a tail call has named.
  mutating func takeOver() -> Int? {
    defer { next = nil }
    return next
  }

  mutating func call(
    _ number: Int32, _ arguments: HelperArguments, memory: AddressSpace
  ) throws(HelperFault) -> UInt64 {
    if number == PacketLoad.number, let packet {
      let bytes = memory.pointer(to: packet.address, size: packet.size, rights: .read)
      return try PacketLoad.value(
        arguments, of: UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : packet.size))
    }
    switch kind {
    case .conformance:
      guard number == 5 else { break }
      return arguments.r1
    case .uio: if let result = try callUIO(number, arguments, memory) { return result }
    case .linux: if let result = try callLinux(number, arguments, memory) { return result }
    }
    let result = kind == .linux ? try maps.callLinux(number, arguments) : try maps.call(number, arguments)
    guard let result else { throw .unknownHelper }
    return result
  }

  private mutating func callUIO(
    _ number: Int32, _ arguments: HelperArguments, _ memory: AddressSpace
  ) throws(HelperFault) -> UInt64? {
    switch number {
    case 1: return pairs?.get(arguments.r1, arguments.r2) ?? PairMap.missing
    case 2:
      let isStored = pairs?.put(arguments.r1, arguments.r2, arguments.r3) ?? false
      return isStored ? 0 : PairMap.missing
    case 3:
      let isRemoved = pairs?.remove(arguments.r1, arguments.r2) ?? false
      return isRemoved ? 0 : PairMap.missing
    // Outside a guest there are no symbols, no memory and no clock.
    case 4, 9:
      _ = try text(arguments.r1, memory)
      return 0
    case 5: return PairMap.missing
    case 6, 10: return 0
    case TailCall.number: return try tailCall(arguments)
    case 7:
      output += try text(arguments.r1, memory)
      return 0
    case 8:
      output += Array("notify\n".utf8)
      return 0
    default: return nil
    }
  }

  private mutating func callLinux(
    _ number: Int32, _ r: HelperArguments, _ memory: AddressSpace
  ) throws(HelperFault) -> UInt64? {
    switch number {
    // No clock, one CPU, one process with number 1 of user 0.
    case 5, 8, 15, 42, 80, 118, 125, 160, 208: return 0
    case 14: return 1 << 32 | 1
    case 6:
      // The text as it is: what belongs into it is not put in.
      let text = try bytes(r.r1, r.r2, memory).prefix { $0 != 0 }
      output += text + (text.last == 10 ? [] : [10])
      return UInt64(text.count)
    case 7:
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return random >> 32
    case TailCall.number: return try tailCall(r)
    case 16:
      guard let size = Int(exactly: r.r2), let place = memory.pointer(to: r.r1, size: size, rights: .write) else {
        throw .badPointer
      }
      place.initializeMemory(as: UInt8.self, repeating: 0, count: size)
      for (offset, byte) in "program".utf8.prefix(max(size - 1, 0)).enumerated() {
        place.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
      }
      return 0
    case 25:
      output += Array(
        "event: \(try bytes(r.r4, r.r5, memory).map { UInt64($0).hexadecimalDigits(2) }.joined(separator: " "))\n".utf8)
      return 0
    case 26, 189:
      guard let packet, let size = Int(exactly: r.r4), let offset = Int(exactly: r.r2), size <= packet.size,
        offset <= packet.size - size
      else { return UInt64(bitPattern: -14) }
      guard let from = memory.pointer(to: packet.address + UInt64(offset), size: size, rights: .read),
        let to = memory.pointer(to: r.r3, size: size, rights: .write)
      else { throw .badPointer }
      to.copyMemory(from: from, byteCount: size)
      return 0
    default: return nil
    }
  }

  /// Linux's `tail_call`: goes on here where the entry is empty, or too many programs have taken over.
  private mutating func tailCall(_ r: HelperArguments) throws(HelperFault) -> UInt64 {
    guard tailCalls < TailCall.maximumCount, let program = try maps.program(r) else { return TailCall.failed }
    tailCalls += 1
    next = program
    throw .tailCall
  }

  private func bytes(_ address: UInt64, _ size: UInt64, _ memory: AddressSpace) throws(HelperFault) -> [UInt8] {
    guard let count = Int(exactly: size), let place = memory.pointer(to: address, size: count, rights: .read) else {
      throw .badPointer
    }
    return [UInt8](UnsafeRawBufferPointer(start: place, count: count))
  }

  private func text(_ address: UInt64, _ memory: AddressSpace) throws(HelperFault) -> UnsafeRawBufferPointer {
    guard let text = memory.string(at: address, limit: HelperSignature.maximumStringSize) else { throw .badPointer }
    return text
  }
}
