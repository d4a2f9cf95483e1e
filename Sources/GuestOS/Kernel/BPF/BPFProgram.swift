import EBPFEngine
import GuestBoot

/// What the overlay's side of a run needs, in the overlay's memory.
struct BPFRun {
  let executable: Executable
  let space: EBPFEngine.AddressSpace
  /// The program as machine code, where ``BPFRuntime/translates``.
  var native: NativeProgram?
  /// r1 to r5 at the start.
  let arguments: HelperArguments
  /// In instructions.
  let budget: UInt64
  var result = RunResult(outcome: .returned(0), instructionCount: 0)
}

/// A program that the design lets run, and how.
enum AdmittedProgram {
  /// Every access is checked while it runs.
  case checked(EBPFEngine.Program)
  /// The verifier has proved that it needs no checks; it gets them all the same unless it is translated.
  case verified(VerifiedProgram)

  var program: EBPFEngine.Program {
    switch self {
    case .checked(let program): program
    case .verified(let verified): verified.program
    }
  }
}

/// One program, ready to run: everything that it touches lies in an arena of the overlay.
final class BPFProgram {
  let name: [UInt8]
  let arena: OverlayArena
  let run: UnsafeMutablePointer<BPFRun>
  /// Nil once it is unloaded.
  private(set) var maps: MapSet?
  /// ``ProgramContext`` in the arena.
  let context: UnsafeMutableRawPointer
  /// Its machine code, readable and executable; no pages if it has none.
  private let code: (address: UInt64, pages: UInt64)
  /// Set while it runs: a run in between of the same program would need a second stack.
  var isRunning = false

  private static var contextBase: UInt64 { 0x5000_0000_0000 }
  /// What an address space and the small objects take.
  private static var overhead: UInt64 { 32 << 10 }
  private static var bytesPerInstruction: UInt64 { BPFRuntime.translates ? 256 : 48 }

  private struct Parts {
    var run: UnsafeMutablePointer<BPFRun>
    var maps: MapSet
    var context: UnsafeMutableRawPointer
    var verified: VerifiedExecutable?
    var code: (address: UInt64, pages: UInt64) = (0, 0)
  }

  /// - Parameter maps: of the program's object, in the order in which the program names them.
  init(
    _ admitted: AdmittedProgram, name: [UInt8], maps: [(map: Map, rights: MemoryRights)]
  ) throws(BPFError) {
    let bytes = UInt64(admitted.program.instructions.count) &* Self.bytesPerInstruction &+ Self.overhead
    guard let arena = OverlayArena(bytes: bytes) else { throw .noMemory }
    let parts: Parts
    do throws(BPFError) { parts = try Self.make(admitted, maps, arena) } catch {
      arena.free()
      throw error
    }
    self.name = name
    self.arena = arena
    run = parts.run
    self.maps = parts.maps
    context = parts.context
    code = parts.code
  }

  /// When this fails, nothing refers to the arena any more.
  private static func make(
    _ admitted: AdmittedProgram, _ maps: [(map: Map, rights: MemoryRights)], _ arena: OverlayArena
  ) throws(BPFError) -> Parts {
    var parts = try arena.fill { () throws(BPFError) in try link(admitted, maps) }
    guard BPFRuntime.translates else { return parts }
    do throws(BPFError) { parts.code = try translate(parts.run, parts.verified, arena) } catch {
      parts.run.deinitialize(count: 1)
      throw error
    }
    return parts
  }

  private static func link(
    _ admitted: AdmittedProgram, _ maps: [(map: Map, rights: MemoryRights)]
  ) throws(BPFError) -> Parts {
    var isTrusted = false
    if case .verified = admitted { isTrusted = BPFRuntime.translates }
    // Code without checks uses addresses as they are; otherwise a program does not learn where it is.
    let space = isTrusted ? EBPFEngine.AddressSpace.ofRealAddresses() : EBPFEngine.AddressSpace()
    let set = MapSet(space: space)
    for (map, rights) in maps {
      do throws(MapError) { try set.add(map, rights: rights) } catch { throw .map(error) }
    }
    let context = UnsafeMutableRawPointer.allocate(byteCount: ProgramContext.size, alignment: 16)
    let base = isTrusted ? UInt64(UInt(bitPattern: context)) : contextBase
    do throws(AddressSpaceError) {
      _ = try space.addRegion(context, size: ProgramContext.size, base: base, rights: .readWrite)
    } catch { throw .map(.addressSpaceFull) }
    let executable: Executable
    var trusted: VerifiedExecutable?
    do throws(LinkError) {
      switch admitted {
      case .checked(let program): executable = try Executable(program) { set.resolve($0) }
      case .verified(let verified):
        let linked = try VerifiedExecutable(verified) { set.resolve($0) }
        executable = linked.executable
        trusted = linked
      }
    } catch { throw .link(error) }
    let run = UnsafeMutablePointer<BPFRun>.allocate(capacity: 1)
    run.initialize(
      to: BPFRun(
        executable: executable, space: space,
        arguments: HelperArguments(r1: base, r2: UInt64(ProgramContext.size)), budget: BPFRuntime.budget))
    return Parts(run: run, maps: set, context: context, verified: isTrusted ? trusted : nil)
  }

  /// Writes machine code to pages of their own, which then can be executed and no longer be written.
  private static func translate(
    _ run: UnsafeMutablePointer<BPFRun>, _ verified: VerifiedExecutable?, _ arena: OverlayArena
  ) throws(BPFError) -> (address: UInt64, pages: UInt64) {
    let (executable, space) = (run.pointee.executable, run.pointee.space)
    let size =
      verified.map { NativeProgram.codeSize(trusting: $0, in: space) }
      ?? NativeProgram.codeSize(checking: executable, in: space)
    let pages = UInt64(size) / Pages.size &+ 1
    guard let address = OverlayMemory.allocate(pages: pages, alignment: Pages.size) else { throw .noMemory }
    let bytes = UnsafeMutableRawBufferPointer(
      start: UnsafeMutableRawPointer(bitPattern: UInt(address)), count: Int(pages &* Pages.size))
    do throws(TranslationError) {
      run.pointee.native = try arena.fill { () throws(TranslationError) in
        if let verified { return try NativeProgram(trusting: verified, in: space, code: bytes) }
        return try NativeProgram(checking: executable, in: space, code: bytes)
      }
    } catch {
      OverlayMemory.free(address, pages: pages)
      throw .noMemory
    }
    OverlayMemory.protect(address, bytes: pages &* Pages.size, .text)
    return (address, pages)
  }

  /// Gives the memory back; it must not be run any more. What lies in the arena goes first, reference counts and all.
  func unload() {
    maps = nil
    run.deinitialize(count: 1)
    arena.free()
    if code.pages != 0 { OverlayMemory.free(code.address, pages: code.pages) }
  }

  func clearContext() { context.initializeMemory(as: UInt8.self, repeating: 0, count: ProgramContext.size) }

  /// How the last run ended.
  var outcome: RunResult.Outcome { run.pointee.result.outcome }
}

/// The overlay's side of a run: called by `overlay_enter` with the overlay's PKRU, on the overlay's stack. It changes
/// nothing but the overlay's memory.
@_cdecl("bpf_program_main")
func bpfProgramMain(_ address: UInt64) {
  guard let run = UnsafeMutablePointer<BPFRun>(bitPattern: UInt(address)) else { return }
  let (arguments, budget) = (run.pointee.arguments, run.pointee.budget)
  if let native = run.pointee.native {
    run.pointee.result = native.run(
      arguments: arguments, budget: budget, helpers: HelperThunk(helperThunk, context: nil))
  } else {
    var helpers = GatedHelpers()
    run.pointee.result = Interpreter.run(
      run.pointee.executable, in: run.pointee.space, arguments: arguments, budget: budget, helpers: &helpers)
  }
}

/// Passes the helper calls of machine code through the gate.
private let helperThunk: HelperThunk.Function = { r1, r2, r3, r4, r5, record in
  let number = record.load(as: Int64.self)
  var call = bpf_helper_call()
  call.arguments = (r1, r2, r3, r4, r5)
  // A number that needs more bits is no helper's, and neither is 0.
  call.number = Int32(exactly: number) ?? 0
  bpf_helper(&call)
  record.storeBytes(of: UInt64(call.fault), toByteOffset: 8, as: UInt64.self)
  return call.result
}

/// Passes helper calls through the gate, to ``BPFHelpers``.
struct GatedHelpers: HelperHost {
  mutating func call(
    _ number: Int32, _ arguments: HelperArguments, memory: EBPFEngine.AddressSpace
  ) throws(HelperFault) -> UInt64 {
    var call = bpf_helper_call()
    call.arguments = (arguments.r1, arguments.r2, arguments.r3, arguments.r4, arguments.r5)
    call.number = number
    bpf_helper(&call)
    guard call.fault == 0 else { throw HelperFault(rawValue: UInt8(call.fault & 0xff) &- 1) ?? .badArgument }
    return call.result
  }
}
