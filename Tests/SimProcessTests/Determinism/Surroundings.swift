import Foundation
import Processes

/// Everything around a run that must not matter: the folders, the environment, the working folder.
struct Surroundings {
  var program: URL
  var scenarios: URL
  var workingFolder: URL
  var environment: [String: String]

  /// The trace of a scenario, recorded by a process of its own.
  func record(_ scenario: String) throws -> Recorded {
    let trace = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).trace")
    defer { try? FileManager.default.removeItem(at: trace) }
    let answer = try sim(
      ["record", scenarios.appending(path: scenario).path, "-o", trace.path], program: program, in: workingFolder,
      environment: environment)
    let bytes = [UInt8]((try? Data(contentsOf: trace)) ?? Data())
    return Recorded(bytes: bytes, said: answer.output + answer.error)
  }
}

/// What came of a recording.
struct Recorded {
  /// The trace; empty if there is none.
  var bytes: [UInt8]
  /// What the program printed.
  var said: String
}

/// A copy of scenarios, images, extensions and the program somewhere else: other paths, with blanks and letters that are
/// no ASCII; the files made in the opposite order, with other dates and permissions.
final class OtherPlace {
  let root: URL
  var scenarios: URL { root.appending(path: "the scenarios") }
  var program: URL { root.appending(path: "a program/sim") }

  init(scenarios: URL, program: URL, build: URL) throws {
    root = FileManager.default.temporaryDirectory.appending(path: "other place \(UUID().uuidString) é")
    try Self.copy(scenarios, to: self.scenarios)
    for name in ["images", "extensions", "hardened", "bundled"] {
      try Self.copy(build.appending(path: name), to: root.appending(path: name))
    }
    try FileManager.default.createDirectory(
      at: self.program.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: program, to: self.program)
  }

  deinit { try? FileManager.default.removeItem(at: root) }

  /// Copies a folder, the last file first.
  static func copy(_ source: URL, to target: URL) throws {
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    let names = try FileManager.default.contentsOfDirectory(atPath: source.path).sorted().reversed()
    for name in names where !name.hasPrefix(".") {
      let (from, to) = (source.appending(path: name), target.appending(path: name))
      if (try from.resourceValues(forKeys: [.isDirectoryKey])).isDirectory == true {
        try copy(from, to: to)
        continue
      }
      try Data(contentsOf: from).write(to: to)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o600, .modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: to.path)
    }
  }
}

/// Processes that keep every processor busy until this goes away, or this process, however it ends.
final class Load {
  private let processes: [ChildProcess]

  init() throws {
    processes = try (0..<ProcessInfo.processInfo.activeProcessorCount).map { _ in
      try ChildProcess(URL(fileURLWithPath: "/bin/sh"), ["-c", "while :; do :; done"])
    }
  }
}
