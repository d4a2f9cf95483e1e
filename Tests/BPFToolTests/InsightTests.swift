import BPFTool
import Foundation
import Testing

/// What the tools show of a program and of the verifier's way through it.
@Suite struct InsightTests {
  private static let source = """
    mov %r6, 0
    jeq %r2, 0, l
    call local f
    l: mov %r0, %r6
    exit
    f: mov %r0, 1
    exit
    """

  private func withFile<T>(_ source: String = Self.source, _ body: (String) throws -> T) throws -> T {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).s").path
    try Data(source.utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }

  private func text(_ result: CommandResult) -> String { String(decoding: result.standardOutput, as: UTF8.self) }

  @Test func theLogShowsWhatIsKnownBeforeEachInstruction() throws {
    let source = """
      ldxdw %r6, [%r1]
      jeq %r6, 7, l
      mov %r6, 1
      l: mov %r0, 0
      exit
      """
    let log = try withFile(source) { try text(BPFTool.verify($0, VerifyOptions(isLogged: true))) }
    #expect(
      log == """
        0: R1=ctx R2=128 R10=fp0
        0: (79) ldxdw %r6, [%r1]
        1: R1=ctx R2=128 R6=scalar R10=fp0
        1: (15) jeq %r6, 7, +1
        2: R1=ctx R2=128 R6=scalar R10=fp0
        2: (b7) mov %r6, 1
        3: R1=ctx R2=128 R6=1 R10=fp0
        3: (b7) mov %r0, 0
        4: R0=0 R1=ctx R2=128 R6=1 R10=fp0
        4: (95) exit
        now the way left for later to 3:
        from 3 to 3: safe
        accepted: 5 slots, 5 instructions explored, 1 states kept, call depth 1

        """)
  }

  @Test func theLogEndsWhereTheProgramIsRefused() throws {
    let log = try withFile("mov %r3, 5\nldxb %r0, [%r3]\nexit") {
      try text(BPFTool.verify($0, VerifyOptions(isLogged: true)))
    }
    #expect(log.hasPrefix("0: R1=ctx R2=128 R10=fp0\n0: (b7) mov %r3, 5\n1: R1=ctx R2=128 R3=5 R10=fp0\n"))
    #expect(log.hasSuffix("instruction 1: R3 invalid mem access 'scalar'\n"))
  }

  @Test func statisticsAreInTheJSON() throws {
    let json = try withFile("jeq %r2, 7, l\nl: mov %r0, 0\nexit") {
      try text(BPFTool.verify($0, VerifyOptions(isJSON: true)))
    }
    #expect(json.contains("\"branches\" : 0") && json.contains("\"pruned\" : 0") && !json.contains("\"log\""))
  }

  @Test func theGraphHasABlockForEachTargetAndAnEdgeForEachWay() throws {
    let dot = try withFile { try text(BPFTool.disassemble($0, isGraph: true)) }
    #expect(
      dot == """
        digraph program {
          node [shape=box, fontname="monospace"];
          b0 [label="0: mov %r6, 0\\l1: jeq %r2, 0, +1\\l"];
          b0 -> b3 [label="true"];
          b0 -> b2 [label="false"];
          b2 [label="2: call local +2\\l"];
          b2 -> b5 [style=dashed, label="call"];
          b2 -> b3;
          b3 [label="3: mov %r0, %r6\\l4: exit\\l"];
          b5 [label="5: mov %r0, 1\\l6: exit\\l"];
        }

        """)
  }
}
