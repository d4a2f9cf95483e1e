import Foundation
import Scenarios
import SeededRandom
import SimEvents
import SimMachine
import Testing

@testable import Campaigns

@Suite struct StatisticsTests {
  /// The numbers of Leveugle and others (DATE 2009), for large spaces.
  @Test(
    arguments: [(0.05, 0.95, 385), (0.01, 0.95, 9604), (0.01, 0.99, 16588), (0.005, 0.99, 66349)]
      as [(Double, Double, UInt64)])
  func sampleSizes(error: Double, confidence: Double, expected: UInt64) {
    let needed = SampleSize.needed(of: 1_000_000_000_000, error: error, confidence: confidence)
    #expect(needed.distance(to: expected).magnitude <= expected / 1000 + 1, "\(needed)")
  }

  @Test func smallSpacesNeedFewer() {
    #expect(SampleSize.needed(of: 100, error: 0.05, confidence: 0.95) == 80)
    #expect(SampleSize.needed(of: 1, error: 0.05, confidence: 0.95) == 1)
  }

  /// Wilson's interval for 0 of 10,000 and for one half, computed by hand from his formula with z = 1.959964.
  @Test func intervals() {
    let none = WilsonInterval(0, of: 10_000, confidence: 0.95)
    #expect(none.lower == 0 && abs(none.upper - 0.000384) < 0.000001, "\(none.upper)")
    let half = WilsonInterval(50, of: 100, confidence: 0.95)
    #expect(abs(half.lower - 0.403832) < 0.00001 && abs(half.upper - 0.596168) < 0.00001, "\(half)")
    let all = WilsonInterval(7, of: 7, confidence: 0.95)
    #expect(all.upper == 1 && all.lower > 0.6)
  }

  /// They hold the true share as often as they claim, for shares that faults have.
  @Test(arguments: [0.5, 0.1, 0.02]) func intervalsCoverAsTheyClaim(share: Double) {
    var generator = SeededGenerator(seed: 4)
    var held = 0
    for _ in 0..<2000 {
      let count = (0..<400).count { _ in Double.random(in: 0..<1, using: &generator) < share }
      let interval = WilsonInterval(UInt64(count), of: 400, confidence: 0.95)
      if interval.lower <= share && share <= interval.upper { held += 1 }
    }
    #expect((1850...1960).contains(held), "\(held) of 2000")
  }

  @Test func drawsAreDifferentAndUniform() {
    var counts = [Int](repeating: 0, count: 20)
    for seed in 0..<3000 {
      let drawn = CampaignPlan.draw(5, of: 20, seed: UInt64(seed))
      #expect(Set(drawn).count == 5 && drawn == drawn.sorted())
      for number in drawn { counts[Int(number)] += 1 }
    }
    // 750 each are expected; six standard deviations are 140.
    #expect(counts.allSatisfy { (610...890).contains($0) }, "\(counts)")
    #expect(CampaignPlan.draw(20, of: 20, seed: 1) == Array(0..<20))
  }

  @Test func whatEveryFaultSaysIsTheTruth() {
    let found: [FaultClass: UInt64] = [.escaped: 3, .masked: 7]
    let whole = CampaignTally(classes: found, spaceSize: 10).extrapolated(confidence: 0.95)
    #expect(whole == (3, 3, 3))
    let part = CampaignTally(classes: found, spaceSize: 100).extrapolated(confidence: 0.95)
    #expect(part.faults == 30 && part.lower < 20 && part.upper > 50)
  }

  @Test func experimentsMayUseMoreThanTheFaultFreeRun() {
    let limit = ExperimentLimit(factor: 3, instructions: 50, time: VirtualDuration(nanoseconds: 7))
    let absolute = limit.absolute(for: result(.completed))
    #expect(absolute == ExperimentLimit.Absolute(instructions: 350, nanoseconds: 3007))
    let endless = ExperimentLimit(factor: .max, instructions: .max).absolute(for: result(.completed))
    #expect(endless.instructions == .max && endless.nanoseconds == .max)
  }

  /// A digest is of all registers, and so is what is pushed; a crossing is known by the stack.
  @Test(
    arguments: [(.sync(cpu: 0, memory: 0), 0..<16), (.interrupt(vector: 32, instructionPointer: 0), 0..<16)]
      as [(EventPayload, Range<Int>)])
  func whoElseLooksAtRegisters(payload: EventPayload, registers: Range<Int>) {
    let readers = OtherReaders(hasSecrets: false)
    readers.record(Event(time: 9, instruction: 5, payload: payload))
    #expect(readers.reads.map(\.instruction) == [4, 5])
    #expect(readers.reads.map(\.registers) == [registers, registers])
  }

  @Test func instructionSets() {
    var set = InstructionSet()
    set.append(5..<8)
    set.append(8..<9)
    set.append(20..<22)
    set.append(30..<30)
    #expect(set.count == 6 && set.intervals == [5..<9, 20..<22] && set.hull == 5..<22)
    #expect((0..<6).map { set[$0] } == [5, 6, 7, 8, 20, 21])
  }
}
