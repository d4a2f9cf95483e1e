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
}
