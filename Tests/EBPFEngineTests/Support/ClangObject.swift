import Foundation

/// Objects that the toolchain's clang makes during the tests; `nil`, with the reason printed, where it cannot.
enum ClangObject {
  static let source = """
    #define SEC(name) __attribute__((section(name), used))
    #define NUMBER(name, value) int (*name)[value]
    #define TYPE(name, type) __typeof__(type) *name
    typedef unsigned long u64;
    typedef unsigned int u32;
    #ifdef TYPED
    struct {
      NUMBER(type, 1);
      NUMBER(max_entries, 128);
      TYPE(key, u32);
      TYPE(value, const u64);
    } counts SEC(".maps");
    struct {
      NUMBER(type, 2);
      NUMBER(max_entries, 4);
      NUMBER(key_size, 4);
      NUMBER(value_size, 16);
    } slots SEC(".maps");
    #else
    struct definition { u32 type, key_size, value_size, max_entries, flags; };
    struct definition counts SEC("maps") = {1, 4, 8, 128, 0};
    struct definition slots SEC("maps") = {2, 4, 16, 4, 0};
    #endif
    static void *(*map_lookup)(void *, const void *) = (void *)16;
    static long (*map_update)(void *, const void *, const void *, u64) = (void *)17;
    static u64 total;
    u64 start = 40;
    const char text[] = "hello";
    static const u32 table[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    __attribute__((noinline)) static u64 mix(u64 a, u64 b) { return a * 3 + b; }
    __attribute__((noinline)) u64 shared(u64 a) { return mix(a, 1) + table[a & 7]; }
    SEC("fentry/count") u64 count(void *context) {
      u32 key = 1;
      u64 one = 1, *value = map_lookup(&counts, &key);
      if (value) { *value += 1; return *value; }
      map_update(&counts, &key, &one, 0);
      return 0;
    }
    SEC("fentry/sum") u64 sum(u64 *context) { total += shared(context[0]) + start; return total; }
    SEC("fentry/sum") u64 second(u64 *context) { return mix(context[0], text[1]) + (map_lookup(&slots, context) != 0); }
    """

  static func compile(_ options: [String], source: String = source) throws -> [UInt8]? {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let input = folder.appendingPathComponent("input.c")
    let output = folder.appendingPathComponent("output.o")
    try source.write(to: input, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["clang", "-target", "bpf", "-O2"] + options + ["-c", input.path, "-o", output.path]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0, let data = FileManager.default.contents(atPath: output.path) else {
      print("not run: clang cannot compile for the bpf target here")
      return nil
    }
    return [UInt8](data)
  }
}
