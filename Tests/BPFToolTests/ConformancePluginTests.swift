import BPFTool
import EBPFEngine
import Testing

/// Runs the program interpreted and, on an x86-64, translated: the results are the same.
private func plugin(_ source: String, _ arguments: [String] = []) throws -> CommandResult {
  let program = try Assembler.assemble(Array(source.utf8))
  let digits = program.bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }
  let input = Array(digits.joined(separator: " ").utf8)
  let result = BPFTool.run(["conformance-plugin"] + arguments) { input }
  #if arch(x86_64)
    #expect(BPFTool.run(["conformance-plugin", "--jit"] + arguments) { input } == result)
  #else
    print("conformance plugin not run with --jit: this processor is not an x86-64")
  #endif
  return result
}

@Suite struct ConformancePluginTests {
  @Test func printsR0InHexadecimal() throws {
    let result = try plugin("mov %r0, -1\nexit")
    #expect(result.status == 0)
    #expect(String(decoding: result.standardOutput, as: UTF8.self) == "ffffffffffffffff\n")
  }

  @Test func memoryComesInR1AndItsLengthInR2() throws {
    let result = try plugin("ldxh %r0, [%r1+1]\nlsh %r0, 8\nor %r0, %r2\nexit", ["aa bb cc"])
    #expect(String(decoding: result.standardOutput, as: UTF8.self) == "ccbb03\n")
  }

  @Test func helper5Returns() throws {
    let result = try plugin("mov %r1, 9\nmov %r2, 5\ncall %r2\nexit")
    #expect(String(decoding: result.standardOutput, as: UTF8.self) == "9\n")
  }

  @Test func aFaultIsAMessageAndAnotherStatus() throws {
    let result = try plugin("ldxb %r0, [%r1]\nexit")
    #expect(result.status == 1)
    #expect(result.standardOutput.isEmpty)
    #expect(result.standardError == "instruction 0: invalid read of 1 byte at 0x0\n")
  }

  @Test func inputThatIsNotHexadecimalIsRefused() {
    for input in ["zz", "9", "95 0", "", "95 00 00 00 00 00 00", "ff 00 00 00 00 00 00 00"] {
      let result = BPFTool.run(["conformance-plugin"]) { Array(input.utf8) }
      #expect(result.status == 2, "\(input)")
      #expect(!result.standardError.isEmpty)
    }
    #expect(BPFTool.run(["conformance-plugin", "xyz"]) { [] }.status == 2)
  }

  @Test func wrongUsageIsExplained() {
    #expect(BPFTool.run([]) { [] }.status == 2)
    #expect(BPFTool.run(["nonsense"]) { [] }.standardError.contains("unknown command 'nonsense'"))
    #expect(BPFTool.run(["disasm"]) { [] }.standardError == "bpf disasm: expected one file\n")
    #expect(BPFTool.run(["disasm", "/nonexistent"]) { [] }.standardError == "bpf disasm: /nonexistent: no such file\n")
    #expect(BPFTool.run(["run", "--budget"]) { [] }.standardError == "bpf run: option '--budget' needs a value\n")
  }
}
