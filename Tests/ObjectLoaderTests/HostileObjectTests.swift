import ObjectLoader
import TestSupport
import Testing

/// Objects that no compiler wrote: cut off, damaged, random. Each ends in an image or an error, never in a trap.
@Suite struct HostileObjectTests {
  @Test func everyTruncationIsRefused() {
    let object = ObjectBuilder.typical.build()
    for length in 0..<object.count {
      let error = loadError(Array(object.prefix(length)))
      #expect(error != nil, "accepted \(length) of \(object.count) bytes")
    }
    print("truncations: \(object.count)")
  }

  @Test func everyFlippedBitEndsInAnImageOrAnError() {
    let object = ObjectBuilder.typical.build()
    var refused = 0
    for bit in 0..<object.count * 8 {
      var damaged = object
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      if loadError(damaged) != nil { refused += 1 }
    }
    print("flipped bits: \(object.count * 8), refused \(refused)")
    #expect(refused > 1000)
  }

  @Test func everyFieldWithBoundaryValuesEndsInAnImageOrAnError() {
    let object = ObjectBuilder.typical.build()
    let values: [UInt64] = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, 1 << 63, .max - 63, .max]
    var cases = 0
    for offset in 0..<object.count - 8 {
      for width in [1, 2, 4, 8] where offset % width == 0 {
        for value in values {
          var damaged = object
          damaged[field: offset, width: width] = value
          _ = loadError(damaged)
          cases += 1
        }
      }
    }
    print("boundary values: \(cases)")
  }

  @Test(arguments: [UInt64(1), 20_261_123])
  func randomDamageEndsInAnImageOrAnError(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let object = ObjectBuilder.typical.build()
    var accepted = 0
    for _ in 0..<5_000 {
      var damaged = object
      for _ in 0...random.next() % 6 { damaged[Int(random.next() % UInt64(object.count))] = UInt8(random.next() & 255) }
      if loadError(damaged) == nil { accepted += 1 }
    }
    print("random damage: 5000 objects, seed \(seed), accepted \(accepted)")
  }

  @Test(arguments: [UInt64(2), 7])
  func randomBytesAreRefused(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for round in 0..<2_000 {
      var bytes = (0..<random.next() % 512).map { _ in UInt8(random.next() & 255) }
      // Every second one gets a good identification, to come further.
      if round % 2 == 0 { bytes.replaceSubrange(0..<min(20, bytes.count), with: HeaderFieldTests.object.prefix(20)) }
      #expect(loadError(bytes) != nil)
    }
    print("random bytes: 2000 files, seed \(seed)")
  }

  @Test func limitsAreKept() {
    let object = ObjectBuilder.typical.build()
    func kind(_ change: (inout ObjectLimits) -> Void) -> ObjectError.Kind? {
      var limits = ObjectLimits()
      change(&limits)
      return loadError(object, limits: limits)?.kind
    }
    #expect(kind { _ in } == nil)
    #expect(kind { $0.fileSizeMax = object.count - 1 } == .fileTooLarge)
    #expect(kind { $0.sectionsMax = 8 } == .tooManySections)
    #expect(kind { $0.symbolsMax = 7 } == .tooManySymbols)
    #expect(kind { $0.relocationsMax = 4 } == .tooManyRelocations)
    #expect(kind { $0.imageSizeMax = 3 * 4096 - 1 } == .imageTooLarge)
    #expect(kind { $0.imageSizeMax = 3 * 4096 } == nil)
    #expect(kind { $0.alignmentMax = 16 } == .sectionAlignment)
    #expect(kind { $0.nameLengthMax = 7 } == .nameTooLong)
    #expect(kind { $0.symbolNamesSizeMax = 30 } == .symbolNamesTooLarge)
  }

  @Test func aMessageNamesTheLimitThatWasExceeded() {
    let object = ObjectBuilder.typical.build()
    func line(_ change: (inout ObjectLimits) -> Void) -> String? {
      var limits = ObjectLimits()
      change(&limits)
      return loadError(object, limits: limits)?.line
    }
    #expect(line { $0.fileSizeMax = 100 } == "the file is too large, is \(object.count), at most 100")
    #expect(line { $0.sectionsMax = 8 }?.hasPrefix("too many sections, is 9, at most 8, ") == true)
    #expect(line { $0.symbolsMax = 7 }?.hasPrefix("too many symbols, is 8, at most 7, ") == true)
    #expect(line { $0.relocationsMax = 4 }?.hasPrefix("too many relocations, is 5, at most 4, ") == true)
    #expect(line { $0.imageSizeMax = 8192 }?.hasSuffix(", at most 8192") == true)
    #expect(line { $0.alignmentMax = 16 }?.contains(", at most 16, ") == true)
    #expect(line { $0.nameLengthMax = 7 }?.contains(", at most 7, ") == true)
    #expect(line { $0.symbolNamesSizeMax = 30 }?.contains(", at most 30, ") == true)
  }

  /// Each name of a section's end is looked for among all sections.
  @Test func boundsOfSectionsAreLimited() throws {
    func object(_ count: Int) -> [UInt8] {
      var builder = ObjectBuilder()
      builder.code = [UInt8](repeating: 0x90, count: 8 * count)
      builder.more = (0..<8000).map { .init(name: "s\($0 % 4000)", type: 1, flags: 3, content: [1]) }
      builder.symbols = (0..<count).map { .init(name: "__st\($0 % 2 == 0 ? "art" : "op")_s\($0 / 2)") }
      builder.relocations = (0..<count).map {
        .init(offset: UInt64($0 * 8), type: 1, symbol: UInt32($0 + 1), addend: 0)
      }
      return builder.build()
    }
    let image = try TestImage(object(512), limits: ObjectLimits())
    #expect(image.asked.isEmpty)
    for index in 0..<256 {
      let place = image.base + UInt64(index * 16)
      #expect(image.read(place + 8) - image.read(place) == 2)
    }
    let error = loadError(object(513), limits: ObjectLimits())
    #expect(error?.line == "too many names of starts and ends of sections, is 513, at most 512")
  }

  /// A file that would take hours or gigabytes if a name's end were looked for, or names copied, without a bound.
  @Test(arguments: [(1_000_000, ObjectError.Kind.nameTooLong), (1000, .symbolNamesTooLarge)])
  func manySymbolsWithOneLongNameAreRefused(_ length: Int, _ kind: ObjectError.Kind) {
    var builder = ObjectBuilder()
    builder.symbols = [.init(name: String(repeating: "n", count: length), section: 1)]
    builder.symbols += [ObjectBuilder.Symbol](repeating: .init(name: "", section: 1), count: 60_000)
    var object = builder.build()
    let table = object.content(ofSection: ObjectBuilder.symbolTable)
    for index in 2...60_001 { object[field: table + 24 * index, width: 4] = 1 }
    #expect(loadError(object, limits: ObjectLimits())?.kind == kind)
  }

  @Test func memoryThatDoesNotFitThePlanIsRefused() throws {
    let plan = try LoadPlan(ObjectFile(ObjectBuilder.typical.build()))
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(plan.imageSize), alignment: 4096)
    defer { memory.deallocate() }
    func kind(_ bytes: UnsafeMutableRawBufferPointer, _ address: UInt64) -> ObjectError.Kind? {
      do throws(ObjectError) {
        _ = try plan.load(into: ImageMemory(bytes, at: address, for: plan)) { _ in 0x1000 }
        return nil
      } catch { return error.kind }
    }
    #expect(kind(memory, 0x10000) == nil)
    #expect(kind(UnsafeMutableRawBufferPointer(rebasing: memory[..<(memory.count - 1)]), 0x10000) == .memoryTooSmall)
    #expect(kind(UnsafeMutableRawBufferPointer(rebasing: memory[..<0]), 0x10000) == .memoryTooSmall)
    #expect(kind(memory, 0x10001) == .memoryMisaligned)
    #expect(kind(memory, .max - 4095) == .memoryMisaligned)
  }

  @Test func segmentsOutOfEachOthersReachAreRefused() throws {
    let plan = try LoadPlan(ObjectFile(ObjectBuilder.typical.build()))
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(plan.imageSize), alignment: 4096)
    defer { memory.deallocate() }
    var image = ImageMemory(memory, at: 0x10000, for: plan)
    image.rodata.address = 0x1_0000_0000
    #expect(throws: ObjectError(.segmentsTooFarApart, value: 0x1_0000_0000)) { try plan.load(into: image) { _ in 0 } }
  }
}
