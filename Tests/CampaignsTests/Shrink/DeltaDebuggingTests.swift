import SeededRandom
import Testing

@testable import Campaigns

/// Held against brute force: every part of a small list, and predicates of which nothing is known.
@Suite struct DeltaDebuggingTests {
  private static func mask(_ part: [Int]) -> Int { part.reduce(0) { $0 | 1 << $1 } }

  /// A table of random answers, in which the whole has the property.
  @Test func whateverThePropertyIsNoSingleElementCanBeTakenAway() {
    var generator = SeededGenerator(seed: 1)
    var sizes = Set<Int>()
    for round in 0..<4000 {
      let count = round % 9
      let share = Double(round % 7 + 1) / 8
      var table = (0..<1 << count).map { _ in Double.random(in: 0..<1, using: &generator) < share }
      table[table.count - 1] = true
      let part = DeltaDebugging.minimum(of: Array(0..<count)) { table[Self.mask($0)] }
      #expect(table[Self.mask(part)] && part == part.sorted())
      for element in part { #expect(!table[Self.mask(part) & ~(1 << element)], "round \(round): \(part)") }
      if table[0] { #expect(part.isEmpty) }
      sizes.insert(part.count)
    }
    #expect(sizes.count > 5, "parts of few sizes were found: \(sizes)")
  }

  /// What holds for a part holds for all that have it in them: the result is one of the smallest such parts.
  @Test func ofAMonotonePropertyTheResultIsAMinimalPart() {
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<2000 {
      let count = Int.random(in: 1...12, using: &generator)
      let causes = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
        Int.random(in: 1..<1 << count, using: &generator)
      }
      let minimal = causes.filter { cause in !causes.contains { $0 != cause && $0 & cause == $0 } }
      let part = DeltaDebugging.minimum(of: Array(0..<count)) { part in
        causes.contains { Self.mask(part) & $0 == $0 }
      }
      #expect(minimal.contains(Self.mask(part)), "\(causes): \(part)")
    }
  }

  /// The paper's bounds: about 2 log2 n questions for one cause, never more than n² + 3n and the one for nothing at all.
  @Test func questionsAreFew() {
    for cause in [0, 1, 511, 700, 1023] {
      var asked = 0
      let part = DeltaDebugging.minimum(of: Array(0..<1024)) { part in
        asked += 1
        return part.contains(cause)
      }
      #expect(part == [cause] && asked <= 1 + 2 * 10)
    }
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<200 {
      let count = Int.random(in: 1...30, using: &generator)
      var asked = 0
      _ = DeltaDebugging.minimum(of: Array(0..<count)) { _ in
        asked += 1
        return Bool.random(using: &generator)
      }
      #expect(asked <= count * count + 3 * count + 1)
    }
  }

  @Test func nothingComesOfNothing() {
    #expect(DeltaDebugging.minimum(of: [Int]()) { _ in false } == [])
    #expect(DeltaDebugging.minimum(of: [7]) { _ in false } == [7])
    #expect(DeltaDebugging.minimum(of: [7]) { _ in true } == [])
  }

  @Test func aNumberStopsWhereThePropertyBegins() {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<2000 {
      let target = UInt64.random(in: 0...100, using: &generator)
      let start = target + UInt64.random(in: 0...(1 << UInt64.random(in: 0...62, using: &generator)), using: &generator)
      let threshold = UInt64.random(in: 0...start, using: &generator)
      var asked = 0
      let found = DeltaDebugging.minimum(from: start, to: target) { number in
        asked += 1
        return number >= threshold
      }
      #expect(found == max(threshold, target) && asked <= 2 + 2 * 64)
    }
  }

  @Test func aNumberWithAnyPropertyHasAPredecessorWithoutIt() {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<2000 {
      var table = (0..<200).map { _ in Bool.random(using: &generator) }
      let start = Int.random(in: 0..<200, using: &generator)
      table[start] = true
      let target = Int.random(in: 0...start, using: &generator)
      let found = Int(DeltaDebugging.minimum(from: UInt64(start), to: UInt64(target)) { table[Int($0)] })
      #expect(table[found] && (target...start).contains(found))
      if found > target { #expect(!table[found - 1]) }
    }
    #expect(DeltaDebugging.minimum(from: 3, to: 9) { _ in true } == 3)
    #expect(DeltaDebugging.minimum(from: .max, to: 0) { $0 == .max } == .max)
  }
}
