import Foundation
import GuestOS
import Testing

@testable import Scenarios

/// What the guest does with objects: which names they find, in which order they begin, and what is said of those that
/// are refused.
@Suite(.enabled(if: imagesAreBuilt)) struct GuestLoaderTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let commands: [String]
    let shows: [String]
    var outcome = Outcome.completed
    var testDescription: String { commands.joined(separator: "; ") }

    init(_ commands: [String], shows: [String], _ outcome: Outcome = .completed) {
      (self.commands, self.shows, self.outcome) = (commands, shows, outcome)
    }

    /// The extensions that the commands name.
    var extensions: [String] {
      Set(commands.flatMap { $0.split(separator: " ").map(String.init) }.filter { $0.hasSuffix(".o") }).sorted()
    }
  }

  static let cases = [
    // An extension's own names win over the unikernel's private ones, and not over its exports.
    Case(
      ["prog-load own-names.o", "run own-names-caller.o"],
      shows: ["freed 1, start 5, thread_start 77", "main returned 0"]),
    Case(
      ["run own-names-caller.o"], shows: ["run: own-names-caller.o: undefined symbol `free`"], .detected),
    Case(["run private-heap.o"], shows: ["run: private-heap.o: undefined symbol `posix_memalign`"], .detected),
    Case(
      ["prog-load initialized-library.o", "run initialized-caller.o", "run initialized-caller.o"],
      shows: ["42, in an initializer 42", "main returned 0"]),
    Case(
      ["prog-load rogue-initializer.o", "run rogue-initializer-caller.o", "run rogue-initializer-caller.o"],
      shows: [
        "contained: rogue-initializer.o: key fault writing count (", " at overwrite+0x",
        "run: rogue-initializer-caller.o: uses rogue-initializer.o, which was stopped in an initializer",
        "run: rogue-initializer-caller.o: undefined symbol `rogue_value`",
      ], .contained),
    Case(
      ["run wide-arithmetic.o"],
      shows: ["quotient 4e2fff8a:480a8f072d1e6e9a, remainder 0:3095a7da, bits 32", "main returned 0"]),
    Case(
      ["prog-load absolute-symbol.o", "run absolute-symbol-caller.o"], shows: ["12345678", "main returned 0"]),
    Case(["run section-ends.o"], shows: ["3 entries, sum 123", "main returned 0"]),
    Case(["run big-frame.o"], shows: ["contained: big-frame.o: stack overrun at main+0x"], .contained),
    // Every refusal is one: also of a file that is not there, and of a file of symbols.
    Case(["run nothing.o"], shows: ["run: nothing.o: no such file or directory"], .detected),
    Case(["load nothing.sym"], shows: ["load: nothing.sym: no such file or directory"], .detected),
    Case(
      ["load undefined-symbol.o"],
      shows: ["load: undefined-symbol.o: line 1: no hexadecimal address at the start of the line"], .detected),
    Case(["ls nothing", "cat nothing"], shows: ["ls: nothing: no such file or directory"]),
  ]

  @Test(arguments: cases)
  func objectsAreLinkedStartedAndRefused(test: Case) throws {
    let result = try CommandScenario().run(
      test.commands, extensions: test.extensions.filter { $0 != "nothing.o" })
    for text in test.shows { #expect(result.consoleText.contains(text), "\(text) in \(result.text())") }
    #expect(result.outcome == test.outcome, "\(result.reason)")
    #expect(!result.consoleText.contains("panic:"))
  }

  /// With all names of the image in a file: programs before it, exports before both.
  @Test func aSymbolFileComesBehindProgramsAndExports() throws {
    let image = try GuestImage([UInt8](Data(contentsOf: products.images.appending(path: "uio-ushellmpk.elf"))))
    var guest = CommandScenario()
    let names = image.symbols.filter { !$0.name.contains(" ") }
    #expect(names.contains { $0.name == "free" } && names.contains { $0.name == "thread_start" })
    let text = names.map { String($0.address, radix: 16) + " T " + $0.name + "\n" }.joined()
    guest.files = ["kernel.sym": Array(text.utf8)]
    let result = try guest.run(
      ["load kernel.sym", "prog-load own-names.o", "run own-names-caller.o", "run private-heap.o"],
      extensions: ["own-names.o", "own-names-caller.o", "private-heap.o"])
    #expect(result.consoleText.contains("freed 1, start 5, thread_start 77\nmain returned 0"), "\(result.text())")
    // Now the private heap is offered; the design forbids to write to it.
    #expect(result.consoleText.contains("contained: private-heap.o: key fault writing "), "\(result.text())")
  }
}
