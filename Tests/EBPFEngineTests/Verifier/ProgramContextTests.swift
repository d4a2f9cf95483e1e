import Testing

@testable import EBPFEngine

/// What programs of uIO may do with their context.
@Suite struct ProgramContextTests {
  private func refusal(_ source: String) throws -> String? {
    let program = try Assembler.assemble(Array(source.utf8))
    do throws(Refusal) {
      _ = try Verifier.verify(program, .uio())
      return nil
    } catch { return "\(error)" }
  }

  @Test func addressArgumentsAndTextAreReadable() throws {
    #expect(try refusal("ldxdw %r0, [%r1]\nldxdw %r2, [%r1+48]\nldxb %r0, [%r1+127]\nexit") == nil)
    // get_ret_addr of the text that bpf_exec was given.
    #expect(try refusal("call 9\nexit") == nil)
    #expect(try refusal("add %r1, 120\ncall 9\nexit") == nil)
    #expect(try refusal("ldxdw %r0, [%r1+128]\nexit")?.contains("invalid bpf_context access (read) off=128") == true)
  }

  @Test func onlyTheBufferIsWritableAndNeverTheLastZero() throws {
    #expect(try refusal("stdw [%r1+8], 7\nstdw [%r1+112], 7\nmov %r0, 0\nexit") == nil)
    for offset in [0, 120] {
      let text = try refusal("stdw [%r1+\(offset)], 7\nmov %r0, 0\nexit")
      #expect(text?.contains("invalid bpf_context access (write) off=\(offset)") == true)
    }
    let writable = ProgramContext.fields.filter { $0.rights.contains(.write) }
    #expect(writable.allSatisfy { $0.offset + $0.size <= ProgramContext.maximumTextSize + 1 })
  }

  @Test func theHelpersOfTheGuestHaveNumbers1To9() {
    let names = (1...9).map { HelperTable.uio[$0].map { "\($0.name)" } ?? "-" }
    #expect(
      names == [
        "map_get", "map_put", "map_del", "get_addr", "probe_read", "time_get_ns", "puts", "notify", "get_ret_addr",
      ])
  }
}
