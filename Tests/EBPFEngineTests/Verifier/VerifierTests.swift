import Testing

@testable import EBPFEngine

@Suite struct VerifierTests {
  @Test(arguments: VerifierCase.all)
  func verdictIsTheExpectedOne(_ expected: VerifierCase) throws {
    switch (try expected.verify(), expected.refusal) {
    case (.success, nil): break
    case (.success, let refusal?): Issue.record("accepted, though \(refusal.text)")
    case (.failure(let refusal), nil): Issue.record("\(refusal)")
    case (.failure(let refusal), let expected?):
      #expect(refusal.slot == expected.slot, "\(refusal)")
      #expect(refusal.description.contains(expected.text), "\(refusal)")
    }
  }

  @Test func theCasesAreCounted() {
    let all = VerifierCase.all
    print("verifier cases: \(all.count), of them \(all.filter { $0.refusal == nil }.count) accepted programs")
  }

  @Test func refusalShowsRegistersAndStack() throws {
    let result = try VerifierCase(
      "",
      """
      stxdw [%r10-8], %r1
      stw [%r10-16], 7
      ldxb %r4, [%r3]
      mov %r5, %r10
      ldxdw %r0, [%r4]
      exit
      """
    ).verify()
    guard case .failure(let refusal) = result else { return #expect(Bool(false), "accepted") }
    #expect(
      refusal.description == """
        instruction 4: R4 invalid mem access 'scalar'
        4: R1=ctx R2=scalar R3=mem#0 R4=scalar(smin=0,smax=255,umax=255,var_off=(0x0; 0xff)) R5=fp0 R10=fp0 \
        fp-8=ctx fp-16=m000????
        """)
  }

  @Test func workIsBounded() throws {
    var environment = VerifierCase.environment
    environment.limits.instructions = 100
    let loop = try Assembler.assemble([UInt8]("mov %r0, 0\nl: add %r0, 1\njne %r0, 1000, l\nexit".utf8))
    environment.limits.rounds = 100
    #expect(throws: Refusal.self) { try Verifier.verify(loop, environment) }
    environment.limits = .init()
    environment.limits.pendingBranches = 3
    let fork = "jeq %r2, 1, l\njeq %r2, 2, l\njeq %r2, 3, l\njeq %r2, 4, l\nl: mov %r0, 0\nexit"
    let branches = try Assembler.assemble([UInt8](fork.utf8))
    #expect(throws: Refusal.self) { try Verifier.verify(branches, environment) }
  }

  @Test func aLongChainOfBranchesMeetsAgain() throws {
    // 2^40 ways, all of the same consequence.
    var source = "mov %r0, 0\n"
    for number in 0..<40 {
      source += "ldxb %r4, [%r3+\(number)]\njeq %r4, 1, l\(number)\nadd %r0, \(number)\nl\(number): and %r0, 0xffff\n"
    }
    let program = try Assembler.assemble([UInt8]((source + "exit\n").utf8))
    let report = try Verifier.verify(program, VerifierCase.environment)
    #expect(report.exploredInstructions < 400)
    #expect(report.prunedPaths == 40)
  }
}
