import TestSupport
import Testing

@testable import EBPFEngine

/// The states that the verifier remembers, on random ways through a program.
@Suite struct HistoryTests {
  private static let source = """
    first:
    jeq %r2, 1, second
    jeq %r2, 2, third
    second:
    jeq %r2, 3, first
    third:
    jeq %r2, 4, second
    mov %r0, 0
    exit
    """

  private func state(_ number: UInt64) -> MachineState {
    var state = MachineState(frame: Frame(number: 0, returnIndex: -1))
    state.frame.registers[2] = RegisterState(Scalar(number))
    return state
  }

  @Test(arguments: 1...20) func itHoldsTogetherAfterEachStepOfRandomWays(seed: Int) throws {
    let program = try Assembler.assemble([UInt8](Self.source.utf8))
    let flow = EBPFEngine.ControlFlow(program, helpers: HelperTable([]))
    let joins = flow.isJoin.indices.filter { flow.isJoin[$0] }
    try #require(joins.count == 3)
    var limits = VerifierEnvironment.Limits()
    (limits.statesPerJoin, limits.states) = (4, 9)
    var random = SeededGenerator(seed: UInt64(seed))
    var history = History(flow, limits)
    var values = ValueGraph()
    var waiting: [Int32] = []
    var met: [History.Visit: Int] = [:]
    for step in 0..<400 {
      let hasEnded: Bool
      if Int.random(in: 0..<4, using: &random) == 0 {
        waiting.append(history.fork())
        hasEnded = false
      } else {
        let visit = history.visit(
          state(UInt64.random(in: 0..<12, using: &random)), at: joins[Int.random(in: 0..<3, using: &random)], &values)
        met[visit, default: 0] += 1
        // The verifier refuses a program that repeats itself; here another way is taken.
        hasEnded = visit != .new
      }
      #expect(history._checkInvariants(), "seed \(seed), step \(step)")
      if hasEnded || Int.random(in: 0..<10, using: &random) == 0 {
        history.closePath()
        #expect(history._checkInvariants(), "seed \(seed), step \(step)")
        guard let next = waiting.popLast() else { break }
        history.resume(next)
      }
    }
    #expect(met[.new, default: 0] > 0)
  }
}
