import SimPlatform
import TestSupport
import Testing

@Suite struct PIT8254Tests {
  /// A timer with a channel programmed; both bytes of the count are written.
  private func timer(channel: Int = 0, mode: UInt8, count: UInt16, bcd: Bool = false, at tick: UInt64 = 0) -> PIT8254 {
    var pit = PIT8254()
    pit.write(3, UInt8(channel) << 6 | 0x30 | mode << 1 | (bcd ? 1 : 0), at: tick)
    pit.write(UInt16(channel), UInt8(truncatingIfNeeded: count), at: tick)
    pit.write(UInt16(channel), UInt8(truncatingIfNeeded: count >> 8), at: tick)
    return pit
  }

  /// The output of channel 2, tick by tick, with its gate open.
  private func wave(mode: UInt8, count: UInt16, ticks: UInt64) -> String {
    var pit = PIT8254()
    if mode != 1, mode != 5 { pit.setSpeakerGate(true, at: 0) }
    pit.write(3, 0xb0 | mode << 1, at: 0)
    pit.write(2, UInt8(count), at: 0)
    pit.write(2, 0, at: 0)
    pit.setSpeakerGate(true, at: 0)
    return String((0..<ticks).map { pit.speakerOutput(at: $0) ? "1" : "0" })
  }

  @Test func eachModeHasItsWave() {
    #expect(wave(mode: 0, count: 4, ticks: 8) == "00001111")
    #expect(wave(mode: 1, count: 4, ticks: 8) == "00001111")
    #expect(wave(mode: 2, count: 4, ticks: 12) == "111011101110")
    #expect(wave(mode: 3, count: 4, ticks: 12) == "110011001100")
    #expect(wave(mode: 3, count: 5, ticks: 10) == "1110011100")
    #expect(wave(mode: 4, count: 4, ticks: 8) == "11110111")
    #expect(wave(mode: 5, count: 4, ticks: 8) == "11110111")
    #expect(wave(mode: 6, count: 4, ticks: 4) == wave(mode: 2, count: 4, ticks: 4), "6 and 7 are 2 and 3")
  }

  @Test func thePeriodicModeAsksForAnInterruptEachPeriod() {
    var pit = timer(mode: 2, count: 1193, at: 7)
    var edges: [UInt64] = []
    while edges.count < 4, let edge = pit.nextTimerEdge {
      #expect(!pit.advance(to: edge - 1) && pit.advance(to: edge))
      edges.append(edge)
    }
    #expect(edges == [1200, 2393, 3586, 4779])
    #expect(pit.advance(to: 1_000_000_000) && !pit.advance(to: 1_000_000_000), "missed edges are one")
  }

  @Test func aOneShotAsksOnce() {
    var pit = timer(mode: 0, count: 100)
    #expect(pit.nextTimerEdge == 100 && pit.advance(to: 5000) && pit.nextTimerEdge == nil)
  }

  @Test func aCountOfZeroIsTheLargest() {
    #expect(timer(mode: 2, count: 0).nextTimerEdge == 65_536)
    #expect(timer(mode: 2, count: 0, bcd: true).nextTimerEdge == 10_000)
    #expect(timer(mode: 2, count: 0x1234, bcd: true).nextTimerEdge == 1234)
  }

  @Test func aPeriodOfOneTickNeverAsks() {
    #expect(timer(mode: 2, count: 1).nextTimerEdge == nil && timer(mode: 3, count: 1).nextTimerEdge == nil)
  }

  @Test func aNewPeriodBeginsWhenTheOldOneEnds() {
    var pit = timer(mode: 2, count: 100)
    pit.write(0, 50, at: 30)
    pit.write(0, 0, at: 30)
    #expect(pit.nextTimerEdge == 100 && pit.advance(to: 100))
    #expect(pit.nextTimerEdge == 150 && pit.advance(to: 150) && pit.nextTimerEdge == 200)
  }

  @Test func theCountIsReadLowByteFirst() {
    var pit = timer(mode: 2, count: 0x1234)
    #expect(pit.read(0, at: 0x34) == 0x00 && pit.read(0, at: 0x34) == 0x12)
    pit.write(3, 0x00, at: 0x34)  // latch
    #expect(pit.read(0, at: 0x100) == 0x00 && pit.read(0, at: 0x100) == 0x12, "the latched count stands")
    #expect(pit.read(0, at: 0x100) == 0x34 && pit.read(0, at: 0x100) == 0x11)
    var oneShot = timer(mode: 0, count: 0)
    #expect(oneShot.read(0, at: 1) == 0xff && oneShot.read(0, at: 1) == 0xff)
    var decimal = timer(mode: 2, count: 0x1000, bcd: true)
    #expect(decimal.read(0, at: 1) == 0x99 && decimal.read(0, at: 1) == 0x09)
  }

  @Test func readBackShowsStatusAndCount() {
    var pit = PIT8254()
    pit.write(3, 0x34, at: 0)
    pit.write(3, 0xe2, at: 0)
    #expect(pit.read(0, at: 0) == 0xf4, "output high, no count yet, both bytes, mode 2")
    pit = timer(mode: 3, count: 1000)
    pit.write(3, 0xc2, at: 10)  // status and count of channel 0
    #expect(pit.read(0, at: 20) == 0xb6)
    #expect(pit.read(0, at: 20) == UInt8(980 & 0xff) && pit.read(0, at: 20) == UInt8(980 >> 8))
    #expect(pit.read(3, at: 20) == 0xff)
  }

  @Test func theGateHoldsTheSpeakersChannel() {
    var pit = timer(channel: 2, mode: 0, count: 100)
    #expect(!pit.speakerOutput(at: 1000), "the gate is closed at first")
    pit.setSpeakerGate(true, at: 1000)
    #expect(!pit.speakerOutput(at: 1099) && pit.speakerOutput(at: 1100))
    pit.setSpeakerGate(false, at: 1040)
    pit.setSpeakerGate(true, at: 2000)
    #expect(!pit.speakerOutput(at: 2059) && pit.speakerOutput(at: 2060), "it goes on where it stood")
  }

  /// Any writes at any times: nothing traps, edges are found where the wave rises, and the state comes back.
  @Test func anyProgrammingIsHarmless() throws {
    var random = SeededGenerator(seed: 8254)
    for _ in 0..<2000 {
      var pit = PIT8254()
      var tick: UInt64 = 0
      for _ in 0..<12 {
        tick += UInt64.random(in: 0...300, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: pit.write(3, UInt8.random(in: 0...255, using: &random), at: tick)
        case 1: pit.setSpeakerGate(Bool.random(using: &random), at: tick)
        case 2: _ = pit.read(UInt16.random(in: 0...5, using: &random), at: tick)
        default:
          pit.write(UInt16.random(in: 0...2, using: &random), UInt8.random(in: 0...9, using: &random), at: tick)
        }
        _ = pit.advance(to: tick)
      }
      #expect(try PIT8254.State(words: pit.state.words) == pit.state)
      guard let edge = pit.nextTimerEdge else { continue }
      #expect(edge > tick)
      let levels = (tick...min(edge, tick + 700)).map { pit.timerOutput(at: $0) }
      let rise = zip(levels, levels.dropFirst()).enumerated().first { !$1.0 && $1.1 }
      if let rise { #expect(tick + UInt64(rise.offset) + 1 == edge) } else { #expect(edge > tick + 700) }
    }
    var far = timer(mode: 2, count: 3)
    #expect(far.advance(to: PIT8254.tickMax) && far.nextTimerEdge != nil)
  }

  @Test func statesThatCannotOccurAreRefused() {
    let good = PIT8254.State().words
    for word in good.indices {
      var words = good
      words[word] = .max
      #expect(throws: PlainStateError.self) { try PIT8254.State(words: words) }
    }
    #expect(throws: PlainStateError.self) { try PIT8254.State(words: Array(good.dropLast())) }
  }
}
