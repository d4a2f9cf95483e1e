import Testing

@testable import EBPFEngine

/// Programs that use what clang and libbpf offer beyond plain maps: what is right is accepted and gives the right result,
/// interpreted; what is wrong is refused for the right reason.
@Suite struct WrittenProgramTests {
  private static let header = """
    typedef unsigned char u8; typedef unsigned int u32; typedef unsigned long u64;
    #define SEC(name) __attribute__((section(name), used))
    #define NUMBER(name, value) int (*name)[value]
    #define TYPE(name, type) __typeof__(type) *name
    static void *(*lookup)(void *, const void *) = (void *)16;
    static long (*update)(void *, const void *, const void *, u64) = (void *)17;
    static u64 (*print)(const char *) = (void *)7;
    static void *(*reserve)(void *, u64, u64) = (void *)131;
    static void (*submit)(void *, u64) = (void *)132;
    static void (*discard)(void *, u64) = (void *)133;
    static long (*rounds)(u32, void *, void *, u64) = (void *)181;
    static long (*visit)(void *, void *, void *, u64) = (void *)164;
    static long (*push)(void *, const void *, u64) = (void *)87;
    static long (*pop)(void *, void *) = (void *)88;
    struct { NUMBER(type, 27); NUMBER(max_entries, 4096); } ring SEC(".maps");

    """

  private struct Host: HelperHost {
    let maps: MapSet
    var output: [UInt8] = []

    mutating func call(
      _ number: Int32, _ arguments: HelperArguments, memory: AddressSpace
    ) throws(HelperFault) -> UInt64 {
      if number == 7 {
        guard let text = memory.string(at: arguments.r1, limit: 1024) else { throw .badPointer }
        output += text
        return 0
      }
      guard let result = try maps.call(number, arguments) else { throw .unknownHelper }
      return result
    }
  }

  /// The verdict on the only program of a source, and what it returns with a context of numbers from 0 on.
  private func run(_ source: String) throws -> (refusal: String?, value: UInt64?, output: [UInt8])? {
    guard let bytes = try ClangObject.compile(["-O1", "-g", "-mcpu=v4"], source: Self.header + source) else {
      return nil
    }
    let object = try ProgramObject(bytes: bytes)
    let program = try #require(object.programs.first).program
    var environment = VerifierEnvironment.uio(maps: VerifierEnvironment.maps(of: object))
    environment.limits = .guest
    do throws(Refusal) { _ = try Verifier.verify(program, environment) } catch { return ("\(error)", nil, []) }
    let space = AddressSpace()
    let maps = MapSet(space: space)
    try object.makeMaps(in: maps)
    var host = Host(maps: maps)
    var context = [UInt64](0..<16)
    let result = try context.withUnsafeMutableBytes { bytes in
      let storage = try #require(bytes.baseAddress)
      _ = try space.addRegion(storage, size: bytes.count, base: 0x1000, rights: .readWrite)
      return Interpreter.run(
        try Executable(program, resolve: maps.resolve), in: space,
        arguments: HelperArguments(r1: 0x1000, r2: 128), budget: 1_000_000, helpers: &host)
    }
    guard case .returned(let value) = result.outcome else {
      Issue.record("accepted, but \(result.outcome)")
      return nil
    }
    return (nil, value, host.output)
  }

  private static let right: [String: (source: String, value: UInt64)] = [
    "a record of a ring buffer": (
      """
      SEC("p") u64 f(void *c) {
        u64 *record = reserve(&ring, 16, 0);
        if (!record) return 1;
        record[1] = 5;
        if (record[0]) discard(record, 0); else submit(record, 0);
        return 7;
      }
      """, 7
    ),
    "rounds with a context on the stack": (
      """
      static long add(u64 i, u64 *sum) { *sum += i; return 0; }
      SEC("p") u64 f(void *c) { u64 sum = 0; rounds(10, add, &sum, 0); return sum; }
      """, 45
    ),
    "elements of a map": (
      """
      struct { NUMBER(type, 2); NUMBER(max_entries, 5); TYPE(key, u32); TYPE(value, u64); } m SEC(".maps");
      static long fill(void *map, u32 *key, u64 *value, void *c) { *value = *key * 3; return 0; }
      static long add(void *map, u32 *key, u64 *value, u64 *sum) { *sum += *value; return 0; }
      SEC("p") u64 f(void *c) { u64 sum = 0; visit(&m, fill, 0, 0); visit(&m, add, &sum, 0); return sum; }
      """, 30
    ),
    "a loop that may_goto ends": (
      """
      SEC("p") u64 f(u64 *c) {
        u64 sum = 0;
        for (;;) { asm volatile goto("may_goto %l[out]" :::: out); sum += c[3]; if (sum > 100) break; }
        out: return sum;
      }
      """, 102
    ),
    "ordered accesses": (
      """
      u64 place;
      SEC("p") u64 f(u64 *c) { __atomic_store_n(&place, c[9], __ATOMIC_RELEASE); return __atomic_load_n(&place, __ATOMIC_ACQUIRE); }
      """, 9
    ),
    "a table of texts": (
      """
      static const char *const names[] = {"zero", "one", "two"};
      SEC("p") u64 f(u64 *c) { u64 i = c[2]; if (i > 2) return 0; print(names[i]); return i; }
      """, 2
    ),
    "a map out of a map of maps": (
      """
      struct inner { NUMBER(type, 2); NUMBER(max_entries, 4); TYPE(key, u32); TYPE(value, u64); };
      struct inner in SEC(".maps");
      struct { NUMBER(type, 12); NUMBER(max_entries, 2); TYPE(key, u32); struct inner *values[]; } outer SEC(".maps") =
        {.values = {0, &in}};
      SEC("p") u64 f(void *c) {
        u32 key = 1;
        void *map = lookup(&outer, &key);
        if (!map) return 0;
        u64 *value = lookup(map, &key);
        if (!value) return 1;
        *value += 41;
        return *value + 1;
      }
      """, 42
    ),
    "a map that forgets": (
      """
      struct { NUMBER(type, 9); NUMBER(max_entries, 2); TYPE(key, u32); TYPE(value, u64); } m SEC(".maps");
      SEC("p") u64 f(void *c) {
        u32 key = 1; u64 value = 10;
        update(&m, &key, &value, 0);
        key = 2; update(&m, &key, &value, 0);
        key = 1; lookup(&m, &key);
        key = 3; update(&m, &key, &value, 0);
        key = 2; u64 found = lookup(&m, &key) != 0;
        key = 1; return found * 10 + (lookup(&m, &key) != 0);
      }
      """, 1
    ),
    "the longest prefix": (
      """
      struct key { u32 bits; u8 data[4]; };
      struct { NUMBER(type, 11); NUMBER(max_entries, 4); NUMBER(map_flags, 1); TYPE(key, struct key); TYPE(value, u64); } m SEC(".maps");
      SEC("p") u64 f(void *c) {
        struct key key = {8, {10, 99, 99, 99}}; u64 value = 8;
        update(&m, &key, &value, 0);
        key.bits = 16; key.data[1] = 1; value = 16;
        update(&m, &key, &value, 0);
        key.bits = 32;
        u64 *near = lookup(&m, &key);
        key.data[1] = 2;
        u64 *far = lookup(&m, &key);
        key.data[0] = 11;
        return near && far && !lookup(&m, &key) ? *near * 100 + *far : 0;
      }
      """, 1608
    ),
    "a queue": (
      """
      struct { NUMBER(type, 22); NUMBER(max_entries, 2); TYPE(value, u64); } m SEC(".maps");
      SEC("p") u64 f(void *c) {
        u64 value = 1;
        push(&m, &value, 0); value = 2; push(&m, &value, 0); value = 3; push(&m, &value, 2);
        pop(&m, &value);
        return value;
      }
      """, 2
    ),
    "a bound that two comparisons tell": (
      """
      u8 buffer[256];
      SEC("p") u64 f(u64 *c) {
        u32 length = (u32)c[1];
        if (length > 200) length = 200;
        for (u32 i = 0; i < length; i++) buffer[i] = i;
        return buffer[length];
      }
      """, 0
    ),
  ]

  @Test(arguments: right.keys.sorted()) func whatIsRightGivesTheRightResult(name: String) throws {
    let (source, value) = try #require(Self.right[name])
    guard let end = try run(source) else { return }
    #expect(end.refusal == nil)
    #expect(end.value == value)
    if name == "a table of texts" { #expect(end.output == Array("two".utf8)) }
  }

  private static let wrong: [String: (source: String, refusal: String)] = [
    "a record that is kept": (
      "SEC(\"p\") u64 f(void *c) { u64 *r = reserve(&ring, 8, 0); if (r) *r = 1; return 0; }", "Unreleased reference"
    ),
    "a record given away twice": (
      """
      SEC("p") u64 f(void *c) { u64 *r = reserve(&ring, 8, 0); if (!r) return 0; submit(r, 0);
        asm volatile("r1 = %0" :: "r"(r) : "r1"); submit(r, 0); return 0; }
      """, "!read_ok"
    ),
    "a record used after it was given away": (
      "SEC(\"p\") u64 f(void *c) { volatile u64 *r = reserve(&ring, 8, 0); if (!r) return 0; submit((void *)r, 0); return *r; }",
      "!read_ok"
    ),
    "a record that may not be there": (
      "SEC(\"p\") u64 f(void *c) { u64 *r = reserve(&ring, 8, 0); *r = 1; submit(r, 0); return 0; }",
      "invalid mem access 'ringbuf_mem_or_null'"
    ),
    "behind a record": (
      "SEC(\"p\") u64 f(void *c) { u64 *r = reserve(&ring, 8, 0); if (!r) return 0; r[1] = 1; submit(r, 0); return 0; }",
      "size of the memory=8 off=8"
    ),
    "a record from its middle": (
      "SEC(\"p\") u64 f(void *c) { u64 *r = reserve(&ring, 16, 0); if (!r) return 0; submit(r + 1, 0); return 0; }",
      "R1 has to lead to the start of the ringbuf_mem: it was moved"
    ),
    "a record of a size that is not known": (
      "SEC(\"p\") u64 f(u64 *c) { u64 *r = reserve(&ring, c[1], 0); if (r) submit(r, 0); return 0; }",
      "R2 is not a known size"
    ),
    "a record that a round keeps": (
      """
      static long take(u64 i, void *c) { reserve(&ring, 8, 0); return 0; }
      SEC("p") u64 f(void *c) { rounds(3, take, 0, 0); return 0; }
      """, "Unreleased reference"
    ),
    "a round that writes behind its context": (
      """
      static long write(u64 i, u64 *c) { c[1] = i; return 0; }
      SEC("p") u64 f(void *c) { u64 sum = 0; rounds(3, write, &sum, 0); return sum; }
      """, "invalid access to fp"
    ),
    "a round that counts out of an array": (
      """
      u64 numbers[4];
      static long write(u64 i, u64 *next) { numbers[*next] = i; *next += 1; return 0; }
      SEC("p") u64 f(void *c) { u64 next = 0; rounds(9, write, &next, 0); return next; }
      """, "invalid access to map_value"
    ),
    "a round that returns neither 0 nor 1": (
      """
      static long end(u64 i, u64 *c) { return i > 2 ? 2 : 0; }
      SEC("p") u64 f(void *c) { u64 sum = 0; rounds(9, end, &sum, 0); return sum; }
      """, "R0 of a function that a helper calls is not certainly 0 or 1"
    ),
    "a number as a function": (
      "SEC(\"p\") u64 f(void *c) { return rounds(3, (void *)8, 0, 0); }", "R2 type=scalar expected=func"
    ),
    "a part of an address": (
      """
      static const char *const names[] = {"zero", "one"};
      SEC("p") u64 f(u64 *c) { return *(volatile u32 *)&names[1]; }
      """, "R1 reaches a part of an address in constant data"
    ),
    "addresses that change": (
      """
      static const char *names[] = {"zero", "one"};
      SEC("p") u64 f(u64 *c) { names[0] = 0; return print(*(const char *volatile *)&names[c[1] & 1]); }
      """, "reaches a part of an address"
    ),
    "a queue as a map of keys": (
      """
      struct { NUMBER(type, 22); NUMBER(max_entries, 2); TYPE(value, u64); } m SEC(".maps");
      SEC("p") u64 f(void *c) { u32 key = 0; return lookup(&m, &key) != 0; }
      """, "R1 cannot pass map_type 22"
    ),
  ]

  @Test(arguments: wrong.keys.sorted()) func whatIsWrongIsRefused(name: String) throws {
    let (source, refusal) = try #require(Self.wrong[name])
    guard let end = try run(source) else { return }
    #expect(end.refusal?.contains(refusal) == true, "\(end.refusal ?? "accepted")")
  }

  // MARK: Linux's programs

  private func verdict(_ source: String, _ type: String) throws -> String? {
    let program = try Assembler.assemble(Array(source.utf8))
    let type = try #require(ProgramType.named(type))
    do throws(Refusal) { _ = try Verifier.verify(program, type.environment(maps: [])) } catch { return "\(error)" }
    return nil
  }

  private static func packet(_ comparison: String, _ access: String) -> String {
    """
    ldxw %r2, [%r1]
    ldxw %r3, [%r1+4]
    mov %r4, %r2
    add %r4, 8
    mov %r0, 0
    \(comparison)
    \(access)
    exit
    """
  }

  @Test(
    arguments: [
      ("jgt %r4, %r3, exit", "ldxdw %r0, [%r2]", nil),
      ("jge %r3, %r4, +1\nexit", "ldxdw %r0, [%r2]", nil),
      ("jgt %r4, %r3, exit", "ldxb %r0, [%r2+8]", "size of the memory=8 off=8"),
      ("jge %r4, %r3, exit", "ldxb %r0, [%r2+8]", nil),
      ("jlt %r4, %r3, exit", "ldxb %r0, [%r2]", "size of the memory=0"),
      ("jgt %r4, %r3, exit", "ldxb %r0, [%r2-1]", "off=-1"),
      ("jgt %r4, %r3, exit", "ldxb %r5, [%r2]\nadd %r2, %r5\nldxb %r0, [%r2]", "size of the memory=0"),
      (
        "jgt %r4, %r3, exit",
        "ldxb %r5, [%r2]\nadd %r2, %r5\nmov %r4, %r2\nadd %r4, 2\njgt %r4, %r3, exit\nldxh %r0, [%r2]", nil
      ),
      ("jgt %r4, %r3, exit", "mov %r6, %r2\nmov %r2, 0\ncall 44\nldxb %r0, [%r6]", "R6 !read_ok"),
      ("ja +0", "stxdw [%r1+12], %r3", "invalid bpf_context access"),
      ("ja +0", "mov %r0, %r2", "R0 leaks addr"),
      ("ja +0", "ldxh %r0, [%r1+2]", "invalid bpf_context access"),
    ] as [(String, String, String?)])
  func packetsAreReadAsFarAsTheyWereCompared(comparison: String, access: String, refusal: String?) throws {
    let end = try verdict(Self.packet(comparison, access), "linux-xdp")
    if let refusal { #expect(end?.contains(refusal) == true, "\(end ?? "accepted")") } else { #expect(end == nil) }
  }

  @Test(arguments: [
    ("xdp", "linux-xdp"), ("xdp.frags", "linux-xdp"), ("kprobe/do_unlinkat", "linux-tracing"),
    ("tracepoint/syscalls/sys_enter_open", "linux-tracepoint"), ("tp_btf/sched_switch", "linux-function"),
    ("tp/sched/sched_switch", "linux-tracepoint"), ("socket1", "linux-socket"),
    ("cgroup_skb/egress", "linux-cgroup-skb"),
    ("cgroup/connect4", "linux-cgroup-address"), ("raw_tp/sys_enter", "linux-raw-tracepoint"),
    ("iterate", "linux-socket"),
  ])
  func sectionsTellTheType(section: String, type: String) {
    #expect(ProgramType.ofSection(section).name == type)
  }

  @Test func everyHelperHasOneSignature() {
    for type in ProgramType.all {
      let numbers = type.helpers.signatures.map(\.number)
      #expect(Set(numbers).count == numbers.count, "\(type.name)")
    }
  }
}
