import Engines
import Foundation
import TestSupport
import Testing

@testable import Scenarios

/// Files that are no BPF programs, or damaged ones, given to the guest: each is refused, contained, or runs to its end,
/// and the shell and the application go on.
@Suite struct HostileBPFFilesTests {
  private static let filesPerRun = 90

  /// What is at the limits, shipped objects with bytes changed or cut off, and valid instructions in random order.
  private static func files(_ generator: inout SeededGenerator) throws -> [(name: String, bytes: [UInt8])] {
    let folder = products.extensions
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".bpf.o") }
    let shipped = try names.sorted().map { [UInt8](try Data(contentsOf: folder.appending(path: $0))) }
    let move: [UInt8] = [0xb7, 0, 0, 0, 1, 0, 0, 0]
    let exit: [UInt8] = [0x95, 0, 0, 0, 0, 0, 0, 0]
    var files: [[UInt8]] = [
      [], [1, 2, 3], exit, Array(exit.dropLast()),
      Array(repeatElement(move, count: 20_000).joined()) + exit,
      Array(repeating: 0xff, count: 2 << 20),
    ]
    while files.count < filesPerRun {
      if files.count % 3 == 0 {
        var bytes = shipped.randomElement(using: &generator) ?? []
        for _ in 0..<Int.random(in: 1...6, using: &generator) where !bytes.isEmpty {
          bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        let isCut = Int.random(in: 0..<4, using: &generator) == 0
        files.append(isCut ? Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator))) : bytes)
      } else {
        let length = Int.random(in: 1...30, using: &generator)
        files.append((0..<length).flatMap { slot($0, of: length, &generator) } + exit)
      }
    }
    return files.enumerated().map { ("f\($0.offset)", $0.element) }
  }

  /// A valid instruction with random operands; jumps lead on, within the program.
  private static func slot(_ index: Int, of count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
    // Opcode, and whether it takes a source register, an offset, an immediate (RFC 9669, section 3).
    let forms: [(opcode: UInt8, source: Bool, offset: Bool, immediate: Bool)] = [
      (0x07, false, false, true), (0xb7, false, false, true), (0x0f, true, false, false), (0xbf, true, false, false),
      (0x61, true, true, false), (0x79, true, true, false), (0x63, true, true, false), (0x7b, true, true, false),
      (0x7a, false, true, true), (0x15, false, false, true), (0x2d, true, false, false), (0xdb, true, true, false),
      (0x85, false, false, true),
    ]
    let form = forms[Int.random(in: forms.indices, using: &generator)]
    let isCall = form.opcode == 0x85
    let isJump = form.opcode == 0x15 || form.opcode == 0x2d
    // Half of the pointers are the stack or the context.
    let isStore = [0x63, 0x7b, 0x7a, 0xdb].contains(form.opcode)
    let registers: [UInt8] = isCall ? [0] : isStore ? [1, 10, 10, 1, 0, 2, 6, 7] : [0, 1, 2, 3, 4, 5, 6, 9]
    let register = registers[Int.random(in: registers.indices, using: &generator)]
    let source = form.source ? UInt8.random(in: 0...10, using: &generator) : 0
    let offset: Int16 =
      isJump
      ? Int16(Int.random(in: 0...(count - index - 1), using: &generator))
      : form.offset ? Int16.random(in: -20...20, using: &generator) * 8 : 0
    let immediate: Int32 =
      isCall
      ? Int32.random(in: 1...18, using: &generator) : form.immediate ? Int32.random(in: -9...99, using: &generator) : 0
    return [form.opcode, source << 4 | register] + bytes(UInt64(UInt16(bitPattern: offset)), 2)
      + bytes(UInt64(UInt32(bitPattern: immediate)), 4)
  }

  private static func bytes(_ value: UInt64, _ count: UInt64) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  @Test(
    .enabled(if: imagesAreBuilt),
    arguments: [("ebpf", "interpreter"), ("ebpf", "jit"), ("ebpf-verified", "jit"), ("uio-mpk", "interpreter")])
  func theGuestSurvivesThem(design: String, engine: String) throws {
    let seed: UInt64 = 20_261_123
    var generator = SeededGenerator(seed: seed)
    let folder = try TemporaryFolder()
    let share = folder.url.appending(path: "share")
    try FileManager.default.createDirectory(at: share, withIntermediateDirectories: true)
    let files = try Self.files(&generator)
    var script = [#"{"expect": "> ", "within": "2s"}"#]
    for (name, bytes) in files {
      try Data(bytes).write(to: share.appending(path: name))
      script.append(#"{"send": "bpf_exec \#(name) text"}, {"expect": "> ", "within": "5s"}"#)
    }
    script.append(#"{"wait": "1500ms"}, {"send": "bpf_map_put 1 2 3"}, {"expect": "> "}"#)
    script.append(#"{"send": "bpf_map_get 1 2"}, {"expect": "3\n> "}"#)
    let path = try folder.write(
      "scenario.json",
      """
      {"guest": {"variant": "ushellmpk-bpf", "design": "\(design)", "bpf": "\(engine)"}, "share": {"folder": "share"},
       "budget": {"time": "300s", "instructions": 20000000000}, "script": [\(script.joined(separator: ", "))],
       "expect": {"outcome": "contained", "console": {"lacks": ["panic:"]}}}
      """)
    let result = try ScenarioRun(ScenarioFile(path: path), products: products, seed: nil).run()
    #expect([.contained, .detected].contains(result.outcome), "\(result.text())")
    #expect(
      !result.failures.contains { !$0.hasPrefix("outcome: expected contained, got detected") }, "\(result.text())")
    let refused = result.console.count { $0.text.contains("bpf_exec: f") }
    let contained = result.console.count { $0.text.contains("contained: f") }
    let returned = result.console.count { $0.text.contains("program returned") }
    print(
      "\(design), \(engine): \(files.count) files, \(refused) refused, \(contained) contained, \(returned) ran; seed \(seed)"
    )
    #expect(refused + contained + returned >= files.count)
    #expect(design == "ebpf-verified" ? refused > returned : contained > 0 && returned > 0)
  }
}
