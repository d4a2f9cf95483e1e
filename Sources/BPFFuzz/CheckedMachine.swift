import EBPFEngine
import SeededRandom

/// A guest in small: the context, some maps and helpers that check what their signatures promise. Its answers depend on
/// the seed only, never on where things lie.
struct CheckedMachine {
  /// All that a run leaves behind, and all that an address could leak into.
  struct Trace: Equatable {
    var outcome: RunResult.Outcome
    var instructionCount: UInt64
    var context: [UInt8]
    var values: [[UInt8]]
    var numbers: [UInt64]
  }

  /// The maps of raw programs: hash, array, a direct value, a constant with text in it, and one of each other kind.
  static let definitions = [
    MapDefinition(kind: .hash, keySize: 4, valueSize: 8, entryCount: 4),
    MapDefinition(kind: .array, keySize: 4, valueSize: 16, entryCount: 4),
    MapDefinition(kind: .array, keySize: 4, valueSize: 32, entryCount: 1),
    MapDefinition(kind: .array, keySize: 4, valueSize: 8, entryCount: 1),
    MapDefinition(kind: .ringBuffer, keySize: 0, valueSize: 0, entryCount: 4096),
    MapDefinition(kind: .queue, keySize: 0, valueSize: 8, entryCount: 3),
    MapDefinition(kind: .stack, keySize: 0, valueSize: 12, entryCount: 2),
    MapDefinition(kind: .lruHash, keySize: 4, valueSize: 8, entryCount: 2),
    MapDefinition(kind: .lpmTrie, keySize: 8, valueSize: 8, entryCount: 4),
    MapDefinition(kind: .arrayOfMaps, keySize: 4, valueSize: 4, entryCount: 2, innerMap: 0),
  ]
  static let constant: [UInt8] = Array("text\0abc".utf8)

  /// What the verifier is told of raw programs.
  static var environment: VerifierEnvironment {
    var maps: [VerifierEnvironment.Map] = []
    for (index, definition) in definitions.enumerated() {
      let isConstant = index == 3
      maps.append(
        .init(
          number: Int32(index), definition, rights: isConstant ? .read : .readWrite,
          constantValue: isConstant ? constant : nil))
    }
    var environment = limited(.uio(maps: maps))
    environment.allowsPacketLoads = true
    return environment
  }

  static func limited(_ environment: VerifierEnvironment) -> VerifierEnvironment {
    var environment = environment
    environment.limits.instructions = 4000
    environment.limits.rounds = 1000
    environment.limits.pendingBranches = 256
    environment.limits.states = 2048
    return environment
  }

  private struct Host: HelperHost {
    let maps: MapSet
    let seed: UInt64
    var generator: SeededGenerator
    var numbers: [UInt64] = []

    mutating func call(
      _ number: Int32, _ arguments: HelperArguments, memory: AddressSpace
    ) throws(HelperFault) -> UInt64 {
      switch number {
      case PacketLoad.number:
        // A packet of which no program knows more than the seed tells.
        let packet = (UInt8(0)..<24).map { UInt8(truncatingIfNeeded: seed) &* 7 &+ $0 }
        return try Self.load(arguments, of: packet)
      case 1, 3: numbers += [arguments.r1, arguments.r2]
      case 2: numbers += [arguments.r1, arguments.r2, arguments.r3]
      case 4, 7, 9:
        guard let text = memory.string(at: arguments.r1, limit: HelperSignature.maximumStringSize) else {
          throw .badPointer
        }
        numbers.append(UInt64(text.count))
      case 5: numbers += [arguments.r1, arguments.r2]
      case 6, 8: break
      case 10: numbers.append(arguments.r1)
      case TailCall.number:
        // As after the last one that is allowed: no program takes over, and this one goes on.
        _ = try maps.program(arguments)
        return TailCall.failed
      default:
        guard let result = try maps.call(number, arguments) else { throw .unknownHelper }
        return result
      }
      return generator.next() >> (generator.next() & 63)
    }

    private static func load(_ arguments: HelperArguments, of packet: [UInt8]) throws(HelperFault) -> UInt64 {
      do { return try packet.withUnsafeBytes { try PacketLoad.value(arguments, of: $0) } } catch { throw .packetEnd }
    }
  }

  /// How a program is run.
  enum Way {
    /// By the interpreter, or translated with all checks on; context and stack lie at `base`.
    case interpreted(base: UInt64)
    case translated(base: UInt64)
    /// Translated without checks; everything lies where it really is.
    case trusted(VerifiedProgram)

    var base: UInt64? {
      switch self {
      case .interpreted(let base), .translated(let base): base
      case .trusted: nil
      }
    }
  }

  /// Runs a program over a context and maps drawn from `seed`. `nil` when a 64-bit immediate has no meaning here, or this
  /// machine cannot run translated code.
  static func run(
    _ program: Program, _ way: Way, maps makeMaps: (MapSet) throws(MapError) -> Void = Self.makeMaps, seed: UInt64,
    budget: UInt64
  ) -> Trace? {
    let space = way.base.map { AddressSpace(stackBase: $0 + 0x10_0000) } ?? .ofRealAddresses()
    let maps = MapSet(space: space)
    do throws(MapError) { try makeMaps(maps) } catch { return nil }
    var generator = SeededGenerator(seed: seed)
    var context = (0..<ProgramContext.size).map { _ in
      UInt8(truncatingIfNeeded: generator.next() >> (generator.next() & 7))
    }
    for index in (ProgramContext.maximumTextSize + 1)..<context.count { context[index] = 0 }
    var host = Host(maps: maps, seed: seed, generator: generator)
    let result = context.withUnsafeMutableBytes { bytes -> RunResult? in
      guard let storage = bytes.baseAddress else { return nil }
      let base = way.base ?? UInt64(UInt(bitPattern: storage))
      guard (try? space.addRegion(storage, size: bytes.count, base: base, rights: .readWrite)) != nil else {
        return nil
      }
      let arguments = HelperArguments(r1: base, r2: UInt64(ProgramContext.size))
      return run(program, way, in: space, maps, arguments, budget, &host)
    }
    guard let result else { return nil }
    let values = (0..<maps.count).map { index in
      maps[index].map { [UInt8](UnsafeRawBufferPointer(start: $0.storage, count: $0.storageSize)) } ?? []
    }
    return Trace(
      outcome: result.outcome, instructionCount: result.instructionCount, context: context, values: values,
      numbers: host.numbers)
  }

  private static func run(
    _ program: Program, _ way: Way, in space: AddressSpace, _ maps: MapSet, _ arguments: HelperArguments,
    _ budget: UInt64, _ host: inout Host
  ) -> RunResult? {
    let code: NativeCode?
    switch way {
    case .interpreted:
      guard let executable = try? Executable(program, resolve: maps.resolve) else { return nil }
      return Interpreter.run(executable, in: space, arguments: arguments, budget: budget, helpers: &host)
    case .translated:
      guard let executable = try? Executable(program, resolve: maps.resolve) else { return nil }
      code = NativeCode(checking: executable, in: space)
    case .trusted(let verified):
      guard let executable = try? VerifiedExecutable(verified, resolve: maps.resolve) else { return nil }
      code = NativeCode(trusting: executable, in: space)
    }
    return code?.program.run(arguments: arguments, budget: budget, helpers: &host) {
      Host.serve($0, $1, $2, $3, $4, $5)
    }
  }

  private static func makeMaps(in set: MapSet) throws(MapError) {
    for (index, definition) in definitions.enumerated() {
      let map = try Map(definition)
      if index == 3 {
        constant.withUnsafeBytes { bytes in
          if let base = bytes.baseAddress { map.storage.copyMemory(from: base, byteCount: bytes.count) }
        }
      }
      try set.add(map, rights: index == 3 ? .read : .readWrite)
      guard definition.kind == .arrayOfMaps else { continue }
      var (key, number): (UInt32, UInt32) = (1, 1)
      try map.update(&key, &number, .any)
    }
  }
}
