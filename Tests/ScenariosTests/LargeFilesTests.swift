import Foundation
import TestSupport
import Testing

@testable import Scenarios

/// Files as large as the loader's limits, in the 64 MiB of a guest: loaded again and again, or refused, never a panic.
@Suite(.enabled(if: imagesAreBuilt)) struct LargeFilesTests {
  private static let limit = 16 << 20

  /// The shipped extension `hello`, with so much behind it that nobody looks at.
  private func object(_ count: Int) throws -> [UInt8] {
    let bytes = [UInt8](try Data(contentsOf: products.extensions.appending(path: "hello.o")))
    return bytes + [UInt8](repeating: 0, count: count - bytes.count)
  }

  @Test func anObjectOf16MiBIsLoadedAndAByteMoreIsRefused() throws {
    var guest = CommandScenario()
    guest.files = ["large.o": try object(Self.limit), "larger.o": try object(Self.limit + 1)]
    let again = Array(repeating: ["run large.o", "free large.o"], count: 3).flatMap { $0 }
    let result = try guest.run(again + ["run larger.o"], extensions: [])
    let runs = result.console.filter { $0.text.hasSuffix("Hello from an extension!") }
    #expect(runs.count == 3, "\(result.text())")
    #expect(
      result.consoleText.contains("run: larger.o: file too large: 16777217 bytes, at most 16777216"),
      "\(result.text())")
    #expect(result.outcome == .detected && result.reason.contains("larger.o file too large: 16777217 bytes"))
  }

  /// 262,144 symbols of 64 bytes each: as many and as much as there may be.
  @Test func aSymbolFileOf16MiBIsLoadedAndAByteMoreIsRefused() throws {
    var bytes: [UInt8] = []
    for index in 0..<262_144 {
      let line = "\(String(index + 0x10_0000, radix: 16)) T symbol_\(index)_"
      bytes += Array(line.utf8) + [UInt8](repeating: 0x78, count: 63 - line.utf8.count) + [0x0a]
    }
    #expect(bytes.count == Self.limit)
    var guest = CommandScenario()
    guest.files = [
      "large.sym": bytes, "larger.sym": bytes + [0x0a], "large.o": try object(Self.limit),
      "small.o": try object(99_999),
    ]
    let result = try guest.run(
      ["load large.sym", "load larger.sym", "run large.o", "load large.sym", "run small.o"], extensions: [])
    #expect(result.consoleText.contains("Load 262144 symbols"), "\(result.text())")
    #expect(
      result.consoleText.contains("load: larger.sym: file too large: 16777217 bytes, at most 16777216"),
      "\(result.text())")
    // The symbols stay, and leave too little for it.
    #expect(result.consoleText.contains("run: large.o: not enough memory for the file: "), "\(result.text())")
    #expect(result.consoleText.contains("load: large.sym: not enough memory for the file: "), "\(result.text())")
    #expect(result.consoleText.contains("Hello from an extension!"), "\(result.text())")
    #expect(!result.consoleText.contains("panic:"))
  }

  /// Files of drawn sizes come and go in a drawn order, which divides and joins what the heap gets back.
  @Test(arguments: [UInt64(1), 2])
  func filesOfAllSizesComeAndGo(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var guest = CommandScenario()
    let names = (0..<10).map { "object-\($0).o" }
    for name in names { guest.files[name] = try object(10_000 + Int(random.next() % 5_000_000)) }
    guest.files["small.sym"] = Array("100000 T a\n".utf8)
    guest.files["medium.sym"] = (0..<20_000).flatMap { Array("\(String($0 + 0x10_0000, radix: 16)) T s\($0)\n".utf8) }
    let commands = (0..<150).map { _ in
      switch random.next() % 8 {
      case 0: "load small.sym"
      case 1: "load medium.sym"
      case 2: "free-all"
      default: "run \(names[Int(random.next() % 10)])"
      }
    }
    let result = try guest.run(commands, extensions: [])
    #expect(result.outcome == .completed, "\(result.reason)")
    let lines = result.console.map(\.text)
    #expect(
      lines.filter { $0.hasSuffix("Hello from an extension!") }.count == commands.filter { $0.hasPrefix("run ") }.count)
    #expect(
      lines.filter { $0.hasSuffix("Load 20000 symbols") }.count == commands.filter { $0 == "load medium.sym" }.count)
    print("files loaded: \(commands.count) commands, seed \(seed)")
  }
}
