import Foundation
import GuestOS
import SimEvents
import SimMemory
import SimUnicorn
import Testing

@testable import SimMachine

enum BootedGuest {
  /// A machine whose shell waits for a line; nil, and a line that says so, where the image has not been built.
  static func atItsPrompt(
    _ variant: GuestVariant, commandLine: String = ""
  ) throws -> (machine: Machine, image: GuestImage)? {
    let path = ".build/images/\(variant.fileName)"
    guard let data = FileManager.default.contents(atPath: path) else {
      print("skipped: \(path) is missing; Scripts/build-guest makes it")
      return nil
    }
    let image = try GuestImage([UInt8](data))
    let events = EventStream()
    let transcript = Transcript()
    events.add(transcript)
    var configuration = MachineConfiguration()
    configuration.commandLine = commandLine
    let machine = try Machine(configuration, image: image, events: events, engine: .unicorn)
    _ = machine.run(until: 20_000_000)
    #expect(transcript.text.contains("> "), "\(transcript.text)")
    return (machine, image)
  }
}

/// The last entry of a way through the page tables.
struct PageLeaf {
  var address: UInt64
  var physical: UInt64
  var isWritable: Bool
  var isExecutable: Bool
  /// U/S is 1 at all levels.
  var isUser: Bool
  var bytes: UInt64

  /// All leaves below the root (SDM volume 3, 4.5).
  static func all(_ machine: Machine) throws -> [PageLeaf] {
    func table(_ entry: UInt64) -> [UInt64] {
      (0..<512).map { machine.memory.load((entry & 0x000f_ffff_ffff_f000) + 8 * $0, as: UInt64.self) ?? 0 }
    }
    var leaves: [PageLeaf] = []
    func descend(_ entry: UInt64, _ level: Int, _ address: UInt64, _ rights: UInt64, _ mayExecute: Bool) {
      for (index, entry) in table(entry).enumerated() where entry & 1 != 0 {
        let shift = 3 + 9 * level
        let at = address | UInt64(index) << shift
        let (rights, mayExecute) = (rights & entry, mayExecute && entry >> 63 == 0)
        guard level == 1 || entry & 0x80 != 0 else {
          descend(entry, level - 1, at, rights, mayExecute)
          continue
        }
        leaves.append(
          PageLeaf(
            address: at >> 47 & 1 == 0 ? at : at | ~0 << 48, physical: entry & 0x000f_ffff_ffff_f000,
            isWritable: rights & 2 != 0, isExecutable: mayExecute, isUser: rights & 4 != 0, bytes: 1 << shift))
      }
    }
    descend(machine.processorState.cr3, 4, 0, ~0, true)
    return leaves
  }
}
