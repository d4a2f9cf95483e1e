import GuestBoot
import ObjectLoader

/// An extension in the overlay's memory.
final class Program {
  let name: [UInt8]
  let object: LoadedObject
  let address: UInt64
  let pages: UInt64
  /// The programs whose symbols this one uses: they stay as long as it does.
  let providers: [Program]
  #if UIO_HARDENED
    /// Of all its pages but its code.
    let key = OverlayKeys.current
  #endif
  #if UIO_RING3
    /// Whether its pages are user pages: so they are while it, or a program that uses it, was entered last.
    var isOpen = false
  #endif
  /// Whether its initializers have run.
  var isInitialized = false

  init(name: [UInt8], object: LoadedObject, address: UInt64, pages: UInt64, providers: [Program]) {
    self.name = name
    self.object = object
    self.address = address
    self.pages = pages
    self.providers = providers
  }

  func contains(_ place: UInt64) -> Bool { place >= address && place &- address < pages &* Pages.size }

  func uses(_ other: Program) -> Bool { providers.contains { $0 === other } }
}

/// Why a program is not there afterwards.
enum ProgramError: Error {
  case object(ObjectError)
  case share(ShareError)
  case noMemory
  #if UIO_HARDENED
    /// There are as many programs as keys.
    case noKey
    case privileged([UInt8])
  #endif
}

/// The programs that are loaded, in the order of loading.
enum ProgramStore {
  nonisolated(unsafe) private(set) static var programs: [Program] = []
  /// What the command `load` read.
  nonisolated(unsafe) static var symbolFile: SymbolFile?

  static func find(_ name: some Collection<UInt8>) -> Program? {
    programs.first { $0.name.elementsEqual(name) }
  }

  static func program(at address: UInt64) -> Program? { programs.first { $0.contains(address) } }

  /// The program of that name, loaded if it is not yet.
  static func load(_ name: ArraySlice<UInt8>) throws(ProgramError) -> Program {
    if let program = find(name) { return program }
    let bytes: [UInt8]
    do throws(ShareError) { bytes = try Share.read(name, .object) } catch {
      throw .share(error)
    }
    let plan: LoadPlan
    do throws(ObjectError) { plan = try LoadPlan(ObjectFile(bytes)) } catch { throw .object(error) }

    let pages = max(plan.imageSize / Pages.size, 1)
    #if UIO_HARDENED
      guard let key = OverlayKeys.take() else { throw .noKey }
      var isKept = false
      defer {
        OverlayKeys.current = OverlayKeys.stack
        if !isKept { OverlayKeys.giveBack(key) }
      }
    #endif
    guard let address = OverlayMemory.allocate(pages: pages, alignment: plan.imageAlignment) else { throw .noMemory }
    #if UIO_HARDENED
      do throws(ProgramError) {
        let program = try placeScanned(plan, name: Array(name), at: address, pages: pages)
        programs.append(program)
        isKept = true
        return program
      } catch {
        OverlayMemory.free(address, pages: pages)
        throw error
      }
    #else
      do throws(ObjectError) {
        let program = try place(plan, name: Array(name), at: address, pages: pages)
        programs.append(program)
        return program
      } catch {
        OverlayMemory.free(address, pages: pages)
        throw .object(error)
      }
    #endif
  }

  #if UIO_HARDENED
    /// Nobody can write the code any more when it is looked at, and nobody has run it.
    private static func placeScanned(
      _ plan: LoadPlan, name: [UInt8], at address: UInt64, pages: UInt64
    ) throws(ProgramError) -> Program {
      let program: Program
      do throws(ObjectError) { program = try place(plan, name: name, at: address, pages: pages) } catch {
        throw .object(error)
      }
      if let found = PrivilegedCode.first(at: address &+ plan.text.imageOffset, bytes: plan.text.size) {
        throw .privileged(found.reason(base: address))
      }
      if IsolationDesign.current.hasBundles, let reason = Bundles.violation(in: program, plan) {
        throw .privileged(reason)
      }
      // No key keeps an instruction from being fetched; this one keeps code from being read.
      OverlayKeys.current = OverlayKeys.code
      OverlayMemory.protect(address &+ plan.text.imageOffset, bytes: plan.text.size, .text)
      return program
    }
  #endif

  private static func place(
    _ plan: LoadPlan, name: [UInt8], at address: UInt64, pages: UInt64
  ) throws(ObjectError) -> Program {
    let bytes = UnsafeMutableRawBufferPointer(
      start: UnsafeMutableRawPointer(bitPattern: UInt(address)), count: Int(pages &* Pages.size))
    let memory = ImageMemory(bytes, at: address, for: plan)
    var providers: [Program] = []
    let object = try plan.load(into: memory) { name in resolve(name, &providers) }
    #if UIO_HARDENED
      if IsolationDesign.current.hasBundles { plan.removePLT(from: memory) }
    #endif
    // From here on nothing is both writable and executable.
    protect(plan.text, at: address, .text)
    protect(plan.rodata, at: address, .constants)
    protect(plan.data, at: address, .data)
    TraceRecord.emit { record in
      record.text("loader load ")
      record.printable(name)
      record.text(" base=")
      record.address(address)
      record.text(" size=")
      record.decimal(pages &* Pages.size)
    }
    return Program(name: name, object: object, address: address, pages: pages, providers: providers)
  }

  private static func protect(_ segment: Segment, at address: UInt64, _ rights: PageRights) {
    OverlayMemory.protect(address &+ segment.imageOffset, bytes: segment.size, rights)
  }

  /// What an undefined name means: what the unikernel exports, whose place nobody takes; the global symbol of another
  /// program, the first loaded that has it; a symbol of the file that `load` read. Other symbols of the image, which are
  /// nobody's business, come in only by such a file, and behind the names of programs.
  private static func resolve(_ name: ArraySlice<UInt8>, _ providers: inout [Program]) -> UInt64? {
    if let address = KernelExports.address(of: name) {
      #if UIO_HARDENED
        if IsolationDesign.current.hasBundles { return Bundles.place(of: address) }
      #endif
      return address
    }
    for program in programs {
      guard let address = program.object.address(ofExported: name) else { continue }
      if !providers.contains(where: { $0 === program }) { providers.append(program) }
      return address
    }
    return symbolFile?.address(of: name)
  }

  /// The first program that uses this one, or nil.
  static func user(of program: Program) -> Program? { programs.first { $0.uses(program) } }

  /// A program and all that it uses, directly or not, in the order of loading: each behind what it uses itself, which was
  /// there before it.
  static func closure(of program: Program) -> [Program] {
    var needed = [program]
    for candidate in programs.reversed() where needed.contains(where: { $0 === candidate }) {
      for provider in candidate.providers where !needed.contains(where: { $0 === provider }) { needed.append(provider) }
    }
    return programs.filter { candidate in needed.contains { $0 === candidate } }
  }

  /// Takes a program's memory back, and before it that of all that use it.
  static func unload(_ program: Program) {
    var gone = [program]
    for candidate in programs where candidate.providers.contains(where: { used in gone.contains { $0 === used } }) {
      gone.append(candidate)
    }
    for program in gone.reversed() {
      programs.removeAll { $0 === program }
      OverlayMemory.free(program.address, pages: program.pages)
      #if UIO_HARDENED
        OverlayKeys.giveBack(program.key)
      #endif
      TraceRecord.emit { record in
        record.text("loader free ")
        record.printable(program.name)
      }
    }
  }
}

extension ByteSink {
  /// `symbol+0xoffset` of a loaded program or of the image; false if the address is in neither.
  mutating func symbol(_ address: UInt64) -> Bool {
    guard let program = ProgramStore.program(at: address) else { return imageSymbol(address) }
    if let symbol = program.object.symbol(containing: address) {
      bytes(program.object.name(of: symbol))
      offset(address &- symbol.address)
    } else {
      printable(program.name)
      offset(address &- program.address)
    }
    return true
  }
}
