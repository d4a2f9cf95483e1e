import Testing

@testable import Scenarios

/// The budget of time is what ends a program that has more instructions than it can execute meanwhile.
@Suite(.enabled(if: imagesAreBuilt)) struct BPFTimeBudgetTests {
  @Test(arguments: ["uio-mpk", "ebpf"])
  func aProgramWithoutAnEndIsContainedAndSaidToBe(design: String) throws {
    var guest = CommandScenario(variant: "ushellmpk-bpf", design: design)
    guest.commandLine = "uio.bpf-budget=100000000000"
    let result = try guest.run(
      ["bpf_exec loop.bpf.o", "bpf_exec hello.bpf.o"], extensions: ["loop.bpf.o", "hello.bpf.o"])
    #expect(result.consoleText.contains("contained: loop.bpf.o: budget of 250 ms spent at "), "\(result.text())")
    #expect(result.outcome == .contained, "\(result.reason)")
    #expect(!result.consoleText.contains("panic:"))
  }
}
