import Testing

@testable import EBPFEngine

/// A text is as long for the verifier as for the helpers that read it.
@Suite struct StringLimitTests {
  /// Whether a text of so many bytes, `skip` of them left out at the start, is accepted.
  private func verdict(_ count: Int, skip: String = "") throws -> Refusal.Reason? {
    let text = [UInt8](repeating: 0x41, count: count) + [0]
    let map = VerifierEnvironment.Map(
      number: 0, keySize: 4, valueSize: text.count, rights: .read, isDirect: true, constantValue: text)
    let program = try Assembler.assemble(
      Array("mov %r6, %r2\nlddw %r1, map_index_value 0, 0\n\(skip)\ncall 7\nmov %r0, 0\nexit".utf8))
    var environment = VerifierEnvironment.uio(maps: [map])
    environment.arguments = [.context, .number(nil)]
    do throws(Refusal) {
      _ = try Verifier.verify(program, environment)
      return nil
    } catch { return error.reason }
  }

  @Test func theLongestTextThatHelpersReadIsTheLongestAccepted() throws {
    let most = HelperSignature.maximumStringSize - 1
    #expect(try verdict(most) == nil)
    #expect(try verdict(most + 1) == .stringTooLong(.r1))
    #expect(try verdict(1500) == .stringTooLong(.r1))
    #expect(try verdict(1500, skip: "add %r1, 1000") == nil)
    #expect(try verdict(1500, skip: "and %r6, 0x3ff\nadd %r1, %r6") == .stringTooLong(.r1))
    #expect(try verdict(most, skip: "and %r6, 0xff\nadd %r1, %r6") == nil)
    let text = [UInt8](repeating: 0x41, count: most) + [0]
    let space = AddressSpace()
    let storage = UnsafeMutableRawPointer.allocate(byteCount: text.count, alignment: 8)
    defer { storage.deallocate() }
    text.withUnsafeBytes { storage.copyMemory(from: $0.baseAddress!, byteCount: text.count) }
    _ = try space.addRegion(storage, size: text.count, base: 0x1000, rights: .read)
    #expect(space.string(at: 0x1000, limit: HelperSignature.maximumStringSize)?.count == most)
  }
}
