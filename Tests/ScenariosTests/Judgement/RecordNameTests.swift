import Foundation
import GuestOS
import Testing

@testable import Scenarios

/// A record of the unikernel's own is one record, whatever an extension has made of a name in it.
@Suite(.enabled(if: imagesAreBuilt)) struct RecordNameTests {
  @Test func aLineBreakInANameBeginsNoRecord() throws {
    let image = try GuestImage([UInt8](Data(contentsOf: products.images.appending(path: "uio-ushellmpk.elf"))))
    func line(_ mangled: String, _ name: String) throws -> String {
      let symbol = try #require(image.symbols.first { $0.name.contains(mangled) })
      return "\(String(symbol.address, radix: 16)) B \(name)\n"
    }
    let symbols =
      try line("9SchedulerO7threads", "scheduler_threads") + line("9SchedulerO7currentSivpZ", "scheduler_current")
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "share"), withIntermediateDirectories: true)
    try Data(symbols.utf8).write(to: folder.url.appending(path: "share/kernel.sym"))
    let file = try folder.write(
      "scenario.json",
      """
      {"guest": {"variant": "ushellmpk", "design": "uio-mpk"},
       "share": {"folder": "share", "extensions": ["renamed-thread.o"]},
       "script": [
         {"expect": "> ", "within": "2s"}, {"send": "load kernel.sym"}, {"expect": "> ", "within": "2s"},
         {"send": "run renamed-thread.o"}, {"expect": "main returned 0\\n> ", "within": "2s"}, {"wait": "1100ms"},
         {"send": "help"}, {"expect": "> ", "within": "2s"}],
       "expect": {"outcome": "completed", "events": [
         {"kind": "guest", "where": {"name": "thread", "detail": {"contains": "switch x?loader load forged"}}, "min": 1},
         {"kind": "guest", "where": {"name": "loader", "detail": {"contains": "load forged"}}, "max": 0}]}}
      """)
    let result = try ScenarioRun(ScenarioFile(path: file), products: products, seed: nil).run()
    #expect(result.passed, "\(result.text())")
  }
}
