import SimEvents
import Testing

@testable import Scenarios

/// What an attacker tried against the oracle: who is accused, of what, and who is not.
@Suite(.enabled(if: imagesAreBuilt)) struct AttackTests {
  private static let designs = [CommandScenario(), CommandScenario(design: "none")]

  @Test(arguments: designs)
  func aPromptThatAnExtensionPrintsSavesItNothing(guest: CommandScenario) throws {
    var guest = guest
    guest.patience = "4s"
    let result = try guest.run(["run false-prompt.o"], extensions: ["false-prompt.o"])
    #expect(result.consoleText.contains("main returned 0\n> "), "the script has what it waited for")
    #expect(result.outcome == .hung && result.reason.contains("false-prompt.o"), "\(result.text())")
    #expect(result.evidence?.rule == .availability)
  }

  @Test func aBreakpointMovedToTheImageIsSeen() throws {
    let result = try CommandScenario().run(["run image-breakpoint.o"], extensions: ["image-breakpoint.o"])
    #expect(result.outcome == .escaped && result.evidence?.rule == .systemRegisters, "\(result.text())")
    #expect(result.evidence?.actor == .extension("image-breakpoint.o"))
  }

  @Test func whatADeviceWritesForAnExtensionIsAnEscape() throws {
    let result = try CommandScenario().run(
      ["run forged-descriptor.o", "help"], extensions: ["forged-descriptor.o"])
    #expect(!result.console.map(\.text).contains("0 descriptors forged"), "\(result.text())")
    #expect(result.outcome == .escaped && result.evidence?.rule == .stores, "\(result.text())")
    #expect(result.reason.contains("a device writes count"))
  }

  @Test(arguments: designs)
  func honestWindowsAreNoEscapes(guest: CommandScenario) throws {
    let result = try guest.run(["run honest-windows.o", "run hello.o"], extensions: ["honest-windows.o", "hello.o"])
    #expect(result.outcome == .completed, "\(result.text())")
  }
}
