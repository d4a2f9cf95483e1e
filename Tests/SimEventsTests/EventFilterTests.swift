import SimEvents
import Testing

/// Serial lines end with CR LF, which a Swift string holds as one character.
@Test(arguments: [[0x0d, 0x0a], [0x32, 0x0d, 0x0a], [0x0a], [0xff, 0x0a]] as [[UInt8]])
func aLineEndIsFoundHoweverTheBytesArrive(_ bytes: [UInt8]) {
  let filter = EventFilter(kind: .consoleOutput, conditions: [.init(field: "bytes", condition: .containsText("\n"))])
  #expect(filter.matches(shown(bytes)))
  #expect(!filter.matches(shown(bytes.filter { $0 != 0x0a })))
}

/// One é is two bytes, the other an e with an accent of two bytes behind it: equal as characters, and not what is on the wire.
@Test func textsAreEqualByTheirBytes() {
  let (composed, decomposed) = ("\u{e9}", "e\u{301}")
  for condition in [EventFilter.Condition.equalsText(composed), .containsText(composed)] {
    let bytes = EventFilter(kind: .consoleOutput, conditions: [.init(field: "bytes", condition: condition)])
    #expect(bytes.matches(shown(Array(composed.utf8))))
    #expect(!bytes.matches(shown(Array(decomposed.utf8))))
    let text = EventFilter(kind: .guest, conditions: [.init(field: "detail", condition: condition)])
    #expect(text.matches(event(.guest(name: "load", detail: composed))))
    #expect(!text.matches(event(.guest(name: "load", detail: decomposed))))
  }
}

private func shown(_ bytes: [UInt8]) -> Event { event(.consoleOutput(console: .serial, bytes: bytes)) }

private func event(_ payload: EventPayload) -> Event {
  Event(time: 0, instruction: 0, payload: payload)
}
