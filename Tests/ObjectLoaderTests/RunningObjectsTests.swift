import ObjectLoader
import Testing

/// Objects that gcc and clang emit, executed on this machine: wrong relocations give wrong results or a crash.
@Suite struct RunningObjectsTests {
  #if arch(x86_64)
    @Test(arguments: Compiler.all)
    func anObjectRuns(_ compiler: Compiler) throws {
      let image = try HostImage(compiler.compile("long main(long x) { return x + 42; }", ["-O1"]))
      #expect(try image.run(1) == 43)
    }
  #endif
}
