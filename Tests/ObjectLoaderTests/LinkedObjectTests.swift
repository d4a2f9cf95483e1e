import Foundation
import ObjectLoader
import Testing

/// What objects say of each other and of themselves: absolute symbols, entries, relocations in other forms.
@Suite struct LinkedObjectTests {
  // MARK: Absolute symbols

  @Test func anAbsoluteSymbolIsFoundByOthersAndIsNoPlace() throws {
    var builder = ObjectBuilder.typical
    builder.symbols += [
      .init(name: "number", section: 0xfff1, value: 0x8000_0004), .init(name: "none", binding: 2, section: 0xfff1),
    ]
    let image = try TestImage(builder.build())
    #expect(image.address(of: "number") == 0x8000_0004)
    #expect(image.address(of: "none") == 0)
    let found = image.object.symbol(containing: 0x8000_0004)
    #expect(found.map { String(decoding: image.object.name(of: $0), as: UTF8.self) } == "main")
  }

  @Test func aLocalAbsoluteSymbolIsNobodyElses() throws {
    var builder = ObjectBuilder()
    builder.symbols = [.init(name: "number", binding: 0, section: 0xfff1, value: 5)]
    #expect(try TestImage(builder.build()).address(of: "number") == nil)
  }

  // MARK: e_entry

  @Test func theEntryMayBeMain() throws {
    var builder = ObjectBuilder()
    builder.symbols = [
      .init(name: "main", type: 2, section: 1, value: 16, size: 8), .init(name: "f", section: 1, value: 8),
    ]
    var object = builder.build()
    for (entry, isAccepted) in [(UInt64(0), true), (16, true), (8, false), (17, false), (.max, false)] {
      object[field: 24, width: 8] = entry
      let error = loadError(object)
      #expect((error == nil) == isAccepted && (error == nil || error?.offset == 24), "\(entry)")
    }
  }

  /// GNU ld sets e_entry in `ld -r -e main`.
  @Test func anObjectThatLDHasPutTogetherIsAccepted() throws {
    guard let compiler = Compiler.all.first(where: { !$0.isClang }),
      FileManager.default.isExecutableFile(atPath: "/usr/bin/ld")
    else {
      print("skipped: no gcc and ld here")
      return
    }
    let source =
      "static int f(int x) { return 3 * x; } int unused(void) { return f(1); } int main(void) { return f(14); }"
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (input, output) = (folder.appendingPathComponent("a.o"), folder.appendingPathComponent("b.o"))
    try Data(compiler.compile(source, ["-O0", "-fPIC"])).write(to: input)
    let process = try Process.run(
      URL(fileURLWithPath: "/usr/bin/ld"),
      arguments: ["-r", "--gc-sections", "-e", "main", input.path, "-o", output.path])
    process.waitUntilExit()
    let bytes = [UInt8](try Data(contentsOf: output))
    #expect(bytes[field: 24, width: 8] != 0)
    #if arch(x86_64)
      #expect(try HostImage(bytes).run() == 42)
    #endif
  }

  // MARK: Tables of relocations in other forms

  @Test(arguments: [UInt32(9), 19, 0x4000_0014])
  func tablesInOtherFormsAreRefused(type: UInt32) {
    var builder = ObjectBuilder()
    builder.more = [.init(name: ".moved", type: type, flags: 0x40, content: [0], link: 6, info: 1)]
    let kind = loadError(builder.build())?.kind
    #expect(kind == (type == 9 ? .relocationWithoutAddend : .relocationFormat))
    // Of a section that is not loaded they are not looked at; SHT_RELR names none.
    builder.more = [
      .init(name: ".debug_info", type: 1, content: [1]),
      .init(name: ".moved", type: type, content: [0], link: 6, info: 9),
    ]
    #expect(loadError(builder.build())?.kind == (type == 19 ? .relocationFormat : nil))
  }

  @Test func clangsCompactRelocationsAreRefused() throws {
    guard let compiler = Compiler.all.first(where: \.isClang) else { return }
    let options = ["-Wa,--crel,--allow-experimental-crel", "-O1", "-fPIC"]
    do {
      let bytes = try compiler.compile("static volatile int d = 7; int main(void) { return d; }", options)
      #expect(loadError(bytes)?.kind == .relocationFormat)
      #expect(loadError(bytes)?.line.hasPrefix("unsupported table of relocations: sh_type, is 0x40000014, ") == true)
    } catch is Compiler.Failure {
      print("skipped: this clang writes no compact relocations")
    }
  }

  /// LLVM's table of significant addresses is of no use here and links to the symbols only.
  @Test func anUnknownSectionIsPassedOverUnlessItIsAboutALoadedOne() {
    for (type, flags, link, info, isRefused) in [
      (0x6fff_4c03, 0, 6, 0, false), (0x6fff_4c09, 0, 6, 1, false), (0x6fff_4c99, 0, 1, 0, true),
      (0x6fff_4c99, 0x80, 3, 0, true), (0x6fff_4c99, 0x40, 0, 1, true), (0x6fff_4c0a, 0x80, 1, 0, false),
      (1, 0x80, 1, 0, false),
    ] as [(UInt32, UInt64, UInt32, UInt32, Bool)] {
      var builder = ObjectBuilder()
      builder.more = [.init(name: ".extra", type: type, flags: flags, content: [0], link: link, info: info)]
      #expect(loadError(builder.build())?.kind == (isRefused ? .sectionType : nil), "\(type), \(flags)")
    }
  }

  // MARK: Calls through the PLT

  /// The stub stands for the function: L + A - P, whatever the addend is.
  @Test(arguments: [-4, 0, 5, 1000, -1000] as [Int64])
  func aCallThroughThePLTKeepsItsAddend(addend: Int64) throws {
    var builder = ObjectBuilder()
    builder.symbols = [.init(name: "far")]
    builder.relocations = [
      .init(offset: 0, type: 4, symbol: 1, addend: -4), .init(offset: 8, type: 4, symbol: 1, addend: addend),
    ]
    let base: UInt64 = 0x40_0000_0000
    let image = try TestImage(builder.build(), at: base) { _ in 0x1000 }
    func target(_ offset: UInt64, _ addend: Int64) -> UInt64 {
      let field = Int64(Int32(truncatingIfNeeded: image.read(base + offset, 4)))
      return base &+ offset &+ UInt64(bitPattern: field - addend)
    }
    #expect(image.read(target(0, -4), 2) == 0x25ff, "a jump through the GOT")
    #expect(target(8, addend) == target(0, -4))
  }

  #if arch(x86_64)
    /// A table of distances to functions, as vtables without addresses have them; the addends are the places in it.
    @Test(arguments: Compiler.all)
    func aTableOfDistancesLeadsToFarFunctions(_ compiler: Compiler) throws {
      let source = """
        __asm__(".section .rodata\\n table: .long 0, 0, 0\\n .reloc table, R_X86_64_PLT32, first\\n"
                ".reloc table + 4, R_X86_64_PLT32, second + 4\\n .reloc table + 8, R_X86_64_PLT32, first + 8\\n .text");
        extern const int table[] __attribute__((visibility("hidden")));
        int main(int argument) {
          long sum = 0;
          for (int i = 0; i < 3; i++) sum = 10 * sum + ((long (*)(long))((const char *)table + table[i]))(argument);
          return sum;
        }
        """
      let one: HostImage.Function = { $0 + 1 }
      let two: HostImage.Function = { $0 + 2 }
      let image = try HostImage(compiler.compile(source, ["-O1", "-fPIC"])) { name in
        UInt64(UInt(bitPattern: unsafeBitCast(name == "first" ? one : two, to: Int.self)))
      }
      #expect(try image.run(3) == 454)
    }
  #endif
}
