import Testing

@testable import EBPFEngine

/// Objects relocated against other types than those that they were compiled with, as clang writes the records.
@Suite struct TypeRelocatorTests {
  private static let names = """
    typedef unsigned char u8; typedef unsigned int u32; typedef unsigned long u64;
    #define SEC(name) __attribute__((section(name), used))
    #define RELOCATED __attribute__((preserve_access_index))

    """

  /// The instructions of `f`, compiled with the types in `here`, on a target with those in `there`.
  private func relocated(_ here: String, _ body: String, on there: String) throws -> [String]? {
    let source = Self.names + here + "\nSEC(\"p\") u64 f(struct task *t) { \(body) }"
    let other = Self.names + there + "\nSEC(\"p\") u64 g(struct task *t) { return sizeof(*t); }"
    guard let object = try ClangObject.compile(["-O1", "-g", "-mcpu=v4"], source: source),
      let target = try ClangObject.compile(["-O1", "-g", "-mcpu=v4"], source: other)
    else { return nil }
    #expect(throws: ObjectError.self) { try ProgramObject(bytes: object) }
    let bytes = try TypeRelocator.relocate(object, against: target)
    let program = try #require(try ProgramObject(bytes: bytes).programs.first).program
    return String(decoding: Disassembler.disassemble(program), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private static let here = "struct task { u32 pid; u64 start; } RELOCATED;"

  @Test(arguments: [
    ("struct task { u32 pid; u64 start; };", "ldxdw %r0, [%r1+8]"),
    ("struct task { u8 new[40]; u64 start; u32 pid; };", "ldxdw %r0, [%r1+40]"),
    ("struct task { u8 new[4]; u32 start; };", "ldxw %r0, [%r1+4]"),
    ("struct task { u64 other; struct { u32 a; struct { u64 start; }; }; };", "ldxdw %r0, [%r1+16]"),
    ("struct task { u32 pid; };", "call 195896080"),
    ("struct other { u64 start; }; struct task { struct other o; };", "call 195896080"),
  ])
  func fieldsAreReadWhereTheTargetHasThem(there: String, expected: String) throws {
    guard let lines = try relocated(Self.here, "return t->start;", on: there) else { return }
    #expect(lines.first == expected)
  }

  @Test(arguments: [
    ("__builtin_preserve_field_info(t->start, 2)", "struct task { u32 pid; };", "mov %r0, 0"),
    ("__builtin_preserve_field_info(t->start, 2)", "struct task { u64 start; };", "mov %r0, 1"),
    ("__builtin_preserve_field_info(t->start, 0)", "struct task { u8 x[24]; u64 start; };", "mov %r0, 24"),
    ("__builtin_preserve_field_info(t->start, 1)", "struct task { u32 start; };", "mov %r0, 4"),
    ("__builtin_preserve_type_info(*(struct task *)0, 1)", "struct task { u8 x[24]; u64 start; };", "mov %r0, 32"),
  ])
  func whatIsAskedAboutFieldsAndTypesIsOfTheTarget(question: String, there: String, expected: String) throws {
    guard let lines = try relocated(Self.here, "return \(question);", on: there) else { return }
    #expect(lines.contains { $0.hasPrefix(expected) || $0 == "mov32 " + expected.dropFirst(4) }, "\(lines)")
  }

  /// Every byte of the records and types lies once.
  @Test func recordsThatLieAreRefusedOrHarmless() throws {
    let source = Self.names + Self.here + "\nSEC(\"p\") u64 f(struct task *t) { return t->start; }"
    guard let object = try ClangObject.compile(["-O1", "-g", "-mcpu=v4"], source: source) else { return }
    let file = try ELFFile(object)
    var (refused, taken) = (0, 0)
    for section in file.sections where section.name.starts(with: Array(".BTF".utf8)) {
      for place in section.contents.indices {
        for value: UInt8 in [0, 1, 0x7f, 0xff, object[place] &+ 1] {
          var copy = object
          copy[place] = value
          do throws(ObjectError) {
            _ = try ProgramObject(reading: TypeRelocator.relocate(copy, against: copy))
            taken += 1
          } catch {
            #expect(!error.description.isEmpty)
            refused += 1
          }
        }
      }
    }
    print("lying types: \(refused) refused, \(taken) taken")
    #expect(refused > 50 && taken > 50)
  }
}
