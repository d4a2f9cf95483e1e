import Testing

@testable import EBPFEngine

/// Programs of the kind that users write and that were judged wrongly once, as clang compiles them: each ends as it should,
/// with the guest's limits.
@Suite struct FieldCaseTests {
  private enum End: Equatable {
    case accepted
    case refused(String)
    case noObject(ObjectError.Reason)
  }

  private static let header = """
    typedef unsigned char u8; typedef unsigned int u32; typedef unsigned long u64;
    #define SEC(name) __attribute__((section(name), used))
    #define NUMBER(name, value) int (*name)[value]
    #define TYPE(name, type) __typeof__(type) *name
    static void *(*lookup)(void *, const void *) = (void *)16;
    static u64 (*print)(const char *) = (void *)7;

    """

  private func end(_ source: String, _ cpu: String) throws -> End? {
    guard let bytes = try ClangObject.compile(["-O1", "-g", "-mcpu=\(cpu)"], source: Self.header + source) else {
      return nil
    }
    let object: ProgramObject
    do throws(ObjectError) { object = try ProgramObject(bytes: bytes) } catch { return .noObject(error.reason) }
    var environment = VerifierEnvironment.uio(maps: VerifierEnvironment.maps(of: object))
    environment.limits = .guest
    for entry in object.programs {
      do throws(Refusal) {
        let report = try Verifier.verify(entry.program, environment)
        // For the older CPU numbers of 32 bits are cut by shifts, which hides what a loop counts by.
        #expect(report.exploredInstructions < (cpu == "v2" ? 100_000 : 6000))
      } catch {
        return .refused("\(error)")
      }
    }
    return .accepted
  }

  private static let accepted = [
    "a hash of text": """
    SEC("p") u64 f(u8 *c) {
      u64 hash = 5381;
      for (u32 i = 8; i < 120; i++) { if (!c[i]) break; hash = hash * 33 + c[i]; }
      return hash;
    }
    """,
    "a sum that ends at a zero": """
    SEC("p") u64 f(u8 *c) { u64 sum = 0; for (int i = 0; i < 100; i++) { if (!c[i]) break; sum += c[i]; } return sum; }
    """,
    "loops in a loop": """
    SEC("p") u64 f(u64 *c) {
      u64 sum = 0;
      for (int i = 0; i < 100; i++) for (int j = 0; j < 100; j++) sum += c[1] >> (i & 63) ^ j;
      return sum;
    }
    """,
    "a search by halves": """
    u64 numbers[64];
    SEC("p") u64 f(u64 *c) {
      u32 low = 0, high = 64;
      for (int round = 0; round < 7 && low < high; round++) {
        u32 middle = (low + high) / 2;
        if (middle >= 64) return 0;
        if (numbers[middle] < c[1]) low = middle + 1; else high = middle;
      }
      return low;
    }
    """,
    "three thousand rounds": """
    SEC("p") u64 f(u64 *c) { u64 sum = 0; for (int i = 0; i < 3000; i++) sum += c[1] >> (i & 63); return sum; }
    """,
    "a bound that outlives the loop": """
    u8 buffer[256];
    SEC("p") u64 f(u64 *c) {
      u32 length = (u32)c[1];
      if (length > 200) length = 200;
      for (u32 i = 0; i < length; i++) buffer[i] = i;
      return buffer[length];
    }
    """,
    "a table of constants": """
    static const u32 table[16] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3};
    SEC("p") u64 f(u64 *c) { return table[c[1] & 15]; }
    """,
  ]

  @Test(arguments: accepted.keys.sorted(), ["v2", "v4"])
  func ordinaryLoopsAndBoundsAreAccepted(name: String, cpu: String) throws {
    guard let end = try end(Self.accepted[name] ?? "", cpu) else { return }
    #expect(end == .accepted)
  }

  @Test(arguments: [8, 16, 32, 64], ["v2", "v4"]) func aMaskOfManyTestsIsAccepted(count: Int, cpu: String) throws {
    let source = """
      u64 out;
      SEC("stored") u64 f(u8 *c) {
        u64 mask = 0;
        #pragma unroll
        for (u32 i = 0; i < \(count); i++) if (c[i] > 'm') mask += 3UL << i;
        out = mask;
        return 0;
      }
      SEC("returned") u64 g(u8 *c) {
        u64 mask = 0;
        #pragma unroll
        for (u32 i = 0; i < \(count); i++) if (c[i] > 'm') mask += 3UL << i;
        return mask;
      }
      """
    guard let end = try end(source, cpu) else { return }
    #expect(end == .accepted)
  }

  @Test func aTextThatIsTooLongIsRefused() throws {
    let text = String(repeating: "A", count: 1500)
    let source = "static const char text[] = \"\(text)\\n\"; SEC(\"p\") u64 f(void *c) { print(text); return 0; }"
    guard let end = try end(source, "v4") else { return }
    guard case .refused(let reason) = end else { return #expect(Bool(false), "\(end)") }
    #expect(reason.contains("R1 string may have more than 1023 bytes"))
  }

  private static func map(_ kind: Int, _ rest: String = "TYPE(key, u32); TYPE(value, u64);") -> String {
    """
    struct { NUMBER(type, \(kind)); NUMBER(max_entries, 4096); \(rest) } m SEC(".maps");
    SEC("p") u64 f(void *c) { u32 key = 1; u64 *value = lookup(&m, &key); if (value) *value += 1; return 0; }
    """
  }

  @Test(arguments: [6, 9]) func mapsOfEveryCPUAndThoseThatForgetAreLikeOthers(kind: Int) throws {
    guard let end = try end(Self.map(kind), "v4") else { return }
    #expect(end == .accepted)
  }

  @Test func aMapOfMapsSaysWhatItsMapsAreLike() throws {
    guard let end = try end(Self.map(12, "TYPE(key, u32); NUMBER(value_size, 4);"), "v4") else { return }
    #expect(end == .noObject(.noInnerMap))
  }

  @Test func aRingBufferHasNoValuesToLookUp() throws {
    guard let end = try end(Self.map(27, ""), "v4") else { return }
    guard case .refused(let reason) = end else { return #expect(Bool(false), "\(end)") }
    #expect(reason.contains("R1 cannot pass map_type 27 into this helper"))
  }

  @Test func kindsThatNobodyKnowsAreNamed() throws {
    guard let end = try end(Self.map(77), "v4") else { return }
    #expect(end == .noObject(.unsupportedMapKind(77)))
  }
}
