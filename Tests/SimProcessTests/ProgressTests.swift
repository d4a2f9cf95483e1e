import Foundation
import Testing

/// What a person sees of a run that takes a while.
@Suite(.enabled(if: canRun)) final class ProgressTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "progress \(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(endlessRun.utf8).write(to: folder.appending(path: "endless.json"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// What the terminal gets that is the standard error of a process.
  private func shown(_ arguments: [String], _ variables: [String: String]) throws -> String {
    let terminal = try #require(Pseudoterminal())
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = root
    process.environment = ProcessInfo.processInfo.environment.filter { !["NO_COLOR", "TERM"].contains($0.key) }
      .merging(variables) { $1 }
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, terminal.handle)
    try process.run()
    process.waitUntilExit()
    return terminal.text
  }

  @Test func aLongRunTellsHowFarItIsAndTakesTheLineAway() throws {
    let text = try shown(
      ["run", folder.appending(path: "endless.json").path, "--timeout", "2500ms"], ["TERM": "xterm"])
    let lines = text.split(separator: "\r")
    let pattern = /^[0-9]+\.[0-9]{3} ms virtual time, [0-9]+ instructions, [0-9]+ million a second\u{1b}\[K/
    #expect(lines.filter { $0.firstMatch(of: pattern) != nil }.count >= 2, "\(text.debugDescription)")
    let end = try #require(text.range(of: "\r\u{1b}[K", options: .backwards))
    #expect(!text[end.upperBound...].contains("virtual time,"), "\(text.debugDescription)")
    #expect(text[end.upperBound...].contains("not done within 2500ms"))
  }

  @Test func aShortRunAndAPlainTerminalShowNone() throws {
    #expect(try shown(["run", "scenarios/boot.json"], ["TERM": "xterm"]) == "")
    for plain in [["TERM": "dumb"], ["TERM": "xterm", "NO_COLOR": "1"]] {
      let text = try shown(["run", folder.appending(path: "endless.json").path, "--timeout", "1500ms"], plain)
      #expect(!text.contains("\u{1b}") && !text.contains("million"), "\(text.debugDescription)")
    }
    let answer = try sim(["run", folder.appending(path: "endless.json").path, "--timeout", "1500ms"])
    #expect(!answer.error.contains("\u{1b}"))
  }

  /// Being looked at must change nothing, however the run is made.
  @Test func theSameHappensOnATerminal() throws {
    let trace = folder.appending(path: "e.trace").path
    _ = try shown(["record", "scenarios/endless-loop.json", "-o", trace], ["TERM": "xterm"])
    let golden = try sim(["inspect", "traces/endless-loop.trace", "--format", "json"]).output
    let digest = try #require(golden.firstMatch(of: /"digest":"([0-9a-f]{32})"/)?.output.1)
    #expect(try sim(["inspect", trace, "--format", "json"]).output.contains(digest))
  }

  @Test func consolesAreFollowedLineByLine() throws {
    let plain = try sim(["run", "scenarios/hello.json"])
    let followed = try sim(["run", "scenarios/hello.json", "--follow"])
    #expect(followed.status == 0 && followed.output == plain.output)

    // A line is there long before the run ends.
    let process = Process()
    let pipe = Pipe()
    process.executableURL = program
    process.arguments = ["run", folder.appending(path: "endless.json").path, "--follow", "--timeout", "60s"]
    (process.standardOutput, process.standardError) = (pipe, FileHandle.nullDevice)
    try process.run()
    let first = pipe.fileHandleForReading.availableData
    #expect(process.isRunning && String(decoding: first, as: UTF8.self).hasPrefix("  serial | uIO ushellmpk\n"))
    // What the tests' threads block, the process does too, and nobody reads the rest of its output.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()

    let refused = try sim(["run", "scenarios/hello.json", "--follow", "--format", "text", "--format", "json"])
    #expect(refused.status == 2)
  }
}
