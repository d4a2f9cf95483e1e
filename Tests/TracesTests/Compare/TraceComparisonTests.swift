import SimEvents
import TestSupport
import Testing

@testable import Traces

private func side(_ events: [Event], image: [UInt8] = [1, 2, 3]) throws -> ComparedTrace {
  try ComparedTrace(TraceReader(bytes: sampleTrace(events, image: image)), name: "sample", images: ImageStore([]))
}

/// Compares `sampleEvents(100)`, changed by `change`, with what it was.
private func compare(
  _ closeness: Closeness? = nil, selection: EventSelection = EventSelection(), _ change: (inout [Event]) -> Void
) throws -> TraceComparison {
  let events = sampleEvents(100)
  var other = events
  change(&other)
  return try TraceComparison(side(events), side(other), selection: selection, closeness: closeness)
}

@Test func aTraceIsTheSameAsItself() throws {
  let comparison = try compare { _ in }
  #expect(comparison.isSame && comparison.closeness == .exact && comparison.equalCount == 100)
  #expect(comparison.text().contains("same: 100 events"))
}

@Test func theFirstDifferentEventIsNamedWithItsFieldsAndTenBefore() throws {
  let comparison = try compare { events in
    events[52].payload = .pkruWrite(old: 4, new: 99, instructionPointer: 0x10_0000 + 52)
    events[80].payload = .guest(name: "x", detail: "")
  }
  let first = try #require(comparison.first)
  #expect(first.pair.old?.number == 52 && first.pair.new?.number == 52)
  #expect(first.fields == ["new"] && first.onlyOld == 1 && first.onlyNew == 1)
  #expect(first.before.map { $0.old?.number } == Array(42..<52))
  #expect(comparison.text().contains("new: 0x34 in A, 0x63 in B"))
}

@Test func eventsInOneTraceOnlyAreCounted() throws {
  let inserted = try compare(.aligned) { events in
    events.insert(
      contentsOf: Array(repeating: Event(time: 1, instruction: 1, payload: .debugExit(value: 1)), count: 3), at: 10)
  }
  #expect(inserted.first?.onlyOld == 0 && inserted.first?.onlyNew == 3)
  #expect(inserted.first?.pair.old?.number == 10 && inserted.first?.pair.new?.number == 10)
  let removed = try compare(.aligned) { $0.removeSubrange(20..<22) }
  #expect(removed.first?.onlyOld == 2 && removed.first?.onlyNew == 0)
}

@Test func aTraceThatEndsEarlierIsDifferent() throws {
  let comparison = try compare { $0.removeLast() }
  #expect(comparison.first?.pair.old?.number == 99 && comparison.first?.pair.new == nil)
  #expect(comparison.text().contains("no further event"))
}

@Test func timesCountInAnExactComparisonOnly() throws {
  let change: (inout [Event]) -> Void = { events in for index in 30..<100 { events[index].time += 5 } }
  let exact = try compare(.exact, change)
  #expect(exact.first?.pair.old?.number == 30 && exact.first?.fields == ["time"])
  let aligned = try compare(.aligned, change)
  #expect(aligned.isSame && aligned.shift?.pair.old?.number == 30)
  #expect(aligned.text().contains("their times or places differ from here on"))
}

@Test func digestsOfTheStateCountOnlyIfAskedForWhereTheInputsDiffer() throws {
  let change: (inout [Event]) -> Void = { $0[3].payload = .sync(cpu: 5, memory: 3) }
  #expect(try compare(.aligned, change).isSame)
  #expect(try compare(nil, change).first?.fields == ["cpu"])
  let registers = try EventSelection(projected: ["registers"], ignored: [])
  #expect(try compare(.aligned, selection: registers, change).first?.fields == ["cpu"])
  let memory = try EventSelection(projected: ["memory"], ignored: [])
  #expect(try compare(.aligned, selection: memory, change).isSame)
}

@Test func whatDependsOnTimeDoesNotCountInAnAlignedComparison() throws {
  let pairs: [(EventPayload, EventPayload, Bool)] = [
    (.halt(until: 1), .halt(until: 2), true),
    (.interrupt(vector: 1, instructionPointer: 1), .interrupt(vector: 1, instructionPointer: 2), true),
    (.interrupt(vector: 1, instructionPointer: 1), .interrupt(vector: 2, instructionPointer: 1), false),
    (
      .mmioAccess(address: 0xfee0_0390, size: 4, value: 1, isWrite: false),
      .mmioAccess(address: 0xfee0_0390, size: 4, value: 2, isWrite: false), true
    ),
    (
      .mmioAccess(address: 0xfee0_00b0, size: 4, value: 1, isWrite: true),
      .mmioAccess(address: 0xfee0_00b0, size: 4, value: 2, isWrite: true), false
    ),
    (
      .mmioAccess(address: 0xfeb0_0080, size: 4, value: 1, isWrite: true),
      .mmioAccess(address: 0xfeb0_0080, size: 4, value: 2, isWrite: true), false
    ),
  ]
  for (old, new, isSame) in pairs {
    let comparison = try TraceComparison(
      side([Event(time: 0, instruction: 0, payload: old)]), side([Event(time: 0, instruction: 0, payload: new)]),
      closeness: .aligned)
    #expect(comparison.isSame == isSame, "\(old)")
  }
}

@Test func whereAnotherImagePutsThingsDoesNotCount() throws {
  func isSame(_ old: EventPayload, _ new: EventPayload) throws -> Bool {
    let comparison = try TraceComparison(
      side([Event(time: 0, instruction: 0, payload: old)]),
      side([Event(time: 0, instruction: 0, payload: new)], image: [4, 5, 6]))
    #expect(comparison.closeness == .aligned && comparison.inputs.map(\.what) == ["image"])
    return comparison.isSame
  }
  #expect(
    try isSame(
      .mmioAccess(address: 0xfeb0_0280, size: 4, value: 0x1000, isWrite: true),
      .mmioAccess(address: 0xfeb0_0280, size: 4, value: 0x2000, isWrite: true)))
  #expect(
    try isSame(
      .controlRegisterWrite(register: "cr3", old: 0, new: 0x1000, instructionPointer: 0x10),
      .controlRegisterWrite(register: "cr3", old: 0, new: 0x2000, instructionPointer: 0x20)))
  #expect(
    try !isSame(
      .controlRegisterWrite(register: "cr4", old: 0, new: 0x1000, instructionPointer: 0x10),
      .controlRegisterWrite(register: "cr4", old: 0, new: 0x2000, instructionPointer: 0x20)))
}

@Test func whatIsLeftOutMakesNoDifference() throws {
  let change: (inout [Event]) -> Void = { $0[5].payload = .guest(name: "thread", detail: "other") }
  #expect(try !compare(nil, change).isSame)
  #expect(try compare(selection: EventSelection(projected: [], ignored: ["guest"]), change).isSame)
  #expect(try compare(selection: EventSelection(projected: ["console"], ignored: []), change).equalCount == 25)
}

@Test func aDifferenceThatDoesNotEndIsFollowedForAWhileOnly() throws {
  let old = sampleEvents(10_000)
  let new = old.map { Event(time: $0.time, instruction: $0.instruction, payload: .debugExit(value: 1)) }
  let comparison = try TraceComparison(side(old), side(new))
  let first = try #require(comparison.first)
  #expect(first.isCutOff && first.onlyOld == TraceComparison.windowCount + 1)
  #expect(comparison.text().contains("at least"))
}

@Test func theListingOfAllDifferencesRebuildsBothTraces() throws {
  let seed = UInt64.random(in: 0 ... .max)
  print("seed \(seed)")
  var generator = SeededGenerator(seed: seed)
  for _ in 0..<50 {
    func some() -> [Event] {
      (0..<Int.random(in: 0...60, using: &generator)).map { index in
        Event(time: 0, instruction: 0, payload: .debugExit(value: UInt32.random(in: 0...3, using: &generator)))
      }
    }
    let (old, new) = (some(), some())
    let comparison = try TraceComparison(side(old), side(new))
    var (olds, news) = ([UInt64: Event](), [UInt64: Event]())
    var same: [(UInt64, UInt64)] = []
    var announced = (0, 0)
    try comparison.listChanges { change in
      switch change {
      case .hunk(_, let oldCount, _, let newCount): announced = (announced.0 + oldCount, announced.1 + newCount)
      case .onlyOld(let event): olds[event.number] = event.event
      case .onlyNew(let event): news[event.number] = event.event
      case .same(let pair):
        if let old = pair.old, let new = pair.new {
          #expect(old.event == new.event)
          same.append((old.number, new.number))
        }
      }
    }
    let oldKept = old.indices.filter { olds[UInt64($0)] == nil }
    let newKept = new.indices.filter { news[UInt64($0)] == nil }
    #expect(oldKept.map { old[$0] } == newKept.map { new[$0] })
    #expect(announced == (olds.count + same.count, news.count + same.count))
    #expect(comparison.isSame == (olds.isEmpty && news.isEmpty))
  }
}

@Test func theListingShowsThreeEventsAroundAChange() throws {
  let comparison = try compare { $0[50].payload = .debugExit(value: 1) }
  var lines: [String] = []
  let counts = try comparison.listChanges { lines.append(comparison.text($0)) }
  #expect(lines.count == 9 && lines[0] == "@@ -47,7 +47,7 @@")
  #expect(lines.map { $0.first } == ["@", " ", " ", " ", "-", "+", " ", " ", " "])
  #expect(counts.onlyOld == 1 && counts.onlyNew == 1 && counts.same == 99)
}

@Test func aListingOfTooManyEventsIsRefusedWithTheMend() throws {
  let comparison = try compare { $0.removeLast() }
  #expect { try comparison.listChanges(max: 99) { _ in } } throws: { "\($0)".contains("choose some with --project") }
  try comparison.listChanges(max: 100) { _ in }
}
