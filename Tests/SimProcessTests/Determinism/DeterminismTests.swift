import Foundation
import Testing

/// How the second recording of a scenario differs from the first in what must not matter.
private struct Variation {
  var name: String
  var isElsewhere = false
  var isLoaded = false
  var environment: [String: String] = [:]

  static let hashing = Variation(name: "hash seed", environment: ["SWIFT_DETERMINISTIC_HASHING": ""])
  static let surroundings = Variation(
    name: "environment",
    environment: [
      "LANG": "tr_TR.UTF-8", "LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Kathmandu", "HOME": "/nonexistent",
      "TMPDIR": "/var/tmp", "NO_COLOR": "1", "TERM": "dumb", "USER": "nobody", "MALLOC_PERTURB_": "165",
      "UIO_DESIGN": "none", "EXTRA": String(repeating: "x", count: 20_000),
    ])
  static let elsewhere = Variation(name: "folders, order and dates of files", isElsewhere: true)
  static let load = Variation(name: "load", isLoaded: true)
  static let all = Variation(
    name: "all at once", isElsewhere: true, isLoaded: true,
    environment: surroundings.environment.merging(hashing.environment) { _, new in new })
}

/// `DETERMINISM=all` asks for each variation by itself too.
private let variations: [Variation] =
  ProcessInfo.processInfo.environment["DETERMINISM"] == "all"
  ? [.hashing, .surroundings, .elsewhere, .load, .all] : [.all]

private let scenarios: [String] = {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: "scenarios").path)) ?? []
  let others = ["scenario.schema.json", "linux.json", "fault-sectors.json", "fault-random-bytes.json"]
  return names.filter { $0.hasSuffix(".json") && !others.contains($0) }.sorted()
}()

private let plain = Surroundings(
  program: program, scenarios: root.appending(path: "scenarios"), workingFolder: root,
  environment: [
    "PATH": "/usr/bin:/bin", "HOME": "/", "LANG": "C", "LC_ALL": "C", "TZ": "UTC", "SWIFT_DETERMINISTIC_HASHING": "1",
  ])

/// Records `names` plainly and under each variation.
private func compare(_ names: [String], in scenarios: URL) throws {
  var first = plain
  first.scenarios = scenarios
  var expected: [String: Recorded] = [:]
  for name in names { expected[name] = try first.record(name) }
  for variation in variations {
    let place =
      variation.isElsewhere
      ? try OtherPlace(scenarios: scenarios, program: program, build: build) : nil
    let load = variation.isLoaded ? try Load() : nil
    var second = first
    // An empty value stands for none.
    second.environment = first.environment.merging(variation.environment) { _, new in new }.filter { $0.value != "" }
    if let place {
      (second.program, second.scenarios, second.workingFolder) = (place.program, place.scenarios, place.root)
    }
    for name in names {
      let (before, after) = (expected[name]?.bytes ?? [], try second.record(name))
      let difference = difference(between: before, and: after.bytes)
      #expect(
        difference == nil, "\(name), another \(variation.name): \(difference ?? "")\n\(after.said)")
    }
    withExtendedLifetime((place, load)) {}
  }
}

@Suite(.serialized, .enabled(if: canRun)) struct DeterminismTests {
  @Test func everyScenarioGivesTheSameTraceWhateverSurroundsIt() throws {
    #expect(!scenarios.isEmpty)
    try compare(scenarios, in: root.appending(path: "scenarios"))
    print("\(scenarios.count) scenarios, variations: \(variations.map(\.name).joined(separator: ", "))")
  }

  /// A folder's entries come in an order that the host's file system makes up: by creation, or by a hash of the name.
  @Test func theOrderOfFilesOnDiskDoesNotMatter() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "order-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for (index, name) in ["b", "a/2", "ä", "Z", "a/10", "c c"].enumerated() {
      let parent = folder.appending(path: "share/\(name)")
      try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
      for number in [9, 1, 5] {
        try Data("\(index)\(number)\n".utf8).write(to: parent.appending(path: "file-\(number)"))
      }
    }
    let scenario = """
      {"guest": {"variant": "ushellmpk"}, "share": {"folder": "share"},
       "script": [{"expect": "> ", "within": "2s"}, {"send": "ls"}, {"expect": "> "}, {"send": "ls a/2"}, {"expect": "> "}]}
      """
    try Data(scenario.utf8).write(to: folder.appending(path: "order.json"))
    try compare(["order.json"], in: folder)
  }

  @Test func anotherSeedIsAnotherTrace() throws {
    let trace = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).trace")
    defer { try? FileManager.default.removeItem(at: trace) }
    _ = try sim(["record", plain.scenarios.appending(path: "hello.json").path, "-o", trace.path, "--seed", "2"])
    let other = [UInt8](try Data(contentsOf: trace))
    #expect(difference(between: try plain.record("hello.json").bytes, and: other) != nil)
  }
}
