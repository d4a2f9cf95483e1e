import SimEvents
import Testing

@testable import Campaigns
@testable import Scenarios

/// A result as a run has it, for models of runs.
func result(
  _ outcome: Outcome, _ reason: String = "", evidence: Evidence? = nil, unmet: [UnmetExpectation] = []
) -> RunResult {
  RunResult(
    scenario: "s", outcome: outcome, reason: reason, evidence: evidence, seed: 1, instructions: 100,
    virtualTimeNs: 1000, digest: "", console: ConsoleLines(showsInput: false).text,
    transcript: ConsoleLines(showsInput: true).text, events: [], unmet: unmet)
}

func evidence(
  _ rule: Rule?, _ text: String, at place: String? = "x.o+0xb", instruction: UInt64 = 7,
  actor: Actor = .extension("x.o")
) -> Evidence {
  Evidence(
    rule: rule, event: instruction + 1, time: instruction + 2, instruction: instruction,
    instructionPointer: instruction + 3, place: place, actor: actor, text: text)
}

@Suite struct FailureSignatureTests {
  private func signature(_ evidence: Evidence, _ reason: String = "") -> FailureSignature? {
    FailureSignature(result(.escaped, reason, evidence: evidence))
  }

  @Test func timesAddressesAndValuesAreNoPartOfIt() {
    let one = signature(evidence(.stores, "count is written, 2 becomes 666", at: "x.o+0xb", instruction: 7), "a 1")
    let other = signature(evidence(.stores, "count is written, 0 becomes 0x29a", at: "x.o", instruction: 9), "b 2")
    #expect(one != nil && one == other)
  }

  @Test func whoWhereAndWhatAreApart() {
    let all = [
      evidence(.stores, "count is written, 2 becomes 666"), evidence(.stores, "secret is written, 2 becomes 666"),
      evidence(.rights, "count is written, 2 becomes 666"),
      evidence(.stores, "count is written, 2 becomes 666", at: "y.o+0xb"),
      evidence(.stores, "count is written, 2 becomes 666", at: nil),
      evidence(.stores, "count is written, 2 becomes 666", actor: .gate(of: "x.o")),
      evidence(nil, "stopped by exception 14"), evidence(nil, "stopped by exception 13"),
    ].map { signature($0) }
    #expect(Set(all).count == all.count)
    #expect(signature(evidence(nil, "refused"), "refused: a.o") != signature(evidence(nil, "refused"), "refused: b.o"))
  }

  /// How many were stopped besides, and whether the application went on, depends on how long the script is.
  @Test func ofWhatWasStoppedTheFirstCounts() {
    let one = evidence(nil, "stopped by exception 14")
    #expect(
      signature(one, "x.o key-fault at=0x8000000b address=0x138000 (and 2 more); the application went on")
        == signature(one, "x.o key-fault at=0x8000001b address=0x138008; the application went on"))
    #expect(signature(one, "x.o key-fault at=0x1") != signature(one, "x.o page-fault at=0x1"))
  }

  /// All panics end at the same place of the handler: where the exception came from tells them apart.
  @Test func panicsOfDifferentPlacesAreApart() {
    let panic = evidence(.availability, "panic: page fault", at: "port_write_bytes+0xe", actor: .handler)
    func signature(_ vector: UInt8, _ place: String?, _ evidence: Evidence = panic) -> FailureSignature? {
      FailureSignature(result(.crashed, evidence: evidence), exception: RaisedException(vector: vector, place: place))
    }
    #expect(signature(14, "set_count+0x4") == signature(14, "set_count"))
    let apart = [
      signature(14, "set_count"), signature(14, "printf+0x8"), signature(13, "set_count"), signature(14, nil),
    ]
    #expect(Set(apart).count == apart.count)
    #expect(apart[0]?.cause.line.hasSuffix("for exception 14 in set_count") == true)
    #expect(apart[0]?.json.text.contains(#""exception":"exception 14 in set_count""#) == true)
    // What the unikernel finds wrong itself, and what the oracle finds, comes from no exception.
    for other in [
      evidence(.availability, "panic: no memory", actor: .unikernel), evidence(.stores, "count is written"),
    ] {
      #expect(signature(14, "set_count", other) == signature(13, "printf", other))
    }
  }

  @Test func numbersInNamesStay() {
    #expect("cr4 was 0x20 and becomes 35, after 60s of x_2".withoutNumbers == "cr4 was … and becomes …, after … of x_2")
    #expect("".withoutNumbers.isEmpty && "7".withoutNumbers == "…" && "a7 7".withoutNumbers == "a7 …")
  }

  @Test func anUnexpectedOutcomeHasItsConsequences() throws {
    let consequences: [UnmetExpectation] = [
      .init("outcome: expected completed, got crashed", subject: UnmetExpectation.outcome), .init("no console showed"),
    ]
    let crashed = try #require(FailureSignature(result(.crashed, "panic", unmet: consequences)))
    #expect(crashed.unmet == [UnmetExpectation.outcome])
    let unmet = try #require(FailureSignature(result(.completed, "it ran", unmet: [consequences[1], .init("a")])))
    #expect(unmet.unmet == ["a", "no console showed"])
    #expect(FailureSignature(result(.completed)) == nil)
    #expect(FailureSignature(result(.contained))?.unmet == [])
  }
}
