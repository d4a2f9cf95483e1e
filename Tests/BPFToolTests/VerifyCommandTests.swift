import BPFTool
import EBPFEngine
import Foundation
import Testing

/// `sim bpf verify` of a file with that content.
private func verify(
  _ name: String, _ content: [UInt8], section: String? = nil, isJSON: Bool = false
) throws -> CommandResult {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appendingPathComponent(name)
  try Data(content).write(to: file)
  do {
    return try BPFTool.verify(file.path, VerifyOptions(section: section, isJSON: isJSON))
  } catch {
    var error = error
    error.file = error.file?.replacing(folder.path + "/", with: "")
    throw error
  }
}

private func text(_ result: CommandResult) -> String { String(decoding: result.standardOutput, as: UTF8.self) }

private func bytes(_ source: String) throws -> [UInt8] { try Assembler.assemble(Array(source.utf8)).bytes }

@Suite struct VerifyCommandTests {
  @Test func anAcceptedProgramEndsWithStatus0() throws {
    let result = try verify("a.bin", bytes("mov %r0, 0\nexit"))
    #expect(result.status == 0)
    #expect(text(result) == "accepted: 2 slots, 2 instructions explored, 0 states kept, call depth 1\n")
  }

  @Test func limitsAreThoseOfTheGuestUnlessTheHostsAreWanted() throws {
    // 120,002 instructions, one after the other.
    let move: [UInt8] = [0xb7, 0, 0, 0, 0, 0, 0, 0]
    let program = Array(Array(repeating: move, count: 120_001).joined())
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).bin")
    try Data(program + [0x95, 0, 0, 0, 0, 0, 0, 0]).write(to: path)
    defer { try? FileManager.default.removeItem(at: path) }
    let guest = try BPFTool.verify(path.path)
    #expect(guest.status == 1)
    #expect(text(guest).contains("Processed 100000 insns without an end"))
    #expect(try BPFTool.verify(path.path, VerifyOptions(limits: .host)).status == 0)
    #expect(
      try text(BPFTool.verify(path.path, VerifyOptions(limits: .host, isJSON: true))).contains("\"limits\" : \"host\""))
  }

  @Test func aRefusalShowsRegistersInstructionAndReason() throws {
    let result = try verify("a.s", Array("ldxdw %r2, [%r1]\nldxb %r0, [%r2+3]\nexit".utf8))
    #expect(result.status == 1)
    #expect(result.standardError.isEmpty)
    #expect(
      text(result) == """
        refused
          1: R1=ctx R2=scalar R10=fp0
          1: (71) ldxb %r0, [%r2+3]
          instruction 1: R2 invalid mem access 'scalar'

        """)
  }

  @Test(
    arguments: [
      (
        "jump out", [0x05, 0, 5, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0],
        "instruction 0: jump or call out of the program"
      ),
      (
        "jump into lddw",
        [
          0x05, 0, 1, 0, 0, 0, 0, 0, 0x18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0,
        ], "instruction 0: jump or call into the second half of a 64-bit immediate load"
      ),
      ("no end", [0xb7, 0, 0, 0, 0, 0, 0, 0], "instruction 0: execution runs past the last instruction"),
      ("half of lddw", [0x18, 0, 0, 0, 0, 0, 0, 0], "instruction 0: 64-bit immediate load lacks its second slot"),
      (
        "packet access", [0x20, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0],
        "instruction 0: programs of this type do not load from a packet so"
      ),
      ("endless", [0x05, 0, 0xff, 0xff, 0, 0, 0, 0], "instruction 0: infinite loop detected"),
    ] as [(String, [UInt8], String)])
  func whatNoProgramMayHoldIsRefused(name: String, content: [UInt8], expected: String) throws {
    let result = try verify("a.bin", content)
    #expect(result.status == 1, "\(name): \(result.standardError)")
    #expect(text(result).contains(expected), "\(name): \(text(result))")
  }

  @Test func whatIsNoSequenceOfInstructionsIsUnreadable() throws {
    for (content, expected) in [
      ([], "no BPF program: the program is empty; "),
      ([0x95, 0, 0], "no BPF program: the length is not a multiple of 8 bytes; "),
      ([UInt8](repeating: 0x95, count: 8 << 20 + 8), "no BPF program: the program has more than 1048576 slots; "),
      ([0x7f, 0x45, 0x4c, 0x46, 0], "not an ELF file"),
    ] as [([UInt8], String)] {
      let error = #expect(throws: ToolError.self) { try verify("a.bin", content) }
      #expect(error?.description.hasPrefix("a.bin: \(expected)") == true, "\(error?.description ?? "")")
      #expect(error?.description.contains("\n") == false)
    }
    #expect(throws: ToolError.self) { try BPFTool.verify("/nonexistent.o") }
    let error = #expect(throws: ToolError.self) { try verify("a.bin", bytes("exit"), section: "x") }
    #expect(error?.message.contains("only ELF objects have sections") == true)
  }

  @Test func jsonHoldsTheSame() throws {
    let result = try verify("a.bin", bytes("mov %r0, 8\ndiv %r0, 0\nexit"), isJSON: true)
    #expect(result.status == 1)
    let report = try #require(try JSONSerialization.jsonObject(with: Data(result.standardOutput)) as? [String: Any])
    let programs = try #require(report["programs"] as? [[String: Any]])
    #expect(programs.count == 1)
    #expect(programs.first?["accepted"] as? Bool == false)
    #expect(programs.first?["instruction"] as? Int == 1)
    #expect(programs.first?["reason"] as? String == "div by zero")
    #expect(programs.first?["assembly"] as? String == "div %r0, 0")
  }

  @Test func everyProgramOfAnObjectIsJudgedAndSectionsChoose() throws {
    let path = ".build/extensions/histogram.bpf.o"
    guard FileManager.default.fileExists(atPath: path) else {
      return print("not run: Scripts/build-extensions has not made \(path)")
    }
    func names(_ result: CommandResult) -> [String] {
      text(result).split(separator: "\n").map { $0.prefix { $0 != ":" } }.map(String.init)
    }
    #expect(try names(BPFTool.verify(path)) == ["histogram (section trace)", "bucket (section exec)"])
    #expect(try names(BPFTool.verify(path, VerifyOptions(section: "exec"))) == ["bucket (section exec)"])
    #expect(try names(BPFTool.verify(path, VerifyOptions(section: "histogram"))) == ["histogram (section trace)"])
    let missing = #expect(throws: ToolError.self) { try BPFTool.verify(path, VerifyOptions(section: "xdp")) }
    #expect(
      missing?.description
        == "\(path): no section or program 'xdp'; sections are: trace (histogram), exec (bucket)")
  }
}
