import Foundation
import TestSupport
import Testing

@testable import EBPFEngine

/// What the translator writes, as a disassembler reads it.
@Suite struct EmittedCodeTests {
  /// Mnemonics that translated programs may contain, without the suffix for the size of operands.
  private static let allowed: Set<String> = [
    "add", "or", "and", "sub", "xor", "cmp", "test", "mov", "movabs", "movzb", "movzw", "movsb", "movsw", "movsl",
    "movslq", "lea", "imul", "mul", "div", "idiv", "cqto", "cltd", "neg", "shl", "shr", "sar", "rol", "bswap", "xadd",
    "cmpxchg", "push", "pop", "call", "ret", "nop", "jmp", "jb", "jae", "je", "jne", "jbe", "ja", "jl", "jge", "jle",
    "jg",
  ]

  /// Lines of `objdump`: address, bytes, mnemonic; `nil`, with the reason printed, where there is none.
  private static func disassembly(_ code: [UInt8]) throws -> [(address: Int, mnemonic: String, operands: String)]? {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try Data(code).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["objdump", "-D", "-b", "binary", "-m", "i386:x86-64", "--no-show-raw-insn", file.path]
    process.standardOutput = output
    process.standardError = Pipe()
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      print("not run: no objdump for x86-64 here")
      return nil
    }
    return text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: "\t", maxSplits: 1)
      guard parts.count == 2, let address = Int(parts[0].dropLast().trimmingCharacters(in: .whitespaces), radix: 16)
      else { return nil }
      let words = parts[1].split(separator: " ", maxSplits: 1)
      return (address, String(words[0]), words.count > 1 ? String(words[1]) : "")
    }
  }

  @Test func everyByteBelongsToAnAllowedInstruction() throws {
    let seed: UInt64 = 0x86
    var programs = ProgramGenerator(generator: SeededGenerator(seed: seed))
    var count = 0
    for number in 0..<20 {
      let executable = try Executable(programs.program(length: 3_000))
      var code = [UInt8](repeating: 0, count: 1 << 20)
      let size = code.withUnsafeMutableBytes { buffer in
        var translator = Translator(
          executable, isChecked: number % 2 == 0, hasRealAddresses: number % 4 < 2, into: buffer)
        translator.translate()
        return translator.code.count
      }
      guard let lines = try Self.disassembly(Array(code[..<size])) else { return }
      let starts = Set(lines.map(\.address))
      count += lines.count
      for line in lines {
        let mnemonic = line.mnemonic
        let isAllowed = Self.allowed.contains(mnemonic) || Self.allowed.contains(String(mnemonic.dropLast()))
        #expect(isAllowed, "\(mnemonic) \(line.operands)")
        #expect(!line.operands.contains("mm"), "\(mnemonic) \(line.operands)")
        guard mnemonic.hasPrefix("j") || mnemonic == "call", let target = Int(line.operands.dropFirst(2), radix: 16)
        else { continue }
        #expect(starts.contains(target), "\(mnemonic) \(line.operands) leads into an instruction")
      }
    }
    print("emitted code: seed \(seed), \(count) native instructions read back")
    #expect(count > 100_000)
  }
}
