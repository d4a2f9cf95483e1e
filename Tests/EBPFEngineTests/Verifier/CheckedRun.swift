import TestSupport

@testable import EBPFEngine

/// Runs a program in the environment of the verifier's cases: with every check of the interpreter on, or translated.
struct CheckedRun {
  enum Engine {
    case interpreter
    /// Code in these pages.
    case checkedCode(ExecutablePages)
    case uncheckedCode(ExecutablePages)
    /// The interpreter, one instruction at a time, with what is to be done before each.
    case steps((SteppedRun.Step, Places) -> Void)
  }

  /// Where a run's objects are.
  struct Places {
    let context: UInt64
    let region: UInt64
    let mapHandle: UInt64
    /// Where values of each map can be.
    let values: [[UInt64]]
  }

  /// What a run leaves: all that an address could leak into.
  struct Result: Equatable {
    var outcome: RunResult.Outcome
    var instructionCount: UInt64
    var memory: [UInt8]
    var arguments: [UInt64]
  }

  /// Helpers that check every pointer as strictly as their signatures ask, and answer by a draw.
  private struct Host: HelperHost {
    var generator: SeededGenerator
    /// Handle of map 1; those of the others follow.
    let mapHandle: UInt64
    let contextBase: UInt64
    let valueBase: UInt64
    /// Value of map 2; that of map 3 is 0x40 bytes of storage above.
    let directBase: UInt64
    /// Distance of addresses by that of storage.
    let scale: UInt64
    var arguments: [UInt64] = []

    mutating func call(
      _ number: Int32, _ r: HelperArguments, memory: AddressSpace
    ) throws(HelperFault) -> UInt64 {
      func check(_ address: UInt64, _ size: Int, _ rights: MemoryRights) throws(HelperFault) {
        guard memory.pointer(to: address, size: size, rights: rights) != nil else { throw .badPointer }
      }
      switch number {
      case PacketLoad.number: return try packetLoad(r, memory)
      case 1:
        let map = r.r1 &- mapHandle
        guard map < 3 else { throw .badMap }
        try check(r.r2, map == 0 ? 8 : 4, .read)
        let draw = generator.next() % 3
        if draw == 0 { return 0 }
        return map == 0 ? valueBase + draw * 0x80 * scale : map == 1 ? directBase : directBase + 0x40 * scale
      case 2:
        let map = r.r1 &- mapHandle
        guard map < 3 else { throw .badMap }
        try check(r.r2, map == 0 ? 8 : 4, .read)
        try check(r.r3, map == 0 ? 16 : map == 1 ? 32 : 8, .read)
        arguments.append(r.r4)
      case 4: guard memory.string(at: r.r1, limit: 512) != nil else { throw .badPointer }
      case 5:
        guard r.r2 > 0, let size = Int(exactly: r.r2) else { throw .badArgument }
        guard let storage = memory.pointer(to: r.r1, size: size, rights: .write) else { throw .badPointer }
        storage.initializeMemory(as: UInt8.self, repeating: 0xa5, count: size)
      case 6:
        guard let size = Int(exactly: r.r2) else { throw .badArgument }
        try check(r.r1, size, .read)
      case 7: guard r.r1 == contextBase else { throw .badArgument }
      case 8:
        arguments.append(r.r1)
        arguments.append(r.r2)
      default: break
      }
      return generator.next() >> (generator.next() & 63)
    }

    /// The packet is the region of the program.
    private func packetLoad(_ r: HelperArguments, _ memory: AddressSpace) throws(HelperFault) -> UInt64 {
      let packet = memory.pointer(to: contextBase + 0xc0 * scale, size: 64, rights: .read)
      return try PacketLoad.value(r, of: UnsafeRawBufferPointer(start: packet, count: 64))
    }
  }

  /// Runs with inputs drawn from `seed`; `base` moves all objects in the address space. Without it they lie at their real
  /// addresses.
  static func run(
    _ program: VerifiedProgram, seed: UInt64, base: UInt64?, budget: UInt64, in engine: Engine = .interpreter
  ) throws -> Result {
    var generator = SeededGenerator(seed: seed)
    let size = 0x400
    let storage = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    defer { storage.deallocate() }
    // Words of few bits as often as of many.
    for offset in stride(from: 0, to: size, by: 8) {
      storage.storeBytes(of: generator.next() >> (generator.next() & 63), toByteOffset: offset, as: UInt64.self)
    }
    storage.storeBytes(of: 0, toByteOffset: 143, as: UInt8.self)
    storage.storeBytes(of: 0x2121_2169_6800_6968, toByteOffset: 0x180, as: UInt64.self)
    let space = base.map { AddressSpace(stackBase: $0 + 0x10_0000) } ?? .ofRealAddresses()
    let start = base ?? UInt64(UInt(bitPattern: storage))
    let scale: UInt64 = base == nil ? 1 : 2
    // Offset in the storage, size, rights: the context's fields, the region, values of maps 2, 3 and 1.
    let layout: [(Int, Int, MemoryRights)] = [
      (0, 8, .read), (8, 8, .readWrite), (16, 120, .readWrite), (136, 8, .read), (0xc0, 64, .readWrite),
      (0x140, 32, .readWrite),
      (0x180, 8, .read), (0x300, 16, .readWrite), (0x380, 16, .readWrite),
    ]
    let address = { (offset: Int) in start + UInt64(offset) * scale }
    for (offset, size, rights) in layout {
      let place = offset < 0xc0 ? start + UInt64(offset) : address(offset)
      _ = try space.addRegion(storage + offset, size: size, base: place, rights: rights)
    }
    let mapHandle = start + 0x20_0000
    let executable = try VerifiedExecutable(program) { immediate in
      switch immediate {
      case .mapByDescriptor(let number), .mapByIndex(let number): mapHandle + UInt64(number - 1)
      case .mapValueByDescriptor(let number, let offset), .mapValueByIndex(let number, let offset):
        address(number == 2 ? 0x140 : 0x180) + UInt64(offset)
      case .variable(4): address(0xc0)
      default: nil
      }
    }
    let number = generator.next() >> (generator.next() & 63)
    var host = Host(
      generator: generator, mapHandle: mapHandle, contextBase: start, valueBase: address(0x300) - 0x80 * scale,
      directBase: address(0x140), scale: scale)
    let arguments = HelperArguments(r1: start, r2: number, r3: address(0xc0), r4: 0, r5: 0)
    let result: RunResult
    switch engine {
    case .steps(let observe):
      let places = Places(
        context: start, region: address(0xc0), mapHandle: mapHandle,
        values: [[address(0x300), address(0x380)], [address(0x140)], [address(0x180)]])
      result = SteppedRun.run(executable.executable, in: space, arguments, budget: budget, &host) {
        observe($0, places)
      }
    case .interpreter:
      result = Interpreter.run(
        executable.executable, in: space, arguments: arguments, budget: budget, helpers: &host)
    case .checkedCode(let pages):
      result = try NativeRun(checking: executable.executable, in: space, pages: pages)
        .run(arguments, budget: budget, helpers: &host) { Host.serve($0, $1, $2, $3, $4, $5) }
    case .uncheckedCode(let pages):
      result = try NativeRun(trusting: executable, in: space, pages: pages)
        .run(arguments, budget: budget, helpers: &host) { Host.serve($0, $1, $2, $3, $4, $5) }
    }
    return Result(
      outcome: result.outcome, instructionCount: result.instructionCount,
      memory: [UInt8](UnsafeRawBufferPointer(start: storage, count: size)), arguments: host.arguments)
  }
}
