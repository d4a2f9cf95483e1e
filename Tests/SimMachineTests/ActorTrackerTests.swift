import SimEvents
import TestSupport
import Testing

@testable import GuestOS
@testable import SimMachine

/// Addresses of a made-up image: interrupts at 0x1000, gates at 0x2000, the rest of its code from 0x3000.
private enum Place {
  static let stub: UInt64 = 0x1010
  static let enter: UInt64 = 0x2000
  static let returned: UInt64 = 0x2020
  static let abort: UInt64 = 0x2030
  static let puts: UInt64 = 0x2100
  static let putsReturn: UInt64 = 0x2120
  static let open: UInt64 = 0x2200
  static let close: UInt64 = 0x2220
  static let switches: UInt64 = 0x2300
  static let interruptGate: UInt64 = 0x2380
  static let interruptGateReturn: UInt64 = 0x23a0
  static let probe: UInt64 = 0x2400
  static let probeReturn: UInt64 = 0x2420
  static let hostPuts: UInt64 = 0x3100
  static let dispatch: UInt64 = 0x3200
  static let probeDispatch: UInt64 = 0x3300
  static let unikernel: UInt64 = 0x3400
  static let rogue: UInt64 = 0x8000_0000
}

private let table: GateTable = {
  let records: [(UInt64, UInt64, UInt64)] = [
    (3, 0x1000, 0x9000), (1, 0x1000, 0x2000), (2, 0x2000, 0x3000), (4, Place.enter, Place.returned),
    (5, Place.abort, 0), (6, Place.puts, Place.hostPuts), (7, Place.puts, Place.putsReturn), (8, Place.open, 0),
    (9, Place.close, 0), (11, Place.dispatch, 0), (12, Place.switches, 0), (6, Place.probe, Place.probeDispatch),
    (7, Place.probe, Place.probeReturn), (13, 0x3800, 0x3900), (6, Place.interruptGate, Place.hostPuts),
    (7, Place.interruptGate, Place.interruptGateReturn), (21, Place.interruptGate, 0),
  ]
  let bytes = records.flatMap { record in
    [record.0, record.1, record.2].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
  }
  guard let table = GateTable(bytes[...]) else { fatalError("the sample is no table") }
  return table
}()

private let gates = GateMap(table)

private func regionOfCode(at address: UInt64) -> CodeRegion {
  if gates.interrupts.contains(address) { return .interrupts }
  if gates.gates.contains(address) { return .gates }
  return table.text.contains(address) ? .text : .outside
}

extension ActorTracker {
  /// Goes to an address as the processor does: a change of region is told, anything else is not.
  @discardableResult
  fileprivate mutating func go(_ address: UInt64, stack: UInt64 = 0, next: UInt64 = 0) -> [Change] {
    let reached = regionOfCode(at: address)
    guard reached != region else { return [] }
    return cross(to: reached, at: address, stackPointer: stack, nextStack: next, gates: gates).inOrder
  }

  fileprivate mutating func interrupt(at address: UInt64) -> [Change] { deliver(at: address).inOrder }

  fileprivate mutating func enterRogue() {
    note(.domainEntered(name: "rogue.o"))
    go(Place.enter)
    go(Place.rogue)
  }
}

extension ActorTracker.Changes {
  fileprivate var inOrder: [ActorTracker.Change] { [first, second].compactMap { $0 } }
}

@Suite struct ActorTrackerTests {
  private let rogue = Actor.extension("rogue.o")

  @Test func anExtensionIsEnteredAndComesBack() {
    var tracker = ActorTracker()
    #expect(tracker.actor == .unikernel)
    tracker.note(.domainEntered(name: "rogue.o"))
    #expect(tracker.go(Place.enter).isEmpty && tracker.actor == .unikernel)
    #expect(tracker.go(Place.rogue) == [.init(how: .enter, from: .unikernel, to: rogue)])
    #expect(tracker.go(Place.returned) == [.init(how: .leave, from: rogue, to: .unikernel)])
    tracker.go(Place.unikernel)
    #expect(tracker.frames.isEmpty)
  }

  @Test func aGateEnteredAtItsEntryActsForTheExtension() {
    var tracker = ActorTracker()
    tracker.enterRogue()
    #expect(tracker.go(Place.puts).map(\.how) == [.gate] && tracker.actor == .gate(of: "rogue.o"))
    #expect(tracker.go(Place.hostPuts).isEmpty && tracker.actor == .hostFunction(of: "rogue.o"))
    #expect(tracker.go(Place.putsReturn).isEmpty && tracker.actor == .gate(of: "rogue.o"))
    #expect(tracker.go(Place.rogue + 5).map(\.how) == [.back] && tracker.actor == rogue)
  }

  /// A compiler makes a jump of a call that is the last thing that a function does: then the gate returns for the extension.
  @Test func aGateThatIsTailCalledReturnsForTheExtension() {
    var tracker = ActorTracker()
    tracker.enterRogue()
    tracker.go(Place.puts)
    #expect(tracker.comeBack(to: Place.returned + 1, gates: gates).isEmpty, "no place to come back to")
    #expect(
      tracker.comeBack(to: Place.returned, gates: gates).inOrder == [
        .init(how: .back, from: .gate(of: "rogue.o"), to: rogue), .init(how: .leave, from: rogue, to: .unikernel),
      ])
    #expect(tracker.comeBack(to: Place.returned, gates: gates).isEmpty, "it is back")
    tracker.go(Place.unikernel)
    #expect(tracker.frames.isEmpty)
  }

  @Test func aGateThatIsEnteredByAnInterruptIsNoHandler() {
    var tracker = ActorTracker()
    tracker.enterRogue()
    #expect(tracker.interrupt(at: Place.rogue + 8).map(\.how) == [.interrupt] && tracker.actor == .handler)
    #expect(tracker.go(Place.interruptGate).map(\.how) == [.gate] && tracker.actor == .gate(of: "rogue.o"))
    #expect(tracker.go(Place.hostPuts).isEmpty && tracker.actor == .hostFunction(of: "rogue.o"))
    #expect(tracker.go(Place.interruptGateReturn).isEmpty && tracker.actor == .gate(of: "rogue.o"))
    #expect(tracker.go(Place.rogue + 9).map(\.how) == [.back] && tracker.actor == rogue)
  }

  /// Whoever writes another gate's address into the interrupt descriptor table is no gate.
  @Test func anotherGateThatAnInterruptLeadsToIsAHandler() {
    var tracker = ActorTracker()
    tracker.enterRogue()
    _ = tracker.interrupt(at: Place.rogue + 8)
    #expect(tracker.go(Place.puts).isEmpty && tracker.actor == .handler)
  }

  @Test func onlyAGateOfTheExtensionsOwnReturnsForIt() {
    var tracker = ActorTracker()
    #expect(tracker.comeBack(to: Place.returned, gates: gates).isEmpty)
    tracker.enterRogue()
    #expect(tracker.comeBack(to: Place.returned, gates: gates).isEmpty && tracker.actor == rogue)
    tracker.go(Place.puts)
    tracker.go(Place.hostPuts)
    #expect(tracker.comeBack(to: Place.returned, gates: gates).isEmpty, "a function is under way")
    #expect(tracker.actor == .hostFunction(of: "rogue.o"))
  }

  @Test(arguments: [
    Place.puts + 1, Place.open + 8, Place.enter, Place.enter + 4, Place.abort, Place.putsReturn, Place.stub,
  ])
  func whoJumpsIntoTheMiddleStaysWhoTheyAre(_ address: UInt64) {
    var tracker = ActorTracker()
    tracker.enterRogue()
    #expect(tracker.go(address).isEmpty && tracker.actor == rogue)
    #expect(
      tracker.go(Place.unikernel).isEmpty && tracker.actor == rogue, "the unikernel's code, in the extension's hands")
  }

  @Test func aGateThatRunsInAnothersCodeIsInTheExtensionsHands() {
    var tracker = ActorTracker()
    tracker.enterRogue()
    tracker.go(Place.puts)
    #expect(tracker.actor(at: Place.puts + 8, gates) == .gate(of: "rogue.o"))
    // A forged stack lets its return lead on inside the gates' page, which no change of region tells.
    #expect(tracker.actor(at: Place.open + 8, gates) == rogue)
    #expect(tracker.actor(at: Place.stub, gates) == rogue)
  }

  @Test func aHandlerThatGoesOnElsewhereIsTold() {
    var tracker = ActorTracker()
    tracker.enterRogue()
    // Interrupted in the interrupts' own page, into which it had jumped.
    tracker.go(Place.stub + 0x100)
    _ = tracker.deliver(at: Place.stub + 0x104)
    #expect(tracker.go(Place.rogue + 0x40) == [.init(how: .resume, from: .handler, to: rogue)])
  }

  @Test func theApplicationsCodeIsTheApplicationUnlessAnExtensionIsUnderWay() {
    var tracker = ActorTracker()
    #expect(tracker.actor(at: 0x3810, gates) == .application)
    #expect(tracker.actor(at: 0x3900, gates) == .unikernel && tracker.actor(at: 0x37ff, gates) == .unikernel)
    tracker.enterRogue()
    #expect(tracker.actor(at: 0x3810, gates) == rogue)
  }

  @Test func whoIsInterruptedOnTheWayArrivesAfterwards() {
    var tracker = ActorTracker()
    tracker.enterRogue()
    // The CALL has been executed, the gate's first instruction has not.
    _ = tracker.deliver(at: Place.puts)
    tracker.go(Place.stub)
    #expect(tracker.go(Place.puts).map(\.how) == [.resume, .gate] && tracker.actor == .gate(of: "rogue.o"))
    tracker.go(Place.hostPuts)
    tracker.go(Place.putsReturn)
    // And likewise the gate's return.
    _ = tracker.deliver(at: Place.rogue + 5)
    tracker.go(Place.stub)
    #expect(tracker.go(Place.rogue + 5).map(\.how) == [.resume, .back] && tracker.actor == rogue)
    // In the gate's own code nothing is left to do.
    tracker.go(Place.puts)
    _ = tracker.deliver(at: Place.puts + 4)
    tracker.go(Place.stub)
    #expect(tracker.go(Place.puts + 4).map(\.how) == [.resume] && tracker.actor == .gate(of: "rogue.o"))
  }

  @Test func anExtensionRoamsUntilSomethingComesInBetween() {
    var tracker = ActorTracker()
    #expect(!tracker.mayRoam)
    tracker.enterRogue()
    #expect(tracker.mayRoam)
    tracker.go(Place.unikernel)
    #expect(tracker.mayRoam && tracker.actor == rogue)
    _ = tracker.deliver(at: Place.unikernel)
    #expect(!tracker.mayRoam)
    tracker.go(Place.stub)
    tracker.go(Place.unikernel)
    #expect(tracker.mayRoam && tracker.actor == rogue)
    tracker.go(Place.puts)
    #expect(!tracker.mayRoam)
    tracker.go(Place.hostPuts)
    #expect(!tracker.mayRoam)
  }

  @Test func namesThatNobodyHasAreForgotten() {
    var tracker = ActorTracker()
    for number in 0..<2 * ActorTracker.namesMax {
      tracker.note(.domainEntered(name: "\(number).o"))
      tracker.go(Place.enter)
      tracker.go(Place.rogue)
      #expect(tracker.actor == .extension("\(number).o") && tracker.isPossible)
      tracker.go(Place.returned)
      tracker.go(Place.unikernel)
    }
  }

  @Test func aWindowIsOpenedByItsGateOnly() {
    var tracker = ActorTracker()
    tracker.enterRogue()
    tracker.go(Place.open + 8)
    tracker.go(Place.rogue)
    #expect(!tracker.mayWrite)
    #expect(tracker.go(Place.open).map(\.how) == [.open])
    tracker.go(Place.rogue)
    #expect(tracker.mayWrite)
    #expect(tracker.go(Place.close).map(\.how) == [.close])
    tracker.go(Place.rogue)
    #expect(!tracker.mayWrite)
  }

  @Test func aHandlerComesAndGoes() {
    var tracker = ActorTracker()
    tracker.enterRogue()
    #expect(tracker.interrupt(at: Place.rogue + 9).map(\.how) == [.interrupt])
    #expect(tracker.actor == .handler && tracker.interrupted == rogue)
    #expect(tracker.go(Place.stub).isEmpty)
    #expect(tracker.go(Place.dispatch).isEmpty && tracker.actor == .handler)
    tracker.go(Place.stub + 0x40)
    #expect(tracker.go(Place.rogue + 9) == [.init(how: .resume, from: .handler, to: rogue)])
    // INT's handler returns behind it.
    _ = tracker.deliver(at: Place.rogue + 9)
    tracker.go(Place.stub)
    tracker.go(Place.rogue + 11)
    #expect(tracker.actor == rogue && tracker.frames.count == 2)
  }

  @Test func aHandlerThatEndsAnExtensionGivesControlBack() {
    for gate in [false, true] {
      var tracker = ActorTracker()
      tracker.enterRogue()
      if gate { tracker.go(Place.puts) }
      _ = tracker.deliver(at: gate ? Place.puts + 3 : Place.rogue)
      tracker.go(Place.stub)
      #expect(tracker.go(Place.abort) == [.init(how: .abort, from: rogue, to: .unikernel)])
      tracker.go(Place.unikernel)
      #expect(tracker.frames.isEmpty)
    }
  }

  /// The stack of an extension may be out of reach for the call that lets it run.
  @Test func aCallThatFaultsEndsNobodyElse() {
    for isTraced in [false, true] {
      var tracker = ActorTracker()
      if isTraced {
        tracker.enterRogue()
        tracker.go(Place.puts)
        tracker.go(Place.hostPuts)
      }
      let actor = tracker.actor
      tracker.go(Place.enter)
      _ = tracker.deliver(at: Place.enter + 3)
      tracker.go(Place.stub)
      #expect(tracker.go(Place.abort).isEmpty)
      tracker.go(isTraced ? Place.hostPuts + 1 : Place.unikernel)
      #expect(tracker.actor == actor && tracker.frames.isEmpty == !isTraced)
    }
  }

  @Test func anExtensionThatJumpsToItsEndHasNotEnded() {
    var tracker = ActorTracker()
    tracker.enterRogue()
    #expect(tracker.go(Place.abort).isEmpty && tracker.actor == rogue)
  }

  @Test func deliveriesThatFailLeaveNothingBehind() {
    var tracker = ActorTracker()
    tracker.enterRogue()
    // A page fault whose delivery faults, and the double fault that is delivered instead.
    _ = tracker.deliver(at: Place.rogue + 3)
    _ = tracker.deliver(at: Place.rogue + 3)
    tracker.go(Place.stub)
    tracker.go(Place.rogue + 3)
    #expect(tracker.actor == rogue)
    // One handler interrupts another, which goes on unseen, in its own region.
    _ = tracker.deliver(at: Place.rogue + 3)
    tracker.go(Place.stub)
    _ = tracker.deliver(at: Place.stub + 4)
    tracker.go(Place.rogue + 3)
    #expect(tracker.actor == rogue && tracker.frames.count == 2)
  }

  @Test func codeThatNoGateEnteredIsAnExtensionAllTheSame() {
    var tracker = ActorTracker()
    tracker.note(.loaded(name: "rogue.o", base: Place.rogue, size: 0x1000))
    #expect(tracker.go(Place.rogue + 0x10) == [.init(how: .ungated, from: .unikernel, to: rogue)])
    var handler = ActorTracker()
    _ = handler.deliver(at: Place.unikernel)
    handler.go(Place.stub)
    handler.go(Place.dispatch)
    #expect(handler.go(Place.rogue).map(\.how) == [.ungated] && handler.actor.isExtension)
  }

  @Test func threadsKeepWhoTheyAre() {
    var tracker = ActorTracker()
    tracker.enterRogue()
    tracker.go(Place.puts)
    tracker.go(Place.hostPuts)
    // The function waits; another thread, which has no extension, goes on and comes back.
    tracker.go(Place.switches, stack: 0x7030, next: 0x6000)
    #expect(tracker.actor == .unikernel && tracker.waiting.count == 1)
    tracker.go(Place.unikernel)
    tracker.go(Place.switches, stack: 0x6030, next: 0x7000)
    tracker.go(Place.hostPuts)
    #expect(tracker.actor == .hostFunction(of: "rogue.o") && tracker.waiting.isEmpty)
    // An extension that says of a stack that it is a thread's stays who it is.
    tracker.go(Place.putsReturn)
    tracker.go(Place.rogue)
    tracker.go(Place.switches, stack: 0x7030, next: 0x1234)
    #expect(tracker.actor == rogue)
  }

  @Test func aTracedProgramRunsInBetween() {
    var tracker = ActorTracker()
    #expect(tracker.go(Place.probe).isEmpty)
    tracker.go(Place.probeDispatch)
    tracker.go(Place.enter)
    #expect(
      tracker.go(Place.unikernel).map(\.how) == [.enter], "interpreted: the unikernel's code with the overlay's rights")
    #expect(tracker.actor == .extension("a traced program"))
    #expect(tracker.go(Place.returned).map(\.how) == [.leave])
    tracker.go(Place.unikernel)
    tracker.go(Place.probeReturn)
    tracker.go(Place.unikernel)
    #expect(tracker.frames.isEmpty)
  }

  @Test func whateverComesTheTrackerStaysPossible() {
    var random = SeededGenerator(seed: 11)
    let places: [UInt64] = [
      Place.stub, Place.enter, Place.returned, Place.abort, Place.puts, Place.putsReturn, Place.open, Place.close,
      Place.switches, Place.interruptGate, Place.probe, Place.probeReturn, Place.hostPuts, Place.dispatch,
      Place.unikernel, Place.rogue,
    ]
    for _ in 0..<200 {
      var tracker = ActorTracker()
      for _ in 0..<500 {
        let place = places.randomElement(using: &random) ?? 0
        if Bool.random(using: &random) { _ = tracker.deliver(at: place) }
        tracker.go(
          place, stack: UInt64.random(in: 0...3, using: &random) << 12,
          next: UInt64.random(in: 0...3, using: &random) << 12)
        #expect(tracker.isPossible)
        #expect(tracker.region != .outside || tracker.actor.isExtension || tracker.actor == .handler)
      }
    }
  }
}
