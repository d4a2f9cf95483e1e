import Foundation
import ObjectLoader
import TestSupport
import Testing

#if arch(x86_64)
  /// The unikernel's arithmetic for extensions (Sources/GuestOS/Boot/arithmetic.c), executed on this machine and compared
  /// with Swift's.
  @Suite struct ArithmeticTests {
    private static let calls = """
      typedef unsigned __int128 wide;
      extern wide __udivti3(wide, wide), __umodti3(wide, wide), __udivmodti4(wide, wide, wide *);
      extern __int128 __divti3(__int128, __int128), __modti3(__int128, __int128);
      extern int __popcountdi2(unsigned long), __paritydi2(unsigned long);
      struct numbers { wide a, b, quotient, remainder, both[2], signed_quotient, signed_remainder; long bits, parity; };
      int main(struct numbers *n) {
        n->quotient = __udivti3(n->a, n->b);
        n->remainder = __umodti3(n->a, n->b);
        n->both[0] = __udivmodti4(n->a, n->b, &n->both[1]);
        n->signed_quotient = __divti3(n->a, n->b);
        n->signed_remainder = __modti3(n->a, n->b);
        n->bits = __popcountdi2(n->a);
        n->parity = __paritydi2(n->a);
        return 0;
      }
      """

    /// Of every length, with runs of zeros and ones, where carries go wrong.
    private static func draw(_ random: inout SeededGenerator) -> UInt128 {
      var value = UInt128(random.next()) << 64 | UInt128(random.next())
      if random.next() % 2 == 0 { value &= UInt128(random.next()) << 64 | UInt128.max >> 64 }
      switch random.next() % 4 {
      case 0: value |= UInt128.max << UInt128(random.next() % 128)
      case 1: value &= UInt128.max >> UInt128(random.next() % 128)
      default: value >>= UInt128(random.next() % 128)
      }
      return value &+ UInt128(random.next() % 3) &- 1
    }

    @Test(arguments: Compiler.all)
    func quotientsRemaindersAndBitsAreRight(_ compiler: Compiler) throws {
      let source = try String(
        contentsOf: ExtensionsTests.root.appendingPathComponent("Sources/GuestOS/Boot/arithmetic.c"), encoding: .utf8)
      let library = try HostImage(compiler.compile(source, ["-O2", "-fPIC", "-DUIO_SHELL", "-mno-sse"]))
      let caller = try HostImage(compiler.compile(Self.calls, ["-O1", "-fPIC"])) { library.address(of: $0) }
      let numbers = UnsafeMutablePointer<UInt128>.allocate(capacity: 9)
      defer { numbers.deallocate() }
      var random = SeededGenerator(seed: 128)
      var wrong: [String] = []
      for _ in 0..<200_000 {
        let (a, b) = (Self.draw(&random), max(Self.draw(&random), 1))
        (numbers[0], numbers[1]) = (a, b)
        _ = try caller.run(Int(bitPattern: numbers))
        let (c, d) = (Int128(truncatingIfNeeded: a), Int128(truncatingIfNeeded: b))
        let quotient = c.dividedReportingOverflow(by: d).partialValue
        let remainder = d == -1 ? 0 : c % d
        let bits = UInt64(truncatingIfNeeded: a).nonzeroBitCount
        let expected = [
          a / b, a % b, a / b, a % b, UInt128(truncatingIfNeeded: quotient), UInt128(truncatingIfNeeded: remainder),
          UInt128(bits) | UInt128(bits % 2) << 64,
        ]
        if (0..<7).contains(where: { numbers[2 + $0] != expected[$0] }) { wrong.append("\(a) / \(b)") }
      }
      #expect(wrong.isEmpty, "\(wrong.count) of 200000: \(wrong.prefix(3))")
      print("divisions of 128 bits, \(compiler.name): 200000, seed 128")
    }
  }
#endif
