import Foundation
import GuestOS
import SimEvents
import SimUnicorn
import Testing

@testable import SimMachine

/// Gathers what the guest shows.
final class Transcript: EventSink {
  var text = ""
  func record(_ event: Event) {
    if case .consoleOutput(_, let bytes) = event.payload { text += String(decoding: bytes, as: UTF8.self) }
  }
}

@Suite struct BootTests {
  @Test(arguments: [.pvh, .linux64] as [MachineConfiguration.BootProtocol])
  func theGuestBootsByBothProtocolsTwiceTheSame(boot: MachineConfiguration.BootProtocol) throws {
    let path = ".build/images/uio-noshell.elf"
    guard let data = FileManager.default.contents(atPath: path) else {
      print("skipped: \(path) is missing; Scripts/build-guest makes it")
      return
    }
    var digests: [String] = []
    for _ in 0..<2 {
      var configuration = MachineConfiguration()
      configuration.bootProtocol = boot
      configuration.devices = []
      let events = EventStream()
      let transcript = Transcript()
      events.add(transcript)
      let machine = try Machine(configuration, image: GuestImage([UInt8](data)), events: events, engine: .unicorn)
      _ = machine.run(until: 50_000_000)
      #expect(transcript.text.contains("uIO"))
      digests.append(events.digest)
    }
    #expect(digests[0] == digests[1])
  }
}
