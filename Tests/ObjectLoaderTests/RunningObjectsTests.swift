import Foundation
import ObjectLoader
import TestSupport
import Testing

/// Objects that gcc and clang emit, executed on this machine: wrong relocations give wrong results or a crash.
@Suite struct RunningObjectsTests {
  /// Everything that needs a relocation, each with a check: main returns the number of the first that fails, or 0.
  static let source = """
    typedef unsigned long u64;
    extern u64 outside_variable;
    u64 outside_function(u64);
    __attribute__((weak)) u64 nobody(u64);
    extern __attribute__((weak)) u64 nobodys_variable;

    u64 global = 11;
    static u64 local = 22;
    u64 common_array[100];
    static u64 zeroes[5000];
    __attribute__((aligned(64))) char aligned[3] = "ab";
    const u64 constant[4] = {1, 2, 3, 4};
    static const char *const names[] = {"alpha", "beta", "gamma", "beta"};
    u64 *pointer_into_array = &common_array[40];
    u64 *pointer_outside = &outside_variable;
    u64 (*function_pointer)(u64) = outside_function;
    static volatile u64 order;

    __attribute__((constructor)) static void last(void) { order = order * 10 + 3; }
    __attribute__((constructor(101))) static void first(void) { order = order * 10 + 1; }
    __attribute__((constructor(5000))) static void second(void) { order = order * 10 + 2; }

    __attribute__((noinline)) static u64 twice(u64 x) { return 2 * x + (local - 22); }
    __attribute__((noinline)) u64 thrice(u64 x) { return 3 * x + (global - 11); }
    static u64 (*const operations[])(u64) = {twice, thrice, outside_function};

    __attribute__((noinline)) static u64 choose(u64 x) {
      switch (x) {
      case 0: return thrice(x + 7);
      case 1: return global + 100;
      case 2: return local;
      case 3: return names[2][0];
      case 4: return (u64)aligned % 64;
      case 5: return outside_function(5);
      case 6: return constant[3];
      default: return 99;
      }
    }

    static int same(const char *a, const char *b) {
      while (*a && *a == *b) a++, b++;
      return *a == *b;
    }

    int main(int argc, char **argv) {
      volatile u64 one = 1;
      if (order != 123) return 1;
      if (global != 11 || local != 22) return 2;
      if (outside_variable != 0x1234) return 3;
      outside_variable++;
      if (*pointer_outside != 0x1235) return 4;
      if (outside_function(one) != 1001 || function_pointer(2) != 1002) return 5;
      if (nobody || &nobodys_variable) return 6;
      for (int i = 0; i < 100; i++) if (common_array[i]) return 7;
      for (int i = 0; i < 5000; i++) if (zeroes[i]) return 8;
      common_array[40] = 77;
      zeroes[4999] = 1;
      if (*pointer_into_array != 77) return 9;
      if ((u64)aligned % 64 || aligned[1] != 'b') return 10;
      if (constant[one + 2] != 4) return 11;
      if (!same(names[one], "beta") || !same(names[one + 2], "beta") || !same(names[0], "alpha")) return 12;
      if (operations[0](4) != 8 || operations[one](4) != 12 || operations[2](4) != 1004) return 13;
      static const u64 expected[] = {21, 111, 22, 'g', 0, 1005, 4, 99};
      for (u64 i = 0; i < 8; i++) if (choose(i * one) != expected[i]) return 14;
      return 0;
    }
    """

  struct Model: Sendable, CustomTestStringConvertible {
    let options: [String]
    let place: HostImage.Place

    var testDescription: String { options.joined(separator: " ") }

    static let all: [Model] = [
      Model(options: ["-fPIC"], place: .anywhere), Model(options: ["-fPIC", "-fno-plt"], place: .anywhere),
      Model(options: ["-fPIE"], place: .low), Model(options: ["-fno-pic"], place: .low),
      Model(options: ["-fno-pic", "-mcmodel=medium"], place: .low),
      Model(options: ["-fno-pic", "-mcmodel=large"], place: .anywhere),
    ]
  }

  static let extras = [
    ["-fno-common"], ["-ffunction-sections", "-fdata-sections", "-fcommon", "-g", "-fmerge-all-constants"],
  ]

  /// Adds 1000; stands for a function of the unikernel, far away from the object.
  static let outsideFunction: @convention(c) (Int) -> Int = { $0 + 1000 }
  static let farFunction = UInt64(UInt(bitPattern: unsafeBitCast(outsideFunction, to: Int.self)))

  /// A page below 2 GiB, for code that takes the variables and functions of others to be near: a variable at its start,
  /// a function behind.
  private func withLowPage(_ body: (_ variable: UInt64, _ function: UInt64) throws -> Void) throws {
    let mapped = mmap(nil, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | 0x40, -1, 0)
    let page = try #require(mapped == MAP_FAILED ? nil : mapped)
    defer { munmap(page, 4096) }
    page.storeBytes(of: 0x1234, as: UInt64.self)
    let code: [UInt8] = [0x48, 0x8d, 0x87, 0xe8, 0x03, 0x00, 0x00, 0xc3]  // lea 1000(%rdi), %rax; ret
    (page + 64).copyMemory(from: code, byteCount: code.count)
    let address = UInt64(UInt(bitPattern: page))
    try body(address, address + 64)
  }

  #if arch(x86_64)
    @Test(arguments: Compiler.all, Model.all)
    func whatCompilersEmitRuns(_ compiler: Compiler, _ model: Model) throws {
      var runs = 0
      for level in ["-O0", "-O1", "-O2", "-O3", "-Os"] {
        for extra in Self.extras {
          let bytes = try compiler.compile(Self.source, [level] + model.options + extra)
          try withLowPage { variable, nearFunction in
            let image = try HostImage(bytes, at: model.place) { name in
              switch name {
              case "outside_function": model.place == .low ? nearFunction : Self.farFunction
              case "outside_variable": variable
              default: nil
              }
            }
            let failed = try image.run()
            #expect(failed == 0, "\(level) \(extra)")
            let function = try #require(image.address(of: "thrice"))
            #expect(image.function(at: function)(5) == 15, "another object may call it")
          }
          runs += 1
        }
      }
      print("objects run: \(runs), \(compiler.name) \(model.testDescription)")
    }

    @Test(arguments: Compiler.all)
    func aSecondObjectCallsTheFirst(_ compiler: Compiler) throws {
      let provider = try HostImage(
        compiler.compile("long state = 3; long add(long x) { return state += x; }", ["-O1", "-fPIC"]))
      let caller = try HostImage(
        compiler.compile(
          "extern long state; long add(long); int main(void) { add(4); return state * 2; }", ["-O1", "-fPIC"])
      ) { provider.address(of: $0) }
      #expect(try caller.run() == 14)
      #expect(try caller.run() == 22)
    }
  #endif

  @Test(arguments: Compiler.all)
  func kernelCodeIsRelocatedForTheHighest2GiB(_ compiler: Compiler) throws {
    for level in ["-O0", "-O2"] {
      let bytes = try compiler.compile(Self.source, [level, "-fno-pic", "-mcmodel=kernel"])
      _ = try TestImage(bytes, at: 0xffff_ffff_9000_0000) { name in
        name.hasPrefix("outside") ? 0xffff_ffff_8000_0000 : nil
      }
      let error = loadError(bytes, at: 0x10_0000_0000)
      #expect(error?.kind == .relocationOverflow)
    }
  }

  @Test(arguments: Compiler.all)
  func codeThatIsNotIndependentOfItsPlaceDoesNotFitAbove4GiB(_ compiler: Compiler) throws {
    let source = "long numbers[9]; long read(long i) { return numbers[i]; }"
    let error = try loadError(compiler.compile(source, ["-O1", "-fno-pic", "-fno-common"]), at: 0x10_0000_0000)
    #expect(error?.kind == .relocationOverflow && error?.name == Array("numbers".utf8))
  }

  @Test(arguments: Compiler.all)
  func threadLocalVariablesAreRefusedByName(_ compiler: Compiler) throws {
    let defined = try loadError(compiler.compile("__thread long mine = 1; int main(void) { return mine; }"))
    #expect(defined?.kind == .threadLocalSection && defined?.name == Array(".tdata".utf8))
    let used = try loadError(compiler.compile("extern __thread long theirs; int main(void) { return theirs; }"))
    #expect(used?.kind == .threadLocalSymbol && used?.name == Array("theirs".utf8))
  }

  @Test(arguments: Compiler.all)
  func indirectFunctionsAreRefusedByName(_ compiler: Compiler) throws {
    let source = """
      static int one(void) { return 1; }
      static void *pick(void) { return one; }
      int choice(void) __attribute__((ifunc("pick")));
      int main(void) { return choice(); }
      """
    // clang wants an operating system that has them.
    let options = compiler.isClang ? ["--target=x86_64-unknown-linux-gnu"] : []
    let error = try loadError(compiler.compile(source, options))
    #expect(error?.kind == .indirectFunction && error?.name == Array("choice".utf8))
  }

  @Test(arguments: Compiler.all)
  func objectsForOthersAreRefused(_ compiler: Compiler) throws {
    var bytes = try compiler.compile("int main(void) { return 0; }")
    #expect(loadError(bytes) == nil)
    bytes[16] = 2
    #expect(loadError(bytes)?.kind == .notRelocatable)
    guard compiler.isClang else { return }
    for (target, kind) in [
      ("i386-unknown-none-elf", ObjectError.Kind.wrongClass), ("aarch64-unknown-none-elf", .wrongMachine),
      ("riscv64-unknown-none-elf", .wrongMachine), ("bpfel", .wrongMachine), ("bpfeb", .wrongByteOrder),
    ] {
      do {
        let foreign = try compiler.compile("int f(void) { return 0; }", ["--target=\(target)"], sanitised: false)
        #expect(loadError(foreign)?.kind == kind, "\(target)")
      } catch is Compiler.Failure {
        print("skipped: this clang has no target \(target)")
      }
    }
  }

  @Test(arguments: Compiler.all)
  func aRealObjectCutAnywhereIsRefused(_ compiler: Compiler) throws {
    let bytes = try compiler.compile(Self.source, ["-O2", "-fPIC"])
    for length in stride(from: 0, to: bytes.count, by: 7) {
      #expect(loadError(Array(bytes.prefix(length))) != nil)
    }
    #expect(loadError(bytes) == nil)
  }

  @Test(arguments: Compiler.all)
  func aRealObjectDamagedAnywhereEndsInAnImageOrAnError(_ compiler: Compiler) throws {
    let bytes = try compiler.compile(Self.source, ["-O1", "-fPIC", "-ffunction-sections"])
    var random = SeededGenerator(seed: 4)
    for _ in 0..<2_000 {
      var damaged = bytes
      damaged[Int(random.next() % UInt64(bytes.count))] ^= UInt8(1 << (random.next() % 8))
      _ = loadError(damaged)
    }
    print("damaged objects of \(compiler.name): 2000, seed 4")
  }
}
