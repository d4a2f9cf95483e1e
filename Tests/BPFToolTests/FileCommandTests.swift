import BPFTool
import Foundation
import Testing

/// A folder that exists while the test runs.
private func withFolder(_ body: (URL) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder)
}

private func run(_ arguments: String...) -> CommandResult { BPFTool.run(arguments) { [] } }

private func text(_ result: CommandResult) -> String { String(decoding: result.standardOutput, as: UTF8.self) }

@Suite struct FileCommandTests {
  @Test func assemblyGoesToBinaryAndBack() throws {
    try withFolder { folder in
      let source = folder.appendingPathComponent("a.s").path
      let binary = folder.appendingPathComponent("a.bin").path
      try "mov %r0, 42\nexit\n".write(toFile: source, atomically: true, encoding: .utf8)
      #expect(run("asm", source, "-o", binary) == run("asm", source, "-o", binary))
      #expect(FileManager.default.contents(atPath: binary)?.count == 16)
      #expect(text(run("disasm", binary)) == "mov %r0, 42\nexit\n")
      #expect(text(run("run", binary)) == "0x2a\n")
      #expect(text(run("run", source)) == "0x2a\n")
      #expect(run("asm", source).standardOutput == [UInt8](try Data(contentsOf: URL(fileURLWithPath: binary))))
    }
  }

  @Test func errorsNameFileLineAndColumn() throws {
    try withFolder { folder in
      let source = folder.appendingPathComponent("bad.s").path
      try "mov %r0, 42\nmov %r12, 1\n".write(toFile: source, atomically: true, encoding: .utf8)
      let expected = "bpf asm: \(source):2:5: expected a register %r0 to %r10\n"
      #expect(run("asm", source).standardError == expected)
      #expect(run("asm", source).status == 2)
      let binary = folder.appendingPathComponent("bad.bin").path
      try Data([0xff, 0, 0, 0, 0, 0, 0, 0]).write(to: URL(fileURLWithPath: binary))
      #expect(run("disasm", binary).standardError == "bpf disasm: \(binary): instruction 0: unknown opcode\n")
      #expect(run("run", folder.path).standardError == "bpf run: \(folder.path): is a folder\n")
    }
  }

  @Test func aFaultEndsWithStatus1AndABudgetCanBeGiven() throws {
    try withFolder { folder in
      let source = folder.appendingPathComponent("loop.s").path
      try "loop: ja loop\nexit\n".write(toFile: source, atomically: true, encoding: .utf8)
      let result = run("run", source, "--budget", "1000")
      #expect(result.status == 1)
      #expect(result.standardError == "instruction 0: instruction budget exhausted\n")
      #expect(run("run", source, "--budget", "many").status == 2)
      #expect(run("run", source, "--mem", "0").status == 2)
    }
  }

  @Test func putsAndTheMapHelpersWorkOutsideAGuest() throws {
    try withFolder { folder in
      let source = folder.appendingPathComponent("hello.s").path
      let program = """
        stw [%r10-4], 0x000a6968
        mov %r1, %r10
        add %r1, -4
        call 7
        mov %r1, 1
        mov %r2, 2
        mov %r3, 77
        call 2
        mov %r1, 1
        mov %r2, 2
        call 1
        exit
        """
      try program.write(toFile: source, atomically: true, encoding: .utf8)
      #expect(text(run("run", source)) == "hi\n0x4d\n")
    }
  }

  @Test(arguments: ["asm", "disasm", "verify", "run", "conformance-plugin"])
  func everyCommandShowsHelp(command: String) {
    for arguments in [[command, "--help"], [command, "missing.s", "-h"], ["help"], ["--help"]] {
      let result = BPFTool.run(arguments) { [] }
      #expect(result.status == 0 && result.standardError == "" && text(result) == BPFTool.usage)
    }
  }

  @Test func theArgumentOfAProgramIsNoQuestionForHelp() throws {
    try withFolder { folder in
      let source = folder.appendingPathComponent("a.s").path
      try "ldxb %r0, [%r1]\nexit\n".write(toFile: source, atomically: true, encoding: .utf8)
      #expect(text(run("run", source, "--argument", "--help")) == "0x2d\n")
    }
  }

  @Test func binaryIsNotWrittenToATerminal() throws {
    try withFolder { folder in
      let source = folder.appendingPathComponent("a.s").path
      try "mov %r0, 42\nexit\n".write(toFile: source, atomically: true, encoding: .utf8)
      let refused = BPFTool.run(["asm", source], outputIsTerminal: true) { [] }
      #expect(refused.status == 2 && refused.standardOutput == [] && refused.standardError.contains("with -o"))
      let target = folder.appendingPathComponent("a.bin").path
      #expect(BPFTool.run(["asm", source, "-o", target], outputIsTerminal: true) { [] }.status == 0)
    }
  }

  @Test func whatCannotBeWrittenIsRefusedWithTheReason() throws {
    try withFolder { folder in
      let source = folder.appendingPathComponent("a.s").path
      try "exit\n".write(toFile: source, atomically: true, encoding: .utf8)
      for (target, reason) in [("missing/a.bin", "No such file or directory"), ("a.s/a.bin", "Not a directory")] {
        let result = run("asm", source, "-o", folder.appendingPathComponent(target).path)
        #expect(result.status == 2)
        #expect(result.standardError.hasSuffix("/\(target): can't be written: \(reason)\n"), "\(result.standardError)")
      }
    }
  }

  @Test(arguments: ["run", "disasm"])
  func aFileThatIsNoProgramIsNamedWithWhatWouldBeOne(command: String) throws {
    try withFolder { folder in
      let file = folder.appendingPathComponent("q.json").path
      try "{\"a\": 1, \"b\": 2}\n".write(toFile: file, atomically: true, encoding: .utf8)
      let expected = """
        bpf \(command): \(file): no BPF program: the length is not a multiple of 8 bytes; a program is an ELF object, \
        assembly (.s, .asm), or instructions of 8 bytes each

        """
      #expect(run(command, file).standardError == expected)
      #expect(run(command, file).status == 2)
    }
  }
}
