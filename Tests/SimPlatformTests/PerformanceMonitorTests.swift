import Testing

@testable import SimPlatform

@Suite struct PerformanceMonitorTests {
  private static let (counter0, counter1): (UInt32, UInt32) = (0xc1, 0xc2)
  private static let (selector0, selector1): (UInt32, UInt32) = (0x186, 0x187)
  private static let (status, control, statusReset): (UInt32, UInt32, UInt32) = (0x38e, 0x38f, 0x390)
  private static let counts: UInt64 = 0x43_0000
  private static let (instructions, cycles, misses): (UInt64, UInt64, UInt64) = (0xc0, 0x3c, 0x412e)

  private func at(_ instructions: UInt64, _ cycles: UInt64) -> PerformanceMonitor.Passed {
    .init(instructions: instructions, cycles: cycles)
  }

  /// A monitor whose registers can be asked in an expectation.
  private final class Bench {
    var monitor = PerformanceMonitor()

    func read(_ index: UInt32, _ passed: PerformanceMonitor.Passed) -> UInt64? { monitor.read(index, passed) }
    func readCounter(_ number: UInt32, _ passed: PerformanceMonitor.Passed) -> UInt64? {
      monitor.readCounter(number, passed)
    }
    func write(_ index: UInt32, _ value: UInt64, _ passed: PerformanceMonitor.Passed) -> Bool {
      monitor.write(index, value, passed)
    }
  }

  /// Counter 0 with a selector from instruction 100, cycle 1000, on.
  private func monitor(_ selector: UInt64) -> Bench {
    let bench = Bench()
    #expect(bench.write(Self.selector0, selector, at(100, 1000)))
    return bench
  }

  @Test func eachEventIsCountedFromWhereItIsChosen() {
    for (event, count) in [(Self.instructions, 30), (Self.cycles, 700), (Self.misses, 0), (0x4f2e, 0)] {
      let monitor = monitor(Self.counts | event)
      #expect(monitor.read(Self.counter0, at(130, 1700)) == UInt64(count))
      #expect(monitor.readCounter(0, at(130, 1700)) == UInt64(count))
      #expect(monitor.readCounter(1, at(130, 1700)) == 0)
    }
  }

  @Test func whileItIsHaltedTheProcessorHasNoCycles() {
    let monitor = monitor(Self.counts | Self.cycles)
    monitor.monitor.state.haltedCycles += 600
    #expect(monitor.read(Self.counter0, at(100, 1700)) == 100)
  }

  @Test(
    arguments: [
      0, 0x3_0000, 0x40_0000, 0x43_0000 | 1 << 18, 0x43_0000 | 1 << 23, 0x43_0000 | 1 << 24,
    ] as [UInt64])
  func nothingIsCountedWithoutEnableAndLevelOrWithAComparison(selector: UInt64) {
    let monitor = monitor(selector | Self.instructions)
    #expect(monitor.read(Self.counter0, at(130, 1700)) == 0)
  }

  @Test func aCounterStandsWhileItIsDisabledAndGoesOnFromThere() {
    let monitor = monitor(Self.counts | Self.instructions)
    _ = monitor.write(Self.control, 0b10, at(110, 0))
    #expect(monitor.read(Self.counter0, at(150, 0)) == 10)
    _ = monitor.write(Self.control, 0b11, at(200, 0))
    #expect(monitor.read(Self.counter0, at(205, 0)) == 15)
    _ = monitor.write(Self.selector0, 0, at(210, 0))
    #expect(monitor.read(Self.counter0, at(900, 0)) == 20)
  }

  @Test func aCounterThatComesRoundToZeroIsNotedUntilThatIsReset() {
    let monitor = monitor(Self.counts | Self.instructions)
    // A write takes the lower half, with its sign.
    _ = monitor.write(Self.counter0, 0x1234_ffff_fffe, at(100, 0))
    #expect(monitor.read(Self.counter0, at(100, 0)) == 0xffff_ffff_fffe)
    #expect(monitor.read(Self.status, at(101, 0)) == 0)
    #expect(monitor.read(Self.status, at(102, 0)) == 1)
    #expect(monitor.read(Self.counter0, at(105, 0)) == 3)
    #expect(monitor.write(Self.statusReset, 1, at(105, 0)))
    #expect(monitor.read(Self.status, at(106, 0)) == 0)
  }

  @Test func whatIsNotThereIsRefused() {
    let monitor = Bench()
    for (index, value) in [
      (Self.selector0, 1 << 32), (Self.control, 0b100), (Self.status, 0), (Self.statusReset, 0b100), (0x38d, 0),
      (0xc3, 0),
    ] as [(UInt32, UInt64)] {
      #expect(!monitor.write(index, value, at(0, 0)), "\(index)")
    }
    #expect(monitor.read(0x188, at(0, 0)) == nil)
    #expect(monitor.readCounter(2, at(0, 0)) == nil)
    #expect(monitor.readCounter(0x4000_0000, at(0, 0)) == nil)
    #expect(monitor.read(Self.control, at(0, 0)) == 0b11)
  }
}
