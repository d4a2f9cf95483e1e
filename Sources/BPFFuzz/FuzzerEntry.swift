import SeededRandom

// What libFuzzer calls. Scripts/fuzz compiles this file with FUZZ_PROGRAMS or FUZZ_OBJECTS, one for each executable;
// in the package it is empty.
#if FUZZ_PROGRAMS || FUZZ_OBJECTS
  import Glibc

  @_cdecl("LLVMFuzzerTestOneInput")
  public func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    do throws(Violation) {
      #if FUZZ_PROGRAMS
        _ = try ProgramCheck.check(bytes)
      #else
        _ = try ObjectCheck.check(bytes)
      #endif
    } catch {
      let text = Array("violation: \(error)\n".utf8)
      _ = write(STDERR_FILENO, text, text.count)
      abort()
    }
    return 0
  }
#endif

#if FUZZ_PROGRAMS
  @_silgen_name("LLVMFuzzerMutate")
  func mutateBytes(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ maximumSize: Int) -> Int

  /// One change in eight is libFuzzer's own; it knows which bytes the engine compares with.
  @_cdecl("LLVMFuzzerCustomMutator")
  public func customMutator(
    _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ maximumSize: Int, _ seed: CUnsignedInt
  ) -> Int {
    if seed & 7 == 0 { return mutateBytes(data, size, maximumSize) }
    var generator = SeededGenerator(seed: UInt64(seed))
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    let changed = ProgramMutator.mutate(bytes, maximumSize: maximumSize, using: &generator)
    data.update(from: changed, count: changed.count)
    return changed.count
  }
#endif
