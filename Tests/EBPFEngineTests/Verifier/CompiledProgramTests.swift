import Testing

@testable import EBPFEngine

/// Programs as clang emits them: its spills, reloads, 32-bit arithmetic and loops.
@Suite struct CompiledProgramTests {
  private static let source = """
    #define SEC(name) __attribute__((section(name), used))
    typedef unsigned long u64;
    typedef unsigned int u32;
    typedef unsigned char u8;
    struct definition { u32 type, key_size, value_size, max_entries, flags; };
    struct value { u64 count; u64 buckets[16]; };
    struct definition values SEC("maps") = {1, 4, sizeof(struct value), 128, 0};
    static void *(*lookup)(void *, const void *) = (void *)16;
    static long (*update)(void *, const void *, const void *, u64) = (void *)17;
    static void (*print)(const char *) = (void *)7;
    static u64 (*now)(void) = (void *)6;
    static u64 total;
    static const u8 weights[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    struct context { u64 address; u8 buffer[120]; };

    SEC("accept") u64 histogram(struct context *c) {
      u32 key = 7, bucket = 0;
      u64 number = c->address;
      struct value fresh = {0}, *value = lookup(&values, &key);
      if (!value) { fresh.count = 1; update(&values, &key, &fresh, 0); return 0; }
      while (number > 1 && bucket < 15) { number >>= 1; bucket++; }
      value->buckets[bucket]++;
      return ++value->count;
    }
    SEC("accept") u64 sum(struct context *c) {
      u64 sum = 0;
      for (int i = 0; i < 120; i++) sum += c->buffer[i] * weights[i & 15];
      return total += sum;
    }
    SEC("accept") u64 bounded(struct context *c) {
      u32 length = c->buffer[0];
      u64 sum = 0;
      if (length > 100) length = 100;
      #pragma clang loop unroll(disable)
      for (u32 i = 0; i < length; i++) sum ^= c->buffer[i + 1] << (i & 7);
      return sum;
    }
    SEC("accept") u64 copies(struct context *c) {
      u8 local[64];
      int n = (int)c->buffer[3];
      if (n < 0 || n >= 64) return 1;
      for (int i = 0; i < 64; i++) local[i] = c->buffer[i];
      return local[n] + local[63 - n];
    }
    __attribute__((noinline)) static u64 pick(u8 *bytes, u32 at) { return at < 120 ? bytes[at] : 0; }
    SEC("accept") u64 functions(struct context *c) {
      u64 sum = 0;
      for (u32 i = 0; i < 10; i++) sum += pick(c->buffer, (u32)now() + i);
      return sum;
    }
    SEC("accept") u64 hello(struct context *c) {
      char text[] = "hello, world";
      print(text);
      print("constant");
      return 0;
    }
    SEC("refuse") u64 unbounded(struct context *c) {
      u64 n = c->address, sum = 0;
      #pragma clang loop unroll(disable)
      for (u64 i = 0; i < n; i++) sum += now();
      return sum;
    }
    SEC("refuse") u64 untested(struct context *c) {
      u32 key = 7;
      struct value *value = lookup(&values, &key);
      return value->count;
    }
    SEC("refuse") u64 offByOne(struct context *c) { u32 n = c->buffer[0]; return n <= 120 ? c->buffer[n] : 0; }
    SEC("refuse") u64 uninitialised(struct context *c) { volatile u32 key; return key; }
    SEC("refuse") u64 leak(struct context *c) { return (u64)c; }
    SEC("refuse") u64 wild(struct context *c) { return *(volatile u64 *)c->address; }
    """

  @Test(arguments: ["v1", "v2", "v3", "v4"])
  func compiledProgramsAreJudgedRightly(cpu: String) throws {
    guard let bytes = try ClangObject.compile(["-mcpu=\(cpu)"], source: Self.source) else { return }
    let object = try ProgramObject(bytes: bytes)
    let environment = VerifierEnvironment(
      context: [.init(offset: 0, size: 8, rights: .read), .init(offset: 8, size: 120, rights: .read)],
      maps: VerifierEnvironment.maps(of: object), helpers: .uio)
    for entry in object.programs {
      let name = String(decoding: entry.name, as: UTF8.self)
      do {
        let report = try Verifier.verify(entry.program, environment)
        #expect(entry.section == Array("accept".utf8), "\(name) accepted")
        print(
          "\(cpu) \(name): \(entry.program.instructions.count) instructions, \(report.exploredInstructions) explored")
      } catch {
        #expect(entry.section == Array("refuse".utf8), "\(name): \(error)\n\(entry.program.text)")
      }
    }
  }
}
