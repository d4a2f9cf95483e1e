import BPFTool
import EBPFEngine
import Testing

/// Runs the program interpreted and, on an x86-64, translated: the results are the same.
private func plugin(_ source: String, memory: String = "") throws -> CommandResult {
  let program = try Assembler.assemble(Array(source.utf8))
  let digits = program.bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }
  let input = Array(digits.joined(separator: " ").utf8)
  let result = try BPFTool.runConformance(input, memory: memory)
  #if arch(x86_64)
    #expect(try BPFTool.runConformance(input, memory: memory, isTranslated: true) == result)
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
    let result = try plugin("ldxh %r0, [%r1+1]\nlsh %r0, 8\nor %r0, %r2\nexit", memory: "aa bb cc")
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
    #expect(result.standardError == "instruction 0: invalid read of 1 byte at 0x0")
  }

  @Test func inputThatIsNotHexadecimalIsRefused() {
    for input in ["zz", "9", "95 0", "", "95 00 00 00 00 00 00", "ff 00 00 00 00 00 00 00"] {
      #expect(throws: ToolError.self, "\(input)") { try BPFTool.runConformance(Array(input.utf8), memory: "") }
    }
    #expect(throws: ToolError.self) { try BPFTool.runConformance(Array("95 00 00 00 00 00 00 00".utf8), memory: "xyz") }
  }
}
