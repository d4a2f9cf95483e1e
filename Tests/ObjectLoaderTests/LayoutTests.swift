import ObjectLoader
import Testing

/// Which section lies where, with which rights, and what the object tells about itself afterwards.
@Suite struct LayoutTests {
  @Test func eachRightHasItsOwnPages() throws {
    let image = try TestImage(ObjectBuilder.typical.build())
    let plan = image.plan
    #expect([plan.text, plan.rodata, plan.data].map(\.size) == [4096, 4096, 4096])
    #expect([plan.text, plan.rodata, plan.data].map(\.imageOffset) == [0, 4096, 8192])
    #expect(plan.imageSize == 12_288 && plan.imageAlignment == 4096)
  }

  @Test func contentIsCopiedAndTheRestCleared() throws {
    let image = try TestImage(ObjectBuilder.typical.build())
    let data = image.base + 8192
    #expect(image.read(data) == 0x0807_0605_0403_0201)
    for address in stride(from: data + 16, to: data + 4096, by: 8) { #expect(image.read(address) == 0) }
    #expect(image.read(image.base + 4096, 5) == 0x00_7478_6574, "the string in .rodata")
    #expect(image.read(image.base + 4095, 1) == 0xcc, "int3 behind the code")
  }

  @Test func symbolsAreToldWithAddressAndSize() throws {
    let image = try TestImage(ObjectBuilder.typical.build())
    let object = image.object
    #expect(object.main == image.base)
    #expect(
      object.symbols.map { String(decoding: object.name(of: $0), as: UTF8.self) } == [
        "helper", "main", "variable", "shared",
      ])
    #expect(image.address(of: "variable") == image.base + 8192 + 8)
    #expect(image.address(of: "shared").map { $0 % 16 } == 0)
    #expect(image.address(of: "helper") == nil, "local")
    #expect(image.address(of: "main") == nil, "every object has one")
    #expect(image.address(of: "outside") == nil, "not its own")
  }

  @Test func addressesAreFoundAgain() throws {
    let image = try TestImage(ObjectBuilder.typical.build())
    func name(_ offset: UInt64) -> String? {
      image.object.symbol(containing: image.base + offset).map {
        String(decoding: image.object.name(of: $0), as: UTF8.self)
      }
    }
    #expect([0, 15, 16, 31, 32].map(name) == ["main", "main", "helper", "helper", nil])
    #expect(name(8192 + 15) == "variable")
    #expect(image.object.symbol(containing: image.base - 1) == nil)
  }

  @Test func largeAlignmentsAreKept() throws {
    var builder = ObjectBuilder.typical
    builder.more = [.init(name: ".data.aligned", type: 1, flags: 3, content: [7], alignment: 65_536)]
    builder.symbols.append(.init(name: "aligned", type: 1, section: 9, size: 1))
    let bytes = builder.build()
    let image = try TestImage(bytes)
    #expect(image.plan.data.alignment == 65_536 && image.plan.imageAlignment == 65_536)
    #expect(image.address(of: "aligned").map { $0 % 65_536 } == 0)
    #expect(loadError(bytes, at: 0x8000_1000)?.kind == .memoryMisaligned)
  }

  @Test func anObjectWithoutAnythingIsEmpty() throws {
    var builder = ObjectBuilder()
    builder.code = []
    let plan = try LoadPlan(ObjectFile(builder.build()))
    #expect(plan.text.size == 0)
  }

  @Test func anObjectWithoutMainHasNoEntry() throws {
    let image = try TestImage(ObjectBuilder().build())
    #expect(image.object.main == nil)
    #expect(throws: ObjectError(.noMain)) { try image.object.entry() }
  }

  @Test func aLocalMainIsNoEntry() throws {
    var builder = ObjectBuilder()
    builder.symbols = [.init(name: "main", binding: 0, type: 2, section: 1, size: 4)]
    #expect(try TestImage(builder.build()).object.main == nil)
  }

  @Test func initializersRunByPriority() throws {
    #expect(try initializers([(".init_array", 1), (".init_array.00200", 2), (".init_array.99", 3)]) == [3, 2, 1])
  }

  @Test func anInitializerOutsideTheTextIsRefused() {
    #expect(throws: ObjectError.self) { try initializers([(".init_array", 5000)]) }
    #expect(throws: ObjectError.self) { try initializers([(".init_array", -1)]) }
  }

  @Test func anInitializerTableOfOddSizeIsRefused() {
    var builder = ObjectBuilder()
    builder.more = [.init(name: ".init_array", type: 14, flags: 3, content: [UInt8](repeating: 0, count: 12))]
    #expect(loadError(builder.build())?.kind == .initializerTable)
  }

  @Test func constructorsOfAnOlderKindAreRefused() {
    var builder = ObjectBuilder()
    builder.more = [.init(name: ".ctors", type: 1, flags: 3, content: [UInt8](repeating: 0, count: 8))]
    #expect(loadError(builder.build())?.kind == .oldConstructors)
  }

  @Test func whatIsConstantAfterLoadingIsReadOnly() throws {
    var builder = ObjectBuilder()
    builder.more = [.init(name: ".data.rel.ro.local", type: 1, flags: 3, content: [9])]
    builder.symbols = [.init(name: "table", type: 1, section: 9, size: 1)]
    let image = try TestImage(builder.build())
    let offset = try #require(image.address(of: "table")) - image.base
    #expect(offset >= image.plan.rodata.imageOffset && offset < image.plan.data.imageOffset)
  }

  /// The offsets in .text that tables with one entry each lead to.
  private func initializers(_ tables: [(name: String, offset: Int64)]) throws -> [UInt64] {
    var builder = ObjectBuilder()
    builder.symbols = [.init(name: "", binding: 0, type: 3, section: 1)]
    for (index, table) in tables.enumerated() {
      let rela: [UInt8] =
        [UInt8](repeating: 0, count: 8) + [1, 0, 0, 0, 1, 0, 0, 0]
        + withUnsafeBytes(of: table.offset.littleEndian) { Array($0) }
      builder.more += [
        .init(
          name: table.name, type: 14, flags: 3, content: [UInt8](repeating: 0, count: 8), alignment: 8, entrySize: 8),
        .init(name: ".rela", type: 4, content: rela, link: 6, info: UInt32(9 + 2 * index), entrySize: 24),
      ]
    }
    let image = try TestImage(builder.build())
    return image.object.initializers.map { $0 - image.base }
  }
}
