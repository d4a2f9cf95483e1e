import Foundation
import Testing

/// A host that has too little of something brings one clear line and an exit code of its own, and leaves nothing behind.
@Suite(.enabled(if: canRun)) struct HostLimitTests {
  private func sim(_ limit: String, _ arguments: [String]) throws -> Answer {
    try SimProcessTests.sim(
      ["-c", "ulimit \(limit); exec \"$0\" \"$@\"", program.path] + arguments,
      program: URL(fileURLWithPath: "/bin/sh"))
  }

  @Test(arguments: [
    ("-n 5", "this process may have only 5 files open"), ("-n 31", "may have only 31 files open"),
    ("-v 120000", "the host refuses"), ("-v 200000", "320 MiB of address space"),
    ("-v 300000", "this process may have 292 MiB"),
  ])
  func tooLittleIsAnErrorOfItsOwn(limit: String, words: String) throws {
    let answer = try sim(limit, ["run", "scenarios/hello.json"])
    #expect(answer.status == 71 && answer.output == "", "\(answer.status) \(answer.output)")
    #expect(answer.error.contains(words) && answer.error.contains("raise the limit (ulimit -"), "\(answer.error)")
    #expect(answer.error.split(separator: "\n").count == 1, "\(answer.error)")
  }

  @Test(arguments: ["-n 32", "-v 600000", "-f 1000"]) func enoughIsEnough(limit: String) throws {
    let answer = try sim(limit, ["run", "scenarios/hello.json"])
    #expect(answer.status == 0, "\(answer.error)")
  }

  @Test(arguments: [["record", "scenarios/hello.json", "-o"], ["run", "scenarios/hello.json", "--events"]])
  func aFileThatGrowsTooLargeIsAnErrorAndGoes(command: [String]) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "limits \(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let answer = try sim("-f 8", command + [folder.appending(path: "out").path])
    #expect(answer.status == 2, "\(answer.status) \(answer.error)")
    #expect(
      answer.error.contains("out: can't be written: File too large; this process may write ")
        && answer.error.contains("raise the limit (ulimit -f)"), "\(answer.error)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
  }
}
