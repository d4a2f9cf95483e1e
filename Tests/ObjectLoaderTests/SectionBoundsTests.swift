import ObjectLoader
import Testing

/// `__start_NAME` and `__stop_NAME`, as linkers make them.
@Suite struct SectionBoundsTests {
  /// Relocations at 0, 8, ... of .text against symbols 1, 2, ...
  private func object(_ names: [String], binding: UInt8 = 1, _ sections: [ObjectBuilder.Section]) -> [UInt8] {
    var builder = ObjectBuilder()
    builder.symbols = names.map { .init(name: $0, binding: binding) }
    builder.relocations = names.indices.map {
      .init(offset: UInt64(8 * $0), type: 1, symbol: UInt32($0 + 1), addend: 0)
    }
    builder.more = sections
    return builder.build()
  }

  private func section(_ name: String, _ content: [UInt8], flags: UInt64 = 3, alignment: UInt64 = 1)
    -> ObjectBuilder.Section
  {
    .init(name: name, type: 1, flags: flags, content: content, alignment: alignment)
  }

  @Test func theSectionsOfOneNameLieBetween() throws {
    let bytes = object(
      ["__start_set", "__stop_set"],
      [section("set", [1, 2]), section("other", [9]), section("set", [3], alignment: 4), section("set", [4])])
    let image = try TestImage(bytes) { _ in nil }
    let (start, stop) = (image.read(image.base), image.read(image.base + 8))
    try #require(stop &- start == 6 && image.asked.isEmpty)
    #expect((0..<6).map { image.read(start + $0, 1) } == [1, 2, 0, 0, 3, 4])
  }

  @Test func withoutSuchASectionTheNameIsAskedForAsAnyOther() throws {
    let names = ["__start_none", "__stop_none"]
    #expect(loadError(object(names, []), resolve: { _ in nil })?.name == Array("__start_none".utf8))
    let weak = try TestImage(object(names, binding: 2, [])) { _ in nil }
    #expect(weak.read(weak.base) == 0 && weak.read(weak.base + 8) == 0)
    // Not loaded, and no identifier.
    let sections = [section("none", [1], flags: 0), section("a.b", [1])]
    let image = try TestImage(object(names + ["__start_a.b"], sections)) { _ in 77 }
    #expect(image.asked == names + ["__start_a.b"])
  }

  @Test func sectionsOfDifferentRightsHaveNoOneStart() {
    let bytes = object(["__start_set"], [section("set", [1]), section("set", [2], flags: 2)])
    #expect(loadError(bytes)?.kind == .sectionBounds && loadError(bytes)?.name == Array("set".utf8))
    #expect(loadError(object([], [section("set", [1]), section("set", [2], flags: 2)])) == nil)
  }

  @Test func anObjectsOwnSymbolOfThatNameCounts() throws {
    var builder = ObjectBuilder()
    builder.symbols = [.init(name: "__start_set", type: 1, section: ObjectBuilder.data, value: 8)]
    builder.relocations = [.init(offset: 0, type: 1, symbol: 1, addend: 0)]
    builder.more = [section("set", [1])]
    let image = try TestImage(builder.build())
    #expect(image.read(image.base) == image.base + 8192 + 8)
  }

  #if arch(x86_64)
    @Test(arguments: Compiler.all)
    func whatCompilersPutIntoASetIsFound(_ compiler: Compiler) throws {
      let source = """
        #define ENTRY(name, value) static const long name __attribute__((section("entries"), used)) = value
        ENTRY(a, 3); ENTRY(b, 5); ENTRY(c, 7);
        extern const long __start_entries[], __stop_entries[];
        extern const long __start_nothing[] __attribute__((weak)), __stop_nothing[] __attribute__((weak));
        int main(void) {
          long product = 1;
          for (const long *entry = __start_entries; entry < __stop_entries; entry++) product *= *entry;
          return product + (__start_nothing == __stop_nothing);
        }
        """
      for level in ["-O0", "-O2"] {
        #expect(try HostImage(compiler.compile(source, [level, "-fPIC"])).run() == 106)
      }
    }
  #endif
}
