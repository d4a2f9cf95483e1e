import SimEvents
import Testing

@Suite struct EventKindTests {
  @Test func theSampleHasEveryKindOnce() {
    #expect(samplePayloads.map(\.kind) == EventKind.allCases)
  }

  @Test func namesAreThoseOfTheCasesAndFindTheirKind() {
    for payload in samplePayloads {
      #expect(String("\(payload)".prefix { $0 != "(" }) == payload.kind.name)
      #expect(EventKind(name: payload.kind.name) == payload.kind)
    }
    #expect(EventKind(name: "consoleoutput") == nil)
  }

  @Test func rawValuesNeverChange() {
    #expect(EventKind.allCases.map(\.rawValue) == Array(1...28))
  }

  /// The labels of the case, as reflection knows them, in their order.
  @Test func fieldsAreNamedAsDeclared() throws {
    for payload in samplePayloads {
      let associated = try #require(Mirror(reflecting: payload).children.first).value
      let labels = Mirror(reflecting: associated).children.map { $0.label ?? "" }
      let isTuple = Mirror(reflecting: associated).displayStyle == .tuple
      if isTuple { #expect(payload.fields.map(\.name) == labels, "\(payload.kind)") }
      #expect(payload.fields.count == (isTuple ? labels.count : 1), "\(payload.kind)")
      #expect(Set(payload.fields.map(\.name)).isDisjoint(with: ["time", "instruction", "kind"]))
    }
  }
}

@Suite struct EventCodingTests {
  @Test func everyKindComesBackAsItWas() throws {
    #expect(try decode(encode(sampleEvents)) == sampleEvents)
    #expect(try decode(encode(sampleEvents.reversed())) == sampleEvents.reversed())
  }

  @Test func theBytesAreThoseOfTheDefinition() {
    let event = Event(time: 3, instruction: 1, payload: .pkruWrite(old: 4, new: 0, instructionPointer: 0x1000))
    #expect(encode([event]) == [7, 3, 1, 4, 0, 0x80, 0x20, 0])
    let later = Event(
      time: 3 + 128, instruction: 1, payload: .guest(name: "é", detail: ""), actor: .extension("x"),
      instructionPointer: 0x81)
    #expect(encode([event, later]).dropFirst(8) == [19, 0x80, 1, 0, 2, 0xc3, 0xa9, 0, 0x81, 1, 6, 1, 0x78])
  }

  @Test func aCutAnywhereIsNoticedOrFallsBetweenEvents() throws {
    let bytes = encode(sampleEvents)
    var boundaries = 0
    for length in 0..<bytes.count {
      do {
        let events = try decode(Array(bytes[..<length]))
        #expect(events == Array(sampleEvents[..<events.count]))
        boundaries += 1
      } catch .truncated(let offset) {
        #expect(offset == length)
      } catch .lengthPastTheEnd(_, let offset) {
        #expect(offset < length)
      }
    }
    #expect(boundaries == sampleEvents.count)
  }

  @Test func whatTheDecoderAcceptsIsCanonical() throws {
    let seed: UInt64 = 4711
    var state = seed
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let bytes = encode(sampleEvents)
    var accepted = 0
    for _ in 0..<20_000 {
      var changed = bytes
      for _ in 0...random(3) { changed[random(changed.count)] = UInt8(random(256)) }
      if let events = try? decode(changed) {
        accepted += 1
        #expect(encode(events) == changed, "seed \(seed)")
      }
    }
    print("SimEvents: 20000 damaged streams (seed \(seed)), \(accepted) still well-formed")
  }

  @Test func errorsSayWhatIsWrongAndWhere() {
    #expect(throws: EventDecodingError.unknownKind(0, offset: 0)) { try decode([0, 0, 0]) }
    #expect(throws: EventDecodingError.unknownKind(99, offset: 0)) { try decode([99]) }
    #expect(throws: EventDecodingError.truncated(offset: 2)) { try decode([6, 0]) }
    #expect(throws: EventDecodingError.notCanonical(offset: 1)) { try decode([6, 0x80, 0, 0, 0]) }
    #expect(throws: EventDecodingError.numberTooLarge(offset: 3)) { try decode([5, 0, 0, 0x80, 2, 0]) }
    let tooLong = [UInt8](repeating: 0xff, count: 9) + [2]
    #expect(throws: EventDecodingError.numberTooLarge(offset: 1)) { try decode([6] + tooLong) }
    #expect(throws: EventDecodingError.lengthPastTheEnd(length: 3, offset: 3)) { try decode([19, 0, 0, 3, 65, 66]) }
    let huge = [UInt8](repeating: 0xff, count: 9) + [1]
    #expect(throws: EventDecodingError.lengthPastTheEnd(length: .max, offset: 3)) { try decode([19, 0, 0] + huge) }
    #expect(throws: EventDecodingError.invalidUTF8(offset: 3)) { try decode([19, 0, 0, 1, 0xff, 0]) }
    #expect(throws: EventDecodingError.invalidValue(2, offset: 6)) { try decode([10, 0, 0, 0, 0, 0, 2]) }
    #expect(throws: EventDecodingError.invalidValue(7, offset: 3)) { try decode([1, 0, 0, 7, 0]) }
  }

  @Test func timesThatGoBackwardsWrapAround() throws {
    let events = [
      Event(time: 100, instruction: 50, payload: .halt(until: 1)),
      Event(time: 5, instruction: 2, payload: .halt(until: 1)),
      Event(time: .max, instruction: .max, payload: .halt(until: 0)),
    ]
    #expect(try decode(encode(events)) == events)
  }
}
