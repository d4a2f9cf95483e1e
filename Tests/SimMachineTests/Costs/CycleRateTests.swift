import SeededRandom
import TestSupport
import Testing

@testable import SimMachine

/// Rates against arithmetic of 128 bits.
@Suite struct CycleRateTests {
  private static func product(_ count: UInt64, _ rate: CycleRate) -> UInt64 {
    let (high, low) = count.multipliedFullWidth(by: rate.thousandths)
    // The quotient's lower half, as a count of cycles wraps.
    return UInt64(1_000).dividingFullWidth((high % 1_000, low)).quotient
  }

  private static func samples() -> [(rate: CycleRate, number: UInt64)] {
    var numbers = SeededGenerator(seed: 5)
    let rates: [UInt64] = [1, 3, 250, 308, 500, 999, 1_000, 1_001, 1_500, 2_000, 10_000, CycleRate.max * 1_000]
    return (0..<4_000).map { index in
      let rate = index % 2 == 0 ? rates[index / 2 % rates.count] : numbers.next() % (CycleRate.max * 1_000) + 1
      return (CycleRate(thousandths: rate), numbers.next() >> (numbers.next() % 64))
    }
  }

  @Test func cyclesAreTheProductRoundedDown() {
    for (rate, count) in Self.samples() {
      #expect(rate.cycles(for: count) == Self.product(count, rate), "\(count) at \(rate.thousandths)")
    }
  }

  @Test func theCountReachesItsCyclesAndTheOneBeforeDoesNot() {
    for (rate, cycles) in Self.samples() {
      let count = rate.count(reaching: cycles)
      guard count < 1 << 62 else { continue }
      let isReached = count.multipliedFullWidth(by: rate.thousandths)
      let needed = cycles.multipliedFullWidth(by: 1_000)
      #expect(
        (isReached.high, isReached.low) >= (needed.high, needed.low), "\(cycles) at \(rate.thousandths)")
      guard count > 0 else { continue }
      let before = (count - 1).multipliedFullWidth(by: rate.thousandths)
      #expect((before.high, before.low) < (needed.high, needed.low), "\(cycles) at \(rate.thousandths)")
    }
  }

  @Test func noCountIsBeyondTheGreatest() {
    #expect(CycleRate(thousandths: 1).count(reaching: .max) == .max)
    #expect(CycleRate(thousandths: 0).count(reaching: 1) == .max && CycleRate(thousandths: 0).count(reaching: 0) == 0)
    #expect(CycleRate(cycles: 1).count(reaching: .max) == .max && CycleRate(cycles: 0).cycles(for: .max) == 0)
  }
}
