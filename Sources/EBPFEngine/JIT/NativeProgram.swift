/// Why a program was not translated.
public enum TranslationError: Error, Equatable, Sendable {
  /// The buffer has to hold that many bytes.
  case bufferTooSmall(neededSize: Int)
  /// Code without checks uses addresses as the processor does; the address space translates them.
  case translatedAddresses
  /// The code is for x86-64 only.
  case unsupportedProcessor
}

/// A program translated to x86-64 machine code, for one address space. It gives the same results as the interpreter:
/// values, memory, faults and instruction counts. docs/bpf-jit.md has the design.
///
/// The code is in memory of the caller, who makes it executable, and no longer writable, before the first run:
///
///     let size = NativeProgram.codeSize(checking: executable, in: space)
///     // take `size` bytes of writable pages
///     let program = try NativeProgram(checking: executable, in: space, code: pages)
///     // make the pages executable
///     let result = program.run(arguments: arguments, budget: 1_000_000, helpers: &host) {
///       Host.serve($0, $1, $2, $3, $4, $5)
///     }
public final class NativeProgram {
  /// Runs programs with the checks of the interpreter, or without those of memory accesses and call depth.
  public let isChecked: Bool
  /// Bytes of code.
  public let codeSize: Int

  let executable: Executable
  let space: AddressSpace
  let sites: [NativeSite]
  let state: UnsafeMutableRawPointer
  let entry: UnsafeRawPointer

  /// Translates with all checks on: as safe as the interpreter, for any program.
  public convenience init(
    checking executable: Executable, in space: AddressSpace, code: UnsafeMutableRawBufferPointer
  ) throws(TranslationError) {
    try self.init(executable, isChecked: true, space, code)
  }

  /// Translates without checks of memory accesses and call depth, which the verifier has made unnecessary. `space` has
  /// to be one of real addresses.
  public convenience init(
    trusting verified: VerifiedExecutable, in space: AddressSpace, code: UnsafeMutableRawBufferPointer
  ) throws(TranslationError) {
    guard space.hasRealAddresses else { throw .translatedAddresses }
    try self.init(verified.executable, isChecked: false, space, code)
  }

  /// Bytes that the checked code takes.
  public static func codeSize(checking executable: Executable, in space: AddressSpace) -> Int {
    codeSize(executable, isChecked: true, space)
  }

  /// Bytes that the code without checks takes.
  public static func codeSize(trusting verified: VerifiedExecutable, in space: AddressSpace) -> Int {
    codeSize(verified.executable, isChecked: false, space)
  }

  private static func codeSize(_ executable: Executable, isChecked: Bool, _ space: AddressSpace) -> Int {
    var translator = Translator(
      executable, isChecked: isChecked, hasRealAddresses: space.hasRealAddresses,
      into: UnsafeMutableRawBufferPointer(start: nil, count: 0))
    translator.translate()
    return translator.code.count
  }

  private init(
    _ executable: Executable, isChecked: Bool, _ space: AddressSpace, _ code: UnsafeMutableRawBufferPointer
  ) throws(TranslationError) {
    #if !arch(x86_64)
      throw .unsupportedProcessor
    #endif
    var translator = Translator(
      executable, isChecked: isChecked, hasRealAddresses: space.hasRealAddresses, into: code)
    translator.translate()
    guard translator.code.isComplete, let start = code.baseAddress else {
      throw .bufferTooSmall(neededSize: translator.code.count)
    }
    self.executable = executable
    self.isChecked = isChecked
    self.space = space
    codeSize = translator.code.count
    sites = translator.sites
    entry = UnsafeRawPointer(start)
    let size = Int(RunState.cache(isChecked ? sites.count : 0))
    state = .allocate(byteCount: size, alignment: 16)
    state.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    for site in 0..<(isChecked ? sites.count : 0) { set(RunState.cache(site), pointer: space.entries) }
    set(RunState.entries, pointer: space.entries)
    set(RunState.stackDelta, space.stackDelta)
    set(RunState.helperSpace, pointer: Unmanaged.passUnretained(space).toOpaque())
    set(RunState.searchOwner, pointer: Unmanaged.passUnretained(self).toOpaque())
    set(RunState.searchFunction, pointer: unsafeBitCast(RegionSearch.function, to: UnsafeRawPointer.self))
  }

  deinit { state.deallocate() }

  // MARK: Words of the state

  func word(_ offset: Int32) -> UInt64 { state.load(fromByteOffset: Int(offset), as: UInt64.self) }
  func set(_ offset: Int32, _ value: UInt64) { state.storeBytes(of: value, toByteOffset: Int(offset), as: UInt64.self) }
  func set(_ offset: Int32, pointer: UnsafeRawPointer?) { set(offset, UInt64(UInt(bitPattern: pointer))) }
}
