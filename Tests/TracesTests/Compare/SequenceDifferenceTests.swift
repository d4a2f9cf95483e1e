import TestSupport
import Testing

@testable import Traces

/// The length of the longest common subsequence, the slow way.
private func commonLength(_ old: [UInt64], _ new: [UInt64]) -> Int {
  var row = Array(repeating: 0, count: new.count + 1)
  for element in old {
    var diagonal = 0
    for (index, other) in new.enumerated() {
      let above = row[index + 1]
      row[index + 1] = element == other ? diagonal + 1 : max(above, row[index])
      diagonal = above
    }
  }
  return row[new.count]
}

/// What is left of each where the changes are taken out; nil if they are not in order.
private func rest(_ old: [UInt64], _ new: [UInt64], _ changes: [SequenceDifference.Change]) -> ([UInt64], [UInt64])? {
  var (olds, news, oldAt, newAt): ([UInt64], [UInt64], Int, Int) = ([], [], 0, 0)
  for change in changes {
    guard change.old.lowerBound >= oldAt, change.new.lowerBound >= newAt, !change.old.isEmpty || !change.new.isEmpty
    else { return nil }
    olds += old[oldAt..<change.old.lowerBound]
    news += new[newAt..<change.new.lowerBound]
    (oldAt, newAt) = (change.old.upperBound, change.new.upperBound)
  }
  return (olds + old[oldAt...], news + new[newAt...])
}

private func random(_ count: Int, of alphabet: UInt64, _ generator: inout SeededGenerator) -> [UInt64] {
  (0..<count).map { _ in UInt64.random(in: 0..<alphabet, using: &generator) }
}

@Test func equalSequencesHaveNoChange() {
  #expect(SequenceDifference.changes(from: [], to: []) == [])
  #expect(SequenceDifference.changes(from: [1, 2, 3], to: [1, 2, 3]) == [])
}

@Test func aChangeIsFoundWhereItIs() {
  let changes = SequenceDifference.changes(from: [1, 2, 3, 4, 5], to: [1, 9, 3, 4, 7, 8, 5])
  #expect(changes == [.init(old: 1..<2, new: 1..<2), .init(old: 4..<4, new: 4..<6)])
  #expect(SequenceDifference.changes(from: [], to: [1, 2]) == [.init(old: 0..<0, new: 0..<2)])
  #expect(SequenceDifference.changes(from: [1, 2], to: []) == [.init(old: 0..<2, new: 0..<0)])
  #expect(SequenceDifference.changes(from: [1, 2], to: [3]) == [.init(old: 0..<2, new: 0..<1)])
}

@Test func noSmallerSetOfChangesExists() throws {
  let seed = UInt64.random(in: 0 ... .max)
  print("seed \(seed)")
  var generator = SeededGenerator(seed: seed)
  for _ in 0..<3_000 {
    let alphabet = UInt64.random(in: 1...6, using: &generator)
    let old = random(Int.random(in: 0...24, using: &generator), of: alphabet, &generator)
    let new = random(Int.random(in: 0...24, using: &generator), of: alphabet, &generator)
    let (olds, news) = try #require(rest(old, new, SequenceDifference.changes(from: old, to: new)), "\(old) \(new)")
    #expect(olds == news && olds.count == commonLength(old, new), "\(old) \(new)")
  }
}

@Test func aSearchThatIsCutOffStillFindsChangesThatFit() throws {
  let seed = UInt64.random(in: 0 ... .max)
  print("seed \(seed)")
  var generator = SeededGenerator(seed: seed)
  for costMax in [1, 2, 3, 10] {
    for _ in 0..<500 {
      let old = random(Int.random(in: 0...200, using: &generator), of: 4, &generator)
      let new = random(Int.random(in: 0...200, using: &generator), of: 4, &generator)
      let changes = SequenceDifference.changes(from: old, to: new, costMax: costMax)
      let (olds, news) = try #require(rest(old, new, changes))
      #expect(olds == news)
    }
  }
}

@Test func longSequencesWithLittleInCommonAreNoProblem() throws {
  var generator = SeededGenerator(seed: 1)
  let old = random(30_000, of: 3, &generator)
  let new = random(30_000, of: 3, &generator)
  let (olds, news) = try #require(rest(old, new, SequenceDifference.changes(from: old, to: new, costMax: 32)))
  #expect(olds == news && olds.count > 10_000)
  print("\(olds.count) of 30000 elements kept")
  let others = (0..<100_000 as Range<UInt64>).map { $0 + 10 }
  #expect(SequenceDifference.changes(from: old, to: others) == [.init(old: 0..<30_000, new: 0..<100_000)])
}
