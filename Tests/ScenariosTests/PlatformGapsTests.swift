import Engines
import Foundation
import GuestOS
import SimEvents
import SimMachine
import Testing

@testable import Scenarios

@Suite(.enabled(if: imagesAreBuilt)) struct PlatformGapsTests {
  private func gaps(_ payloads: [EventPayload]) throws -> [String] {
    let bytes = try Data(contentsOf: products.images.appending(path: "uio-noshell.elf"))
    let gaps = PlatformGaps(image: try GuestImage([UInt8](bytes)), slotCount: 2)
    for payload in payloads { gaps.record(Event(time: 0, instruction: 0, payload: payload)) }
    return gaps.lines
  }

  @Test func whatIsMissingIsNamedOnceWithItsNumber() throws {
    let lines = try gaps([
      .portAccess(port: 0x64, size: 1, value: 0, isWrite: true),
      .portAccess(port: 0x64, size: 1, value: 0, isWrite: true),
      .portAccess(port: 0x1234, size: 1, value: 0, isWrite: false),
      .mmioAccess(address: 0xfed0_0010, size: 4, value: 0, isWrite: false),
      .exception(vector: 13, errorCode: 0, instructionPointer: 0x10, address: 0),
    ])
    #expect(
      lines == [
        "not on this platform: port 0x64 (keyboard controller), used 2 times",
        "not on this platform: port 0x1234, used 1 times",
        "not on this platform: a device at 0xfed00000, used 1 times",
        "not on this processor: an instruction, or what it names (an MSR?), at 0x10, refused 1 times",
      ])
  }

  @Test func whatIsThereIsNotMentioned() throws {
    let addresses = [
      Platform.virtioBase, Platform.virtioBase + 0x3ff, Platform.ioapicBase + 0x10, Platform.localAPICBase,
    ]
    #expect(try gaps(addresses.map { .mmioAccess(address: $0, size: 4, value: 0, isWrite: true) }).isEmpty)
    let ports: [UInt16] = [0x20, 0x21, 0x40, 0x43, 0x61, 0x70, 0x71, 0xa0, 0xa1, 0x4d0, 0x4d1]
    #expect(try gaps(ports.map { .portAccess(port: $0, size: 1, value: 0, isWrite: false) }).isEmpty)
    #expect(try gaps([.exception(vector: 14, errorCode: 0, instructionPointer: 0, address: 0)]).isEmpty)
  }

  @Test func aGuestThatTriesEverythingIsListedInPart() throws {
    let all = (0...UInt16.max).map { EventPayload.portAccess(port: $0, size: 1, value: 0, isWrite: false) }
    #expect(try gaps(all).count == 64)
  }

  /// A guest that is given as an image is foreign, whatever is in it. The unikernel uses nothing that is missing.
  @Test func theUnikernelMissesNothing() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "gaps-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.copyItem(
      at: products.images.appending(path: "uio-noshell.elf"), to: folder.appending(path: "kernel.elf"))
    let file = folder.appending(path: "foreign.json")
    let text = #"{"guest": {"image": "kernel.elf"}, "script": [{"expect": "1", "console": "serial"}]}"#
    try text.write(to: file, atomically: true, encoding: .utf8)
    let result = try ScenarioRun(ScenarioFile(path: file.path), products: products, seed: nil).run()
    #expect(result.notes == [])
    #expect(result.passed)
  }
}
