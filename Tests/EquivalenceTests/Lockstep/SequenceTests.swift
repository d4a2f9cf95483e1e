import Foundation
import OutputFiles
import Scenarios
import Testing

@testable import Equivalence

private let seed: UInt64 = 20_260

/// So many sequences are compared with the host's processor; SEQUENCES in the environment asks for more.
private let count: UInt64 =
  ProcessInfo.processInfo.environment["SEQUENCES"].flatMap { UInt64($0) } ?? 20_000

@Test(.enabled(if: isKVMUsable)) func generatedSequencesEndAlikeOnTheHostsProcessor() throws {
  let report = try SequenceCheck().run(seed: seed, count: count)
  print(report.text())
  #expect(report.passed)
  #expect(report.sequences == count)
  #expect(report.exceptions > count)
}

@Test func twoSimulatorsAgree() throws {
  let report = try makeCheck().run(seed: seed, count: 300)
  print(report.text())
  #expect(report.passed)
  #expect(report.stepped > 0)
  #expect(Set(report.digests).count > 290)
}

@Test func aSeedAlwaysGivesTheSameSequences() throws {
  let first = (0..<50).map { SequenceCheck.sequence(seed: 5, index: $0) }
  #expect(first == (0..<50).map { SequenceCheck.sequence(seed: 5, index: $0) })
  #expect(first != (0..<50).map { SequenceCheck.sequence(seed: 6, index: $0) })
  #expect(try makeCheck().run(seed: 5, count: 50).digests == makeCheck().run(seed: 5, count: 50).digests)
}

@Test(arguments: [
  (SecondSimulator.Error.errorCode, "memory at 0x9fd0"), (.carry, "rflags"), (.segment, "fs.base"),
])
func aPlantedErrorIsFoundAndShrunk(error: SecondSimulator.Error, sign: String) throws {
  let report = try makeCheck(planting: error).run(seed: seed, count: 600)
  let first = try #require(report.disagreements.first)
  print("\(error): found in sequence \(first.index), shrunk to \(first.sequence.listing), \(first.items.first ?? "")")
  #expect(first.sequence.slots.count <= 3)
  #expect(first.items.contains { $0.contains(sign) })
}

@Test func aDisagreementIsFiledAndShowsItselfAgain() throws {
  let check = try makeCheck(planting: .carry)
  let first = try #require(check.run(seed: seed, count: 600).disagreements.first)
  let folder = FileManager.default.temporaryDirectory.appending(path: "sequences-\(UUID())").path
  defer { try? FileManager.default.removeItem(atPath: folder) }
  let path = try SequenceFile(seed: seed, first).write(into: folder)
  let read = try SequenceFile.sequence(path: path)
  #expect(read == first.sequence)
  #expect(check.differs(read) != nil)
  #expect(try makeCheck().differs(read) == nil)
}

@Test(arguments: [
  "", "{}", "[1]", #"{"kind": "x"}"#,
  #"{"kind":"uio-lockstep-sequence","seed":1,"index":1,"memorySeed":1,"privilege":1,"flags":2,"registers":[],"slots":[],"differences":[]}"#,
  #"{"kind":"uio-lockstep-sequence","seed":1,"index":1,"memorySeed":1,"privilege":0,"flags":2,"registers":["7"],"slots":[],"differences":[]}"#,
  #"{"kind":"uio-lockstep-sequence","seed":1,"index":1,"memorySeed":1,"privilege":0,"flags":2,"registers":[],"slots":["90 xx"],"differences":[]}"#,
])
func aFileThatIsNoSequenceIsRefused(text: String) throws {
  let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).sequence.json").path
  defer { try? FileManager.default.removeItem(atPath: path) }
  try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  #expect(throws: OutputError.self) { try SequenceFile.sequence(path: path) }
  #expect(throws: OutputError.self) { try SequenceFile.sequence(path: path + ".gone") }
}
