import BPFTool
import Foundation
import Testing

/// The programs of extensions/bpf, as the build made them: what the verifier says of each, and what happens when it runs
/// all the same, as under the design `ebpf`.
@Suite struct ShippedProgramsTests {
  /// Where the build put them; tests run in the package's folder.
  static let folder = ".build/extensions"

  struct Program: CustomTestStringConvertible {
    var file: String
    /// Words of the verifier's refusal; `nil` for accepted programs.
    var refusal: String?
    /// What a run over a context of zeros prints, or words of the fault.
    var run: String

    init(_ file: String, refused refusal: String? = nil, run: String) {
      self.file = file
      self.refusal = refusal
      self.run = run
    }

    var testDescription: String { file }
  }

  static let programs = [
    Program("count.bpf.o", run: "0x0\n"),
    // Outside a guest there are no symbols.
    Program("get-count.bpf.o", run: "0xffffffffffffffff\n"),
    Program("read-symbol.bpf.o", run: "no such symbol\n0xffffffffffffffff\n"),
    // Nor is there a stack.
    Program("caller.bpf.o", run: "0x1\n"),
    Program("hello.bpf.o", run: "Hello, BPF!\n0x0\n"),
    Program("design-cost.bpf.o", run: "0x0\n"),
    Program("notify.bpf.o", run: "notify\n0x0\n"),
    Program("notify.bin", run: "notify\n0x0\n"),
    Program("histogram.bpf.o", run: "0x0\n"),
    Program("request-bytes.bpf.o", run: "0x0\n"),
    Program("request-payload.bpf.o", run: "0x0\n"),
    Program("ring.bpf.o", run: "0x0\n"),
    Program("chain.bpf.o", refused: "R1 invalid mem access 'scalar'", run: "0x0\n"),
    Program("zerodiv.bpf.o", run: "0x0\n"),
    Program("zerodiv-constant.bpf.o", refused: "instruction 1: div by zero", run: "0x0\n"),
    Program("oob.bpf.o", refused: "R1 invalid mem access 'scalar'", run: "invalid read of 8 bytes at 0x0"),
    Program(
      "oob2.bpf.o", refused: "invalid bpf_context access (read) off=4000 size=4",
      run: "invalid read of 4 bytes at 0x10000fa0"),
    Program("oob-write.bpf.o", refused: "invalid bpf_context access (write) off=64..319 size=1", run: "0x0\n"),
    Program(
      "null-value.bpf.o", refused: "R0 invalid mem access 'map_value_or_null'", run: "invalid read of 8 bytes at 0x0"),
    Program("loop.bpf.o", refused: "infinite loop detected", run: "instruction budget exhausted"),
    // No clock outside a guest: its helper gives 0, and the loop ends.
    Program("loop2.bpf.o", refused: "infinite loop detected", run: "0x0\n"),
    Program("bad-argument.bpf.o", refused: "R1 type=scalar expected=fp", run: "helper 7: pointer argument outside"),
    Program("unknown-helper.bpf.o", refused: "invalid func unknown#99", run: "helper 99: unknown helper"),
    Program("uninitialised-stack.bpf.o", refused: "invalid read from uninitialised stack R10 off -8", run: "0x0\n"),
    Program("pointer-leak.bpf.o", refused: "R3 type=ctx expected=scalar", run: "0x0\n"),
  ]

  private static var isBuilt: Bool { FileManager.default.fileExists(atPath: folder + "/notify.bin") }

  @Test(arguments: programs) func areJudgedAndRunAsTheirCommentsSay(_ program: Program) throws {
    guard Self.isBuilt else { return print("not run: Scripts/build-extensions has not made \(program.file)") }
    let path = "\(Self.folder)/\(program.file)"
    let verdict = try BPFTool.verify(path)
    let text = String(decoding: verdict.standardOutput, as: UTF8.self)
    #expect(verdict.status == (program.refusal == nil ? 0 : 1), "\(text)")
    #expect(text.contains(program.refusal ?? "accepted"), "\(text)")

    let run = try BPFTool.run(path, RunOptions(budget: 100_000)).text()
    let output = String(decoding: run.standardOutput, as: UTF8.self)
    if run.status == 0 {
      #expect(output == program.run, "\(output)")
    } else {
      #expect(run.standardError.contains(program.run), "\(run.standardError)")
    }
  }

  @Test func anArgumentIsTheTextOfTheContext() throws {
    guard Self.isBuilt else { return print("not run: Scripts/build-extensions has not made the programs") }
    let path = "\(Self.folder)/hello.bpf.o"
    #expect(
      try BPFTool.run(path, RunOptions(memory: .argument("world"))).text().standardOutput
        == Array("Hello, world!\n0x0\n".utf8))
    #expect(throws: ToolError.self) {
      try BPFTool.run(path, RunOptions(memory: .argument(String(repeating: "x", count: 120))))
    }
  }

  @Test func allSourcesAreInTheTable() throws {
    guard Self.isBuilt else { return print("not run: Scripts/build-extensions has not made the programs") }
    let sources = try FileManager.default.contentsOfDirectory(atPath: "extensions/bpf").filter { $0.hasSuffix(".c") }
    let known = Set(Self.programs.map(\.file))
    for source in sources { #expect(known.contains("\(source.dropLast(2)).bpf.o"), "\(source)") }
    print("shipped BPF programs: \(sources.count), of them \(Self.programs.filter { $0.refusal != nil }.count) refused")
  }
}
