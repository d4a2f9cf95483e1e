import EBPFEngine
import GuestBoot

/// A map of an object, in the overlay's memory; never released, as ``OverlayArena`` is freed as a whole.
struct SharedMap {
  let map: Unmanaged<Map>
  let rights: MemoryRights
}

/// A file with BPF programs: raw instructions, or an ELF object, whose programs share its maps.
final class BPFObject {
  let name: [UInt8]
  private let content: Content
  private let maps: [SharedMap]
  private let mapArena: OverlayArena?
  /// Those that were asked for so far.
  private var programs: [BPFProgram] = []
  private var siblings = SiblingPrograms.none
  /// Traced functions that use it.
  var users = 0

  private enum Content {
    case raw(EBPFEngine.Program)
    case object(ProgramObject)
  }

  init(name: [UInt8], bytes: [UInt8]) throws(BPFError) {
    self.name = name
    guard bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46] as [UInt8]) else {
      do throws(DecodingError) { content = .raw(try EBPFEngine.Program(bytes: bytes)) } catch { throw .decoding(error) }
      maps = []
      mapArena = nil
      return
    }
    let object: ProgramObject
    do throws(ObjectError) { object = try ProgramObject(bytes: bytes) } catch { throw .object(error) }
    content = .object(object)
    let bytes = UInt64(object.programs.count) &* 8 &+ 4096
    guard let arena = OverlayArena(bytes: object.maps.reduce(bytes) { $0 &+ Self.storage($1.definition) }) else {
      throw .noMemory
    }
    do throws(MapError) {
      maps = try Self.make(object.maps, in: arena)
      mapArena = arena
    } catch {
      arena.free()
      throw .map(error)
    }
    siblings.count = object.programs.count
    siblings.runs = arena.fill { .allocate(capacity: object.programs.count) }
    siblings.runs?.initialize(repeating: nil, count: object.programs.count)
  }

  /// Upper bound of what a map takes: keys, values, what finds them, and what keeps their order.
  private static func storage(_ definition: MapDefinition) -> UInt64 {
    let entry = UInt64(definition.keySize) &+ UInt64(definition.valueSize) &+ 8 &+ 32
    // A trie counts its keys by their length.
    let lengths = definition.kind == .lpmTrie ? UInt64(definition.keySize) &* 32 : 0
    return entry &* UInt64(definition.entryCount) &+ lengths &+ 1024
  }

  private static func make(_ declared: [ObjectMap], in arena: OverlayArena) throws(MapError) -> [SharedMap] {
    var maps: [SharedMap] = []
    for item in declared {
      let map = try arena.fill { () throws(MapError) in Unmanaged.passRetained(try Map(item.definition)) }
      item.initialValue.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        map.takeUnretainedValue().storage.copyMemory(from: base, byteCount: bytes.count)
      }
      maps.append(SharedMap(map: map, rights: item.rights))
    }
    return maps
  }

  /// The program of a function or section, or the first; verified if the design asks for it.
  func program(named wanted: [UInt8]?) throws(BPFError) -> BPFProgram {
    let (program, entry, environment) = try find(wanted)
    var object: ProgramObject?
    if case .object(let content) = content { object = content }
    if let program = programs.first(where: { $0.name == entry }) { return program }
    let made = try BPFProgram(admit(program, environment), name: entry, maps: maps, object: object, siblings: siblings)
    programs.append(made)
    TraceRecord.emit { record in
      record.text("loader load ")
      record.printable(name)
      record.text(" base=")
      record.address(made.arena.address)
      record.text(" size=")
      record.decimal(made.arena.pages &* Pages.size)
    }
    if let object { try loadSiblings(of: object) }
    return made
  }

  /// Loads the programs that the object's program arrays hold, as any other.
  private func loadSiblings(of object: ProgramObject) throws(BPFError) {
    for slot in object.slots {
      guard case .program(let name) = slot.target,
        let number = object.programs.firstIndex(where: { $0.name == name }), siblings[number] == nil
      else { continue }
      siblings.runs?[number] = try program(named: name).run
    }
  }

  /// The ring buffer of that name.
  func ringBuffer(named name: ArraySlice<UInt8>) -> Unmanaged<Map>? {
    guard case .object(let object) = content else { return nil }
    for (index, map) in object.maps.enumerated() where name.elementsEqual(map.name) {
      return map.definition.kind == .ringBuffer ? maps[index].map : nil
    }
    return nil
  }

  private func admit(
    _ program: EBPFEngine.Program, _ environment: VerifierEnvironment
  ) throws(BPFError) -> AdmittedProgram {
    guard IsolationDesign.current.verifiesPrograms else { return .checked(program) }
    return .verified(try BPFRuntime.verify(program, environment))
  }

  private func find(_ wanted: [UInt8]?) throws(BPFError) -> (EBPFEngine.Program, [UInt8], VerifierEnvironment) {
    var environment = VerifierEnvironment.uio()
    switch content {
    case .raw(let program):
      guard wanted == nil else { throw .noSuchProgram }
      return (program, [], environment)
    case .object(let object):
      guard let entry = object.program(named: wanted) else {
        if let failure = object.failure(named: wanted) { throw .object(failure.error) }
        throw .noSuchProgram
      }
      environment.maps = VerifierEnvironment.maps(of: object)
      return (entry.program, entry.name, environment)
    }
  }

  /// Gives the memory of its programs and maps back.
  func unload() {
    for program in programs { program.unload() }
    programs = []
    mapArena?.free()
  }
}

/// The files whose programs are loaded: those attached, and the one that `bpf_exec` runs.
enum BPFStore {
  nonisolated(unsafe) private static var objects: [BPFObject] = []

  /// A program needs about forty times its file while it is loaded.
  private static var fileLimits: FileLimits { FileLimits(bytesMax: 1 << 20, factor: 40, extraMax: 40 << 20) }

  /// The program that `FILE` or `FILE:PROGRAM` names, loaded if its file is not yet.
  static func load(_ word: ArraySlice<UInt8>) throws(BPFError) -> (object: BPFObject, program: BPFProgram) {
    let colon = word.lastIndex(of: UInt8(ascii: ":"))
    let file = colon.map { word[..<$0] } ?? word
    let wanted = colon.map { Array(word[($0 + 1)...]) }
    let object = try find(file)
    do throws(BPFError) { return (object, try object.program(named: wanted)) } catch {
      release(object)
      throw error
    }
  }

  private static func find(_ file: ArraySlice<UInt8>) throws(BPFError) -> BPFObject {
    if let object = objects.first(where: { $0.name.elementsEqual(file) }) { return object }
    let bytes: [UInt8]
    do throws(ShareError) { bytes = try Share.read(file, fileLimits) } catch { throw .share(error) }
    let object = try BPFObject(name: Array(file), bytes: bytes)
    objects.append(object)
    return object
  }

  /// The object of a file that is loaded.
  static func loaded(_ file: ArraySlice<UInt8>) -> BPFObject? { objects.first { $0.name.elementsEqual(file) } }

  /// Takes back the memory of an object that nothing is attached from any more, once.
  static func release(_ object: BPFObject) {
    guard object.users == 0, objects.contains(where: { $0 === object }) else { return }
    objects.removeAll { $0 === object }
    object.unload()
    TraceRecord.emit { record in
      record.text("loader free ")
      record.printable(object.name)
    }
  }
}
