import Foundation
import GuestOS
import Testing

@testable import Scenarios

/// INT n by an extension, for every n: contained, and the INT named as the cause.
@Suite(.enabled(if: imagesAreBuilt)) struct SoftwareInterruptTests {
  static let guests = [
    CommandScenario(), CommandScenario(design: "none"), CommandScenario(variant: "ushellmpk-bpf"),
    CommandScenario(variant: "ushell", design: "none"),
  ]

  @Test(arguments: guests)
  func everyVectorIsContainedAndTheINTNamed(guest: CommandScenario) throws {
    let result = try guest.run(
      (0..<256).map { "run software-interrupt.o \($0)" } + ["run hello.o"],
      extensions: ["software-interrupt.o", "hello.o"])
    #expect(result.outcome == .contained, "\(result.reason)")
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

  @Test(arguments: guests.prefix(2), ["gdt", "idt"])
  func theDescriptorTablesAreReadOnlyAlsoInAWriteWindow(guest: CommandScenario, table: String) throws {
    let result = try guest.run(["run rogue-interrupt-table.o \(table)"], extensions: ["rogue-interrupt-table.o"])
    let text = "contained: rogue-interrupt-table.o: page fault writing 0x"
    #expect(result.consoleText.contains(text) && result.outcome == .contained, "\(result.text())")
  }

  /// In a host function the unikernel's own code is running, though an extension has called it. Its stack is data of the
  /// gates, so that the write of it is an escape already.
  @Test func aFaultInAHostFunctionIsAPanic() throws {
    let image = try GuestImage([UInt8](Data(contentsOf: products.images.appending(path: "uio-ushellmpk.elf"))))
    let address = try #require(image.symbol(named: "host_stack_top")).address
    var guest = CommandScenario()
    guest.files = ["kernel.sym": Array("\(String(address, radix: 16)) B host_stack_top\n".utf8)]
    let result = try guest.run(["load kernel.sym", "run rogue-host-stack.o"], extensions: ["rogue-host-stack.o"])
    let reason = "extension rogue-host-stack.o: the gates' data are written"
    #expect(result.outcome == .escaped && result.reason.hasPrefix(reason), "\(result.text())")
    #expect(result.consoleText.contains("panic: page fault at ushell_puts+0x"), "\(result.text())")
    #expect(!result.consoleText.contains("contained:"))
  }

  /// The vectors of the timer, COM1 and the devices: the handlers do nothing for them.
  @Test func theTimersVectorByINTIsNoTick() throws {
    let result = try CommandScenario().run(
      ["run software-interrupt.o"] + Array(repeating: "run software-interrupt.o 32", count: 30)
        + ["run software-interrupt.o"], extensions: ["software-interrupt.o"])
    let ticks = result.console.map(\.text).compactMap { line in
      line.contains("ticks of the timer: ") ? line.split(separator: " ").last.flatMap { Int($0) } : nil
    }
    #expect(ticks.count == 2 && ticks[1] - ticks[0] < 10, "\(ticks)")
  }
}
