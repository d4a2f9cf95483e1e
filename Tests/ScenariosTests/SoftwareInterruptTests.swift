import Foundation
import Testing

@testable import Scenarios

/// INT n by an extension, for every n: contained, and the INT named as the cause.
@Suite(.enabled(if: imagesAreBuilt)) struct SoftwareInterruptTests {
  struct Guest: Sendable, CustomTestStringConvertible {
    let variant: String
    let design: String
    var testDescription: String { "\(variant), \(design)" }
  }

  /// One scenario that runs `commands` one after the other, each to the next prompt.
  private func run(_ guest: Guest, _ objects: [String], _ commands: [String]) throws -> RunResult {
    let script = commands.map { #"{"send": "\#($0)"}, {"expect": "> ", "within": "2s"}"# }
    let list = objects.map { "\"\($0)\"" }.joined(separator: ", ")
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "scenario.json",
      """
      {"guest": {"variant": "\(guest.variant)", "design": "\(guest.design)"}, "share": {"extensions": [\(list)]},
       "script": [{"expect": "> ", "within": "2s"}, \(script.joined(separator: ", ")), {"wait": "1100ms"}],
       "expect": {"outcome": "contained"}}
      """)
    return try ScenarioRun(ScenarioFile(path: file), products: products, seed: nil).run()
  }

  static let guests = [
    Guest(variant: "ushellmpk", design: "uio-mpk"), Guest(variant: "ushellmpk", design: "none"),
    Guest(variant: "ushellmpk-bpf", design: "uio-mpk"), Guest(variant: "ushell", design: "none"),
  ]

  @Test(arguments: guests)
  func everyVectorIsContainedAndTheINTNamed(guest: Guest) throws {
    let result = try run(
      guest, ["software-interrupt.o", "hello.o"],
      (0..<256).map { "run software-interrupt.o \($0)" } + ["run hello.o"])
    #expect(result.passed, "\(result.text())")
    let lines = result.console.map(\.text)
    let unnamed = (0..<256).filter { vector in
      let offset = vector == 0 ? "" : "+0x" + String(4 * vector, radix: 16)
      let text = "contained: software-interrupt.o: INT \(vector) at instructions\(offset) (0x"
      return !lines.contains { $0.contains(text) }
    }
    #expect(unnamed == [])
    #expect(lines.contains { $0.hasSuffix("Hello from an extension!") })
    #expect(!lines.contains { $0.contains("panic:") || $0.contains("nothing happened") })
  }

  /// The vectors of the timer, COM1 and the devices: the handlers do nothing for them.
  @Test func theTimersVectorByINTIsNoTick() throws {
    let result = try run(
      Guest(variant: "ushellmpk", design: "uio-mpk"), ["software-interrupt.o"],
      ["run software-interrupt.o"] + Array(repeating: "run software-interrupt.o 32", count: 30)
        + ["run software-interrupt.o"])
    #expect(result.passed, "\(result.text())")
    let ticks = result.console.map(\.text).compactMap { line in
      line.contains("ticks of the timer: ") ? line.split(separator: " ").last.flatMap { Int($0) } : nil
    }
    #expect(ticks.count == 2 && ticks[1] - ticks[0] < 10, "\(ticks)")
  }
}
