import EBPFEngine
import GuestBoot

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

/// One program, ready to run: everything that it touches lies in an arena of the overlay. Native extensions can write
/// there, so the unikernel's side knows addresses only: once a program is made, no pointer in the arena is followed with
/// more rights than the overlay has, and no object in it is released.
final class BPFProgram {
  let name: [UInt8]
  let arena: OverlayArena
  let run: UnsafeMutablePointer<BPFRun>
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
    var context: UnsafeMutableRawPointer
    var verified: VerifiedExecutable?
    var code: (address: UInt64, pages: UInt64) = (0, 0)
  }

  /// - Parameters:
  ///   - maps: of the program's object, in the order in which the program names them.
  ///   - object: what the maps hold of each other.
  ///   - siblings: what it may call at its end.
  init(
    _ admitted: AdmittedProgram, name: [UInt8], maps: [SharedMap], object: ProgramObject?, siblings: SiblingPrograms
  ) throws(BPFError) {
    let bytes = UInt64(admitted.program.instructions.count) &* Self.bytesPerInstruction &+ Self.overhead
    guard let arena = OverlayArena(bytes: bytes) else { throw .noMemory }
    let parts: Parts
    do throws(BPFError) { parts = try Self.make(admitted, maps, object, siblings, arena) } catch {
      arena.free()
      throw error
    }
    self.name = name
    self.arena = arena
    run = parts.run
    context = parts.context
    code = parts.code
  }

  /// When this fails, nothing refers to the arena any more.
  private static func make(
    _ admitted: AdmittedProgram, _ maps: [SharedMap], _ object: ProgramObject?, _ siblings: SiblingPrograms,
    _ arena: OverlayArena
  ) throws(BPFError) -> Parts {
    var parts = try arena.fill { () throws(BPFError) in try link(admitted, maps, object, siblings) }
    guard BPFRuntime.translates else { return parts }
    do throws(BPFError) { parts.code = try translate(parts.run, parts.verified, arena) } catch {
      parts.run.deinitialize(count: 1)
      throw error
    }
    return parts
  }

  private static func link(
    _ admitted: AdmittedProgram, _ maps: [SharedMap], _ object: ProgramObject?, _ siblings: SiblingPrograms
  ) throws(BPFError) -> Parts {
    var isTrusted = false
    if case .verified = admitted { isTrusted = BPFRuntime.translates }
    // Code without checks uses addresses as they are; otherwise a program does not learn where it is.
    let space = isTrusted ? EBPFEngine.AddressSpace.ofRealAddresses() : EBPFEngine.AddressSpace()
    let set = MapSet(space: space)
    for shared in maps {
      let map = shared.map.takeUnretainedValue()
      do throws(MapError) { try set.add(map, rights: shared.rights) } catch { throw .map(error) }
    }
    do throws(MapError) { try object?.fillMaps(in: set) } catch { throw .map(error) }
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
        executable: executable, space: space, maps: set, pairs: BPFRuntime.pairs,
        arguments: HelperArguments(r1: base, r2: UInt64(ProgramContext.size)), budget: BPFRuntime.budget,
        siblings: siblings))
    return Parts(run: run, context: context, verified: isTrusted ? trusted : nil)
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

  /// Gives the memory back; it must not be run any more.
  func unload() {
    arena.free()
    if code.pages != 0 { OverlayMemory.free(code.address, pages: code.pages) }
  }

  func clearContext() { context.initializeMemory(as: UInt8.self, repeating: 0, count: ProgramContext.size) }
}
