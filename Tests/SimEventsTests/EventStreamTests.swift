import SimEvents
import Testing

private final class Recorder: EventSink {
  var events: [Event] = []
  func record(_ event: Event) { events.append(event) }
}

@Suite struct EventStreamTests {
  @Test func countsAndForwardsEveryEventInOrder() {
    let stream = EventStream()
    let first = Recorder()
    let second = Recorder()
    stream.add(first)
    stream.add(second)
    for event in sampleEvents { stream.emit(event) }
    stream.remove(first)
    stream.emit(.halt(until: 9), time: 1_000_000, instruction: 9999)
    #expect(first.events == sampleEvents && second.events.count == sampleEvents.count + 1)
    #expect(stream.count == 29 && stream.count(of: .halt) == 2 && stream.count(of: .sync) == 1)
    #expect(stream.countsByKind.map(\.kind) == EventKind.allCases)
  }

  @Test func theDigestIsThatOfTheCanonicalEncoding() {
    let stream = EventStream()
    #expect(stream.digest == "99aa06d3014798d86001c324468d497f", "XXH3-128 of nothing")
    var all: [Event] = []
    for round in UInt64(0)..<200 {
      for event in sampleEvents {
        var later = event
        later.time += round * 1_000_000
        all.append(later)
        stream.emit(all[all.count - 1])
      }
      if round == 3 { #expect(stream.digest == ContentDigest.hex(of: encode(all))) }
    }
    #expect(stream.digest == ContentDigest.hex(of: encode(all)) && stream.digest.count == 32)
  }

  @Test func aLongTextFitsWhateverItsLength() throws {
    for length in [0, 1, 100, 1000, 1024, 16_383, 16_384, 100_000] {
      let events = [
        Event(time: 1, instruction: 1, payload: .guest(name: "x", detail: String(repeating: "a", count: length)))
      ]
      #expect(try decode(encode(events + events)) == events + events)
    }
  }

  /// Prints what an event costs here; a number to look at, not to pass.
  @Test func hotEventsAreCheap() {
    let stream = EventStream()
    let rounds = UInt64(300_000)
    let elapsed = ContinuousClock().measure {
      for i in 0..<rounds {
        stream.emit(.pkruWrite(old: 4, new: 0, instructionPointer: 0x10_0000 &+ i), time: i &* 7, instruction: i &* 3)
        stream.emit(
          .mmioAccess(address: 0xfee0_00b0, size: 4, value: 0, isWrite: true), time: i &* 7, instruction: i &* 3)
        stream.emit(
          .exception(vector: 14, errorCode: 0x23, instructionPointer: 0x10_0000, address: 0x20_0000), time: i &* 7,
          instruction: i &* 3)
      }
    }
    print("SimEvents: \(elapsed / Double(rounds * 3)) for one event")
    #expect(stream.count == rounds * 3)
  }
}

@Suite struct EventRenderingTests {
  @Test func aLineNamesTimeInstructionKindAndFields() {
    let event = Event(time: 1200, instruction: 480, payload: .pkruWrite(old: 4, new: 0, instructionPointer: 0x1000))
    #expect(event.text == "1200 @ 480 pkruWrite old=0x4 new=0x0 instructionPointer=0x1000")
    let console = Event(
      time: 1, instruction: 2, payload: .consoleOutput(console: .virtio, bytes: Array("> \"a\"\n".utf8)))
    #expect(console.text == "1 @ 2 consoleOutput console=1 bytes=\"> \\\"a\\\"\\n\"")
  }

  @Test func jsonKeepsEveryByteAndAKeyOrder() {
    let event = Event(
      time: 1, instruction: 2, payload: .consoleOutput(console: .serial, bytes: [0x41, 0, 0x1b, 0x7f, 0xe9, 0x5c]))
    #expect(
      event.json
        == "{\"time\":1,\"instruction\":2,\"kind\":\"consoleOutput\",\"console\":0,"
        + "\"bytes\":\"A\\u0000\\u001b\\u007f\u{e9}\\\\\"}")
    let port = Event(time: 1, instruction: 2, payload: .portAccess(port: 0xf4, size: 1, value: 255, isWrite: true))
    #expect(
      port.json
        == "{\"time\":1,\"instruction\":2,\"kind\":\"portAccess\",\"port\":\"0xf4\",\"size\":1,\"value\":\"0xff\","
        + "\"isWrite\":true}")
  }

  @Test func noRenderingContainsALineEndOrControl() {
    for event in sampleEvents {
      for text in [event.text, event.json] {
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) }, "\(text)")
      }
    }
  }
}
