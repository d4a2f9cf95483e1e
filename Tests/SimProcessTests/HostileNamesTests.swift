import Foundation
import Testing

/// Names in a share, and what the guest prints of them, reach nobody's terminal as they are.
@Suite(.enabled(if: canRun)) final class HostileNamesTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "hostile-\(UUID().uuidString)")
  private static let names = [
    "esc\u{1b}[2J", "line\nFORGED", "del\u{7f}", "c1\u{9b}2J", "bidi\u{202e}gpj.exe", "zero\u{200b}width",
    "sep\u{2028}x",
    "return\rFORGED", "bell\u{7}", "isolate\u{2066}x",
  ]

  init() throws {
    for share in ["share", "other"] {
      let place = folder.appending(path: share)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      for name in Self.names { try Data((name + share + "\n").utf8).write(to: place.appending(path: name)) }
      try FileManager.default.createSymbolicLink(
        atPath: place.appending(path: "link\u{1b}c").path, withDestinationPath: Self.names[0])
      let scenario = """
        {"name": "n\\u001b[31m\\u202eame\\nFORGED", "share": {"folder": "\(share)"},
         "script": [{"expect": "> "}, {"send": "ls"}, {"expect": "> "}, {"send": "cat esc\\u001b[2J"}, {"expect": "> "}, {"send": "cat bidi\\u202egpj.exe"}, {"expect": "> "},
                    {"send": "load bell\\u0007"}, {"expect": "> "}],
         "expect": {"console": {"contains": ["never said \\u001b]0;x\\u0007\\nFORGED"]}}}
        """
      try Data(scenario.utf8).write(to: folder.appending(path: "\(share)\u{1b}[1m.json"))
    }
    try Data("call 1000\nexit\n".utf8).write(to: folder.appending(path: "p\u{1b}[5m.s"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func check(_ text: String, _ what: String) {
    let raw = text.unicodeScalars.filter { scalar in
      switch scalar.properties.generalCategory {
      case .control: scalar != "\n" && scalar != "\t"
      case .format, .lineSeparator, .paragraphSeparator: true
      default: false
      }
    }
    #expect(raw.isEmpty, "\(what): \(raw.map { String($0.value, radix: 16) })")
    #expect(!text.split(separator: "\n").contains { $0.hasPrefix("FORGED") }, "\(what)")
  }

  @Test func noneIsRawInAnyOutput() throws {
    let scenario = "share\u{1b}[1m.json"
    let commands: [(arguments: [String], status: Int32)] = [
      (["validate", scenario], 0), (["validate", scenario, "no\u{1b}[2J.json"], 2),
      (["run", scenario, "--events", "e.jsonl", "--junit", "r.xml", "--export-share", "out"], 1),
      (["run", scenario, "--follow"], 1), (["run", scenario, "--format", "json"], 1),
      (["run", scenario, "--export-share", "share/\u{1b}[2J"], 2),
      (["record", scenario, "-o", "t\u{1b}[2J.trace"], 1), (["record", "other\u{1b}[1m.json", "-o", "u.trace"], 1),
      (["inspect", "t\u{1b}[2J.trace"], 0), (["inspect", "t\u{1b}[2J.trace", "--format", "json"], 0),
      (["inspect", "t\u{1b}[2J.trace", "--events"], 0),
      (["inspect", "t\u{1b}[2J.trace", "--events", "--format", "json"], 0),
      (["inspect", "t\u{1b}[2J.trace", "--export", "perfetto", "-o", "p.json"], 0),
      (["inspect", "t\u{1b}[2J.trace", "--at", "1ms", "--memory", "no\u{1b}[2J:8"], 2),
      (["replay", "t\u{1b}[2J.trace"], 0), (["replay", "t\u{1b}[2J.trace", "--format", "json"], 0),
      (["replay", "t\u{1b}[2J.trace", "--scenario", "other\u{1b}[1m.json"], 1),
      (["diff", "t\u{1b}[2J.trace", "u.trace", "--all"], 1),
      (["diff", "t\u{1b}[2J.trace", "u.trace", "--format", "json"], 1),
      (["snapshot", scenario, "--at", "400us", "-o", "s\u{1b}[2J.snapshot"], 0),
      (["inspect", "s\u{1b}[2J.snapshot"], 0),
      (["resume", "s\u{1b}[2J.snapshot"], 1), (["resume", "no\u{1b}[2J.snapshot"], 2),
      (["run", scenario, "--set", "/x\u{1b}[2J=1"], 2), (["run\u{1b}[2J"], 2), (["run", scenario, "--\u{1b}[2J"], 2),
      (["bpf", "verify", "p\u{1b}[5m.s"], 1), (["bpf", "verify", "p\u{1b}[5m.s", "--format", "json"], 1),
      (["bpf", "run", "p\u{1b}[5m.s"], 1), (["bpf", "disasm", "no\u{1b}[2J.o"], 2),
    ]
    for (arguments, status) in commands {
      let answer = try sim(arguments, in: folder)
      #expect(answer.status == status, "\(arguments): \(answer.output) \(answer.error)")
      check(answer.output, "output of \(arguments)")
      check(answer.error, "errors of \(arguments)")
    }
    for name in ["e.jsonl", "r.xml", "p.json"] {
      check(try String(contentsOf: folder.appending(path: name), encoding: .utf8), name)
    }
    // The names did go through all of this, and the exported share has them as they are.
    let summary = try sim(["inspect", "t\u{1b}[2J.trace"], in: folder).output
    #expect(summary.contains("share/") == false && summary.contains("line\\u000aFORGED"), "\(summary)")
    let events = try String(contentsOf: folder.appending(path: "e.jsonl"), encoding: .utf8)
    #expect(events.contains("\\u001b[2J") && events.contains("\\u202e"))
    let exported = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "out").path)
    #expect(Set(exported).isSuperset(of: Self.names))
  }
}
