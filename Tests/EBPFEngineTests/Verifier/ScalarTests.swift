import TestSupport
import Testing

@testable import EBPFEngine

/// Draws sets of numbers together with members of them.
struct ScalarDraw {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  /// Numbers of all magnitudes, those at the edges of the widths often.
  mutating func number() -> UInt64 {
    let edges: [UInt64] = [0, 1, 0x7f, 0x80, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 1 << 32, 1 << 63, ~0]
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: return (edges.randomElement(using: &generator) ?? 0) &+ UInt64.random(in: 0...4, using: &generator) &- 2
    case 1: return UInt64(bitPattern: Int64.random(in: -600...600, using: &generator))
    default: return generator.next() >> UInt64.random(in: 0..<64, using: &generator)
    }
  }

  /// A set that is known to hold `member`.
  mutating func scalar(holding member: UInt64) -> Scalar {
    var scalar = Scalar.unknown
    if Int.random(in: 0..<8, using: &generator) == 0 { return Scalar(member) }
    if Bool.random(using: &generator) {
      scalar.bits = KnownBits(value: member, mask: generator.next() & generator.next())
    }
    let (low, high) = (number(), number())
    if Bool.random(using: &generator) {
      scalar.wide.unsigned = Interval(min: min(low, member), max: max(high, member))
    }
    if Bool.random(using: &generator) {
      let signed = Int64(bitPattern: member)
      scalar.wide.signed = Interval(min: min(Int64(bitPattern: low), signed), max: max(Int64(bitPattern: high), signed))
    }
    let narrow = UInt32(truncatingIfNeeded: member)
    if Bool.random(using: &generator) {
      let (low, high) = (UInt32(truncatingIfNeeded: number()), UInt32(truncatingIfNeeded: number()))
      scalar.narrow.unsigned = Interval(min: min(low, narrow), max: max(high, narrow))
      let signed = Int32(bitPattern: narrow)
      scalar.narrow.signed = Interval(
        min: min(Int32(bitPattern: low), signed), max: max(Int32(bitPattern: high), signed))
    }
    let isPossible = scalar.normalise()
    #expect(isPossible, "normalising lost \(member)")
    return scalar
  }
}

@Suite struct ScalarTests {
  #if DEBUG
    static let rounds = 20_000
  #else
    static let rounds = 1_000_000
  #endif

  @Test func everyArithmeticResultIsInTheResultingSet() {
    let seed: UInt64 = 0x5ca1a7
    var draw = ScalarDraw(seed: seed)
    var failures = 0
    for _ in 0..<Self.rounds {
      let (x, y) = (draw.number(), draw.number())
      let (a, b) = (draw.scalar(holding: x), draw.scalar(holding: y))
      let operation = ArithmeticOperation.allCases.randomElement(using: &draw.generator) ?? .add
      let width: Width = Bool.random(using: &draw.generator) ? .bits32 : .bits64
      let result = Scalar.apply(operation, width, a, b)
      if !a.contains(x) || !result.contains(Scalar.evaluate(operation, width, x, y)) {
        failures += 1
        if failures < 4 { Issue.record("\(operation) \(width) of \(x) in \(a), \(y) in \(b) leaves \(result)") }
      }
    }
    #expect(failures == 0)
    print("scalar arithmetic: \(Self.rounds) cases, seed \(seed)")
  }

  @Test func everyConversionIsInTheResultingSet() {
    let seed: UInt64 = 0xc0de
    var draw = ScalarDraw(seed: seed)
    for _ in 0..<Self.rounds / 4 {
      let x = draw.number()
      let a = draw.scalar(holding: x)
      #expect(a.negated(.bits64).contains(0 &- x))
      #expect(a.signExtended(fromBits: 8, .bits64).contains(UInt64(truncatingIfNeeded: Int8(truncatingIfNeeded: x))))
      #expect(a.signExtended(fromBits: 32, .bits64).contains(UInt64(truncatingIfNeeded: Int32(truncatingIfNeeded: x))))
      let narrow = UInt64(UInt32(truncatingIfNeeded: Int16(truncatingIfNeeded: x)))
      #expect(a.signExtended(fromBits: 16, .bits32).contains(narrow))
      #expect(a.converted(.little, bits: 16).contains(x & 0xffff))
      #expect(a.converted(.big, bits: 32).contains(UInt64(UInt32(truncatingIfNeeded: x).byteSwapped)))
      #expect(a.converted(.swap, bits: 64).contains(x.byteSwapped))
    }
    print("scalar conversions: \(Self.rounds / 4) numbers, seed \(seed)")
  }

  @Test func assumingTheConditionThatHoldsKeepsTheOperands() {
    let seed: UInt64 = 0xb4a9c4
    var draw = ScalarDraw(seed: seed)
    var failures = 0
    for _ in 0..<Self.rounds {
      let x = draw.number()
      let y = Int.random(in: 0..<3, using: &draw.generator) == 0 ? x : draw.number()
      var (a, b) = (draw.scalar(holding: x), draw.scalar(holding: y))
      let condition = Condition.allCases.randomElement(using: &draw.generator) ?? .equal
      let width: Width = Bool.random(using: &draw.generator) ? .bits32 : .bits64
      let holds = Self.evaluate(condition, width, x, y)
      if !Scalar.assume(condition, width, holds: holds, &a, &b) || !a.contains(x) || !b.contains(y) {
        failures += 1
        if failures < 4 { Issue.record("\(condition) \(width) \(holds) of \(x), \(y) leaves \(a), \(b)") }
      }
    }
    #expect(failures == 0)
    print("scalar conditions: \(Self.rounds) cases, seed \(seed)")
  }

  @Test func comparisonsBoundBothOperands() {
    var (a, b) = (Scalar.unknown, Scalar(10))
    var isPossible = Scalar.assume(.less, .bits64, holds: true, &a, &b)
    #expect(isPossible)
    #expect(a.wide.unsigned == Interval(min: 0, max: 9))
    #expect(a.bits == KnownBits(value: 0, mask: 15))
    (a, b) = (Scalar(bytes: 4), Scalar(10))
    isPossible = Scalar.assume(.signedLess, .bits32, holds: true, &a, &b)
    #expect(isPossible)
    b = Scalar(0)
    isPossible = Scalar.assume(.signedGreaterOrEqual, .bits32, holds: true, &a, &b)
    #expect(isPossible)
    #expect(a.wide.unsigned == Interval(min: 0, max: 9))
    (a, b) = (Scalar(7), Scalar(8))
    isPossible = Scalar.assume(.greater, .bits64, holds: true, &a, &b)
    #expect(!isPossible)
  }

  private static func evaluate(_ condition: Condition, _ width: Width, _ x: UInt64, _ y: UInt64) -> Bool {
    if width == .bits32 {
      let (x, y) = (UInt32(truncatingIfNeeded: x), UInt32(truncatingIfNeeded: y))
      return evaluate(condition, x, y, Int32(bitPattern: x), Int32(bitPattern: y))
    }
    return evaluate(condition, x, y, Int64(bitPattern: x), Int64(bitPattern: y))
  }

  private static func evaluate<U: FixedWidthInteger, S: FixedWidthInteger>(
    _ condition: Condition, _ x: U, _ y: U, _ s: S, _ t: S
  ) -> Bool {
    switch condition {
    case .equal: x == y
    case .notEqual: x != y
    case .greater: x > y
    case .greaterOrEqual: x >= y
    case .less: x < y
    case .lessOrEqual: x <= y
    case .bitSet: x & y != 0
    case .signedGreater: s > t
    case .signedGreaterOrEqual: s >= t
    case .signedLess: s < t
    case .signedLessOrEqual: s <= t
    }
  }
}
