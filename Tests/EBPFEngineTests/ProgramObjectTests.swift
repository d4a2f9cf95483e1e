import EBPFEngine
import TestSupport
import Testing

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// Maps of an object and a run of one of its programs over eight bytes of context.
private struct ObjectRun: HelperHost {
  let object: ProgramObject
  let space = AddressSpace()
  var maps: MapSet

  init(_ object: ProgramObject) throws {
    self.object = object
    maps = MapSet(space: space)
    try object.makeMaps(in: maps)
  }

  mutating func call(
    _ number: Int32, _ arguments: HelperArguments, memory: AddressSpace
  ) throws(HelperFault) -> UInt64 {
    switch number {
    case 16: return try maps.lookup(arguments)
    case 17: return try maps.update(arguments)
    default: throw .unknownHelper
    }
  }

  mutating func run(_ name: String, _ context: UInt64, region: inout RegionID?) throws -> RunResult.Outcome {
    let program = try #require(object.program(named: Array(name.utf8))).program
    let executable = try Executable(program, resolve: maps.resolve)
    let storage = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
    defer { storage.deallocate() }
    storage.storeBytes(of: context, as: UInt64.self)
    if let region {
      try space.moveRegion(region, to: storage, size: 8, base: 0x1000, rights: .readWrite)
    } else {
      region = try space.addRegion(storage, size: 8, base: 0x1000, rights: .readWrite)
    }
    let arguments = HelperArguments(r1: 0x1000)
    return Interpreter.run(executable, in: space, arguments: arguments, budget: 1000, helpers: &self).outcome
  }
}

@Suite struct ProgramObjectTests {
  @Test(arguments: ["v1", "v2", "v3", "v4"], [["-g", "-DTYPED"], ["-DUNTYPED"]])
  func objectsOfClangRun(cpu: String, options: [String]) throws {
    guard let bytes = try ClangObject.compile(options + ["-mcpu=\(cpu)"]) else { return }
    let object = try ProgramObject(bytes: bytes)
    #expect(object.programs.map { text($0.name) } == ["count", "sum", "second"])
    #expect(object.programs.map { text($0.section) } == ["fentry/count", "fentry/sum", "fentry/sum"])
    let counts = try #require(object.maps.first { text($0.name) == "counts" })
    #expect(counts.definition == MapDefinition(kind: .hash, keySize: 4, valueSize: 8, entryCount: 128))
    let slots = try #require(object.maps.first { text($0.name) == "slots" })
    #expect(slots.definition == MapDefinition(kind: .array, keySize: 4, valueSize: 16, entryCount: 4))

    var run = try ObjectRun(object)
    var region: RegionID?
    #expect(try run.run("count", 0, region: &region) == .returned(0))
    #expect(try run.run("fentry/count", 0, region: &region) == .returned(2))
    // 5 * 3 + 1 + table[5] + 40, then the same again on top: .bss keeps its value.
    #expect(try run.run("sum", 5, region: &region) == .returned(62))
    #expect(try run.run("sum", 5, region: &region) == .returned(124))
    #expect(try run.run("second", 2, region: &region) == .returned(6 + 101 + 1))
    #expect(object.program(named: Array("absent".utf8)) == nil)
  }

  @Test func anObjectWithOnlyTextOffersItsGlobalFunctions() throws {
    let source = "static int g(int a) { return a + 1; } int f(int a) { return g(a); } int h(void) { return 7; }"
    guard let bytes = try ClangObject.compile([], source: source) else { return }
    #expect(try ProgramObject(bytes: bytes).programs.map { text($0.name) } == ["f", "h"])
  }

  /// As assemblers write them, without a relocation: call +1, exit; mov r0, 42, exit; or with another distance.
  @Test(
    arguments: [(1, nil), (0, nil), (2, nil), (9, "p: call or address of code does not lead to a function")]
      as [(Int, String?)])
  func callsIntoTheMiddleOfASymbolLeadThere(distance: Int, refusal: String?) throws {
    let source = """
      __asm__(".section p, \\"ax\\"\\n.globl f\\n.type f, @function\\nf:\\n.quad 0x0000000\(distance)00001085\\n"
        ".quad 0x95\\n.quad 0x2a000000b7\\n.quad 0x95\\n.size f, 32\\n");
      """
    guard let bytes = try ClangObject.compile([], source: source) else { return }
    do throws(ObjectError) {
      let object = try ProgramObject(bytes: bytes)
      #expect(refusal == nil)
      guard distance == 1, let program = object.programs.first?.program else { return }
      let executable = try? Executable(program)
      var helpers = NoHelpers()
      let run = executable.map {
        Interpreter.run($0, in: AddressSpace(), arguments: HelperArguments(), budget: 9, helpers: &helpers).outcome
      }
      #expect(run == .returned(42))
    } catch { #expect(error.description == refusal) }
  }

  @Test(arguments: [
    (
      "extern int other(int); __attribute__((section(\"p\"))) int f(int a) { return other(a); }",
      "other: undefined symbol"
    ),
    (
      "extern int far; int *place = &far; __attribute__((section(\"p\"))) int f(int a) { return *place; }",
      "far: undefined symbol"
    ),
    (
      "struct { int (*type)[99]; int (*max_entries)[1]; int *key; int *value; } m __attribute__((section(\".maps\"))); __attribute__((section(\"p\"))) long f(void) { return (long)&m; }",
      "m: type 99: map kind is not known (1 to 33 are)"
    ),
    ("int x = 1;", "the object holds no program"),
  ])
  func whatIsNotSupportedIsNamed(source: String, expected: String) throws {
    guard let bytes = try ClangObject.compile(["-g"], source: source) else { return }
    do throws(ObjectError) {
      _ = try ProgramObject(bytes: bytes)
      Issue.record("accepted")
    } catch { #expect(error.description == expected) }
  }

  private func reason(_ options: [String], _ source: String) throws -> ObjectError.Reason? {
    guard let bytes = try ClangObject.compile(options, source: source) else { return nil }
    do throws(ObjectError) {
      _ = try ProgramObject(bytes: bytes)
      return nil
    } catch { return error.reason }
  }

  @Test func fieldsThatAreToBeRelocatedAreNotReadWhereTheyWere() throws {
    let source = """
      struct task { int pid; long start; } __attribute__((preserve_access_index));
      __attribute__((section("p"))) long f(struct task *t) { return t->start; }
      """
    guard try ClangObject.compile(["-g"], source: source) != nil else { return }
    #expect(try reason(["-g"], source) == .relocatableTypes)
    #expect(try reason(["-g"], source.replacing("preserve_access_index", with: "aligned(8)")) == nil)
  }

  @Test func labelsOfAssemblyAreToldFromFunctions() throws {
    let source = "asm(\".section p,\\\"ax\\\"\\n.globl f\\nf: r0 = 0\\nexit\\n\");"
    guard try ClangObject.compile([], source: source) != nil else { return }
    // As objects of old compilers have it.
    #expect(try reason([], source) == nil)
    #expect(try reason([], "int number;") == .noPrograms)
  }

  @Test func otherFilesAreRefusedByName() throws {
    func reason(_ bytes: [UInt8]) -> ObjectError.Reason? {
      do throws(ObjectError) {
        _ = try ProgramObject(bytes: bytes)
        return nil
      } catch { return error.reason }
    }
    #expect(reason([]) == .notELF)
    #expect(reason(Array("#!/bin/sh and a good deal more text than an ELF header would need.".utf8)) == .notELF)
    guard let bytes = try ClangObject.compile(["-g", "-DTYPED"]) else { return }
    func changed(_ offset: Int, _ values: [UInt8]) -> [UInt8] {
      var copy = bytes
      copy.replaceSubrange(offset..<(offset + values.count), with: values)
      return copy
    }
    #expect(reason(changed(4, [1])) == .wrongClass)
    #expect(reason(changed(5, [2])) == .wrongByteOrder)
    #expect(reason(changed(16, [2, 0])) == .wrongType)
    #expect(reason(changed(18, [62, 0])) == .wrongMachine)
    #expect(reason(changed(40, [255, 255, 255, 255, 255, 255, 255, 255])) == .badSectionTable)
    #expect(reason(changed(58, [63, 0])) == .badSectionTable)
    #expect(reason(changed(60, [255, 255])) == .badSectionTable)
    #expect(reason(changed(62, [255, 255])) == .badSectionTable)
  }

  @Test func damagedObjectsNeverTrap() throws {
    guard let bytes = try ClangObject.compile(["-g", "-DTYPED"]) else { return }
    let seed: UInt64 = 0xe1f
    var generator = SeededGenerator(seed: seed)
    var (files, accepted) = (0, 0)
    func attempt(_ bytes: [UInt8]) {
      files += 1
      if let object = try? ProgramObject(bytes: bytes), (try? ObjectRun(object)) != nil { accepted += 1 }
    }
    for _ in 0..<600 {
      var copy = bytes
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0..<copy.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: copy[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: copy[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
        default:
          let value: UInt8 = Bool.random(using: &generator) ? 0xff : 0
          for index in place..<min(copy.count, place + 8) { copy[index] = value }
        }
      }
      attempt(copy)
    }
    for length in stride(from: 0, to: bytes.count, by: 61) { attempt(Array(bytes[..<length])) }
    // Section headers and symbols, where a lie matters most, byte by byte.
    let headers = bytes[40..<48].reversed().reduce(0) { $0 << 8 | Int($1) }
    for place in stride(from: headers, to: bytes.count, by: 13) {
      var copy = bytes
      copy[place] = 0xff
      attempt(copy)
    }
    print(
      "damaged objects: seed \(seed), \(files) files, \(accepted) accepted"
    )
  }
}
