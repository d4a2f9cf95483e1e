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

/// What a run prints.
private func run(_ file: String, _ memory: ProgramMemory = .argument("")) throws -> String {
  text(try BPFTool.run(file, RunOptions(memory: memory)).text())
}

/// What a command that fails says.
private func message(_ command: () throws -> Any) -> String? {
  (#expect(throws: ToolError.self) { _ = try command() })?.description
}

private func text(_ result: CommandResult) -> String { String(decoding: result.standardOutput, as: UTF8.self) }

@Suite struct FileCommandTests {
  @Test func assemblyGoesToBinaryAndBack() throws {
    try withFolder { folder in
      let source = folder.appendingPathComponent("a.s").path
      let binary = folder.appendingPathComponent("a.bin").path
      try "mov %r0, 42\nexit\n".write(toFile: source, atomically: true, encoding: .utf8)
      #expect(try BPFTool.assemble(source, to: binary) == BPFTool.assemble(source, to: binary))
      #expect(FileManager.default.contents(atPath: binary)?.count == 16)
      #expect(text(try BPFTool.disassemble(binary)) == "mov %r0, 42\nexit\n")
      #expect(try run(binary) == "0x2a\n")
      #expect(try run(source) == "0x2a\n")
      #expect(try BPFTool.assemble(source).standardOutput == [UInt8](Data(contentsOf: URL(fileURLWithPath: binary))))
    }
  }

  @Test func errorsNameFileLineAndColumn() throws {
    try withFolder { folder in
      let source = folder.appendingPathComponent("bad.s").path
      try "mov %r0, 42\nmov %r12, 1\n".write(toFile: source, atomically: true, encoding: .utf8)
      #expect(message { try BPFTool.assemble(source) } == "\(source):2:5: expected a register %r0 to %r10")
      let binary = folder.appendingPathComponent("bad.bin").path
      try Data([0xff, 0, 0, 0, 0, 0, 0, 0]).write(to: URL(fileURLWithPath: binary))
      #expect(message { try BPFTool.disassemble(binary) } == "\(binary): instruction 0: unknown opcode")
      #expect(message { try BPFTool.run(folder.path) } == "\(folder.path): is a folder")
    }
  }

  @Test func aFaultEndsWithStatus1AndABudgetCanBeGiven() throws {
    try withFolder { folder in
      let source = folder.appendingPathComponent("loop.s").path
      try "loop: ja loop\nexit\n".write(toFile: source, atomically: true, encoding: .utf8)
      let result = try BPFTool.run(source, RunOptions(budget: 1000))
      #expect(result.status == 1)
      #expect(result.text().standardError == "instruction 0: instruction budget exhausted")
      #expect(
        message { try BPFTool.run(source, RunOptions(memory: .hexadecimal("0"))) }
          == "--mem takes pairs of hexadecimal digits")
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
      #expect(try run(source) == "hi\n0x4d\n")
    }
  }

  @Test func binaryIsNotWrittenToATerminal() throws {
    try withFolder { folder in
      let source = folder.appendingPathComponent("a.s").path
      try "mov %r0, 42\nexit\n".write(toFile: source, atomically: true, encoding: .utf8)
      #expect(message { try BPFTool.assemble(source, outputIsTerminal: true) }?.contains("with -o") == true)
      let target = folder.appendingPathComponent("a.bin").path
      #expect(try BPFTool.assemble(source, to: target, outputIsTerminal: true).status == 0)
    }
  }

  @Test func whatCannotBeWrittenIsRefusedWithTheReason() throws {
    try withFolder { folder in
      let source = folder.appendingPathComponent("a.s").path
      try "exit\n".write(toFile: source, atomically: true, encoding: .utf8)
      for (target, reason) in [("missing/a.bin", "No such file or directory"), ("a.s/a.bin", "Not a directory")] {
        let said = message { try BPFTool.assemble(source, to: folder.appendingPathComponent(target).path) }
        #expect(said?.hasSuffix("/\(target): can't be written: \(reason)") == true, "\(said ?? "")")
      }
    }
  }

  @Test func aFileThatIsNoProgramIsNamedWithWhatWouldBeOne() throws {
    try withFolder { folder in
      let file = folder.appendingPathComponent("q.json").path
      try "{\"a\": 1, \"b\": 2}\n".write(toFile: file, atomically: true, encoding: .utf8)
      let expected = """
        \(file): no BPF program: the length is not a multiple of 8 bytes; a program is an ELF object, \
        assembly (.s, .asm), or instructions of 8 bytes each
        """
      #expect(message { try BPFTool.run(file) } == expected)
      #expect(message { try BPFTool.disassemble(file) } == expected)
    }
  }
}
