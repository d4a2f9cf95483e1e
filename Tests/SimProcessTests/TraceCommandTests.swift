import Foundation
import Testing

/// A folder for the time of a test, with traces that are whole and files that are none.
private final class Workplace {
  let folder = FileManager.default.temporaryDirectory.appending(path: "traces \(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder.appending(path: "images"), withIntermediateDirectories: true)
    for name in ["hello", "args"] {
      try FileManager.default.copyItem(at: root.appending(path: "traces/\(name).trace"), to: place("\(name).trace"))
    }
    let whole = try Data(contentsOf: place("hello.trace"))
    var damaged = whole
    damaged[whole.count / 2] ^= 4
    var newer = whole
    newer[8] = 99
    for (name, bytes) in [
      ("empty.trace", Data()), ("text.trace", Data("hello\n".utf8)), ("cut.trace", whole.dropLast(100)),
      ("long.trace", whole + Data([0])), ("damaged.trace", damaged), ("newer.trace", newer),
    ] { try bytes.write(to: place(name)) }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func place(_ name: String) -> URL { folder.appending(path: name) }

  func sim(_ arguments: String...) throws -> Answer { try SimProcessTests.sim(arguments, in: folder) }

  var files: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }
}

@Suite(.enabled(if: canRun)) struct TraceCommandTests {
  private let work: Workplace

  init() throws { work = try Workplace() }

  @Test(arguments: [
    ("missing.trace", "can't be read: No such file"), (".", "no regular file"), ("/dev/zero", "no regular file"),
    ("empty.trace", "is empty"), ("text.trace", "no trace"), ("cut.trace", "cut off"),
    ("long.trace", "has 1 byte after its end"),
    ("damaged.trace", "damaged at byte"), ("newer.trace", "newer simulator"),
  ])
  func whatIsNoWholeTraceIsRefusedByNameAndLeavesNothingBehind(file: String, reason: String) throws {
    let before = work.files
    let answers = [
      try work.sim("inspect", file), try work.sim("inspect", file, "--event", "0"),
      try work.sim("inspect", file, "--export", "perfetto", "-o", "t.json"), try work.sim("diff", file, "hello.trace"),
      try work.sim("diff", "hello.trace", file, "--all"), try work.sim("replay", file),
    ]
    for answer in answers {
      #expect(answer.status == 2 && answer.output == "")
      #expect(answer.error.hasPrefix("\(file): ") && answer.error.contains(reason), "\(answer.error)")
      #expect(answer.error.split(separator: "\n").count == 1)
    }
    #expect(work.files == before)
  }

  @Test(arguments: [
    (["inspect", "hello.trace", "--kind", "guest"], "--events"),
    (["inspect", "hello.trace", "--events", "--event", "1"], "give one of them"),
    (["inspect", "hello.trace", "--events", "--kind", "gest"], "did you mean \"guest\""),
    (["inspect", "hello.trace", "--events", "--key", "16"], "0 to 15"),
    (["inspect", "hello.trace", "--events", "--key", "-1"], "--key"),
    (["inspect", "hello.trace", "--events", "--symbol", "no such"], "no symbol or program is named"),
    (["inspect", "hello.trace", "--events", "--from", "2", "--to", "1"], "later than"),
    (["inspect", "hello.trace", "--events", "--from", "99999999999999999999"], "--from"),
    (["inspect", "hello.trace", "--event", "99999999"], "there is no event"),
    (["inspect", "hello.trace", "--export", "perfetto"], "-o FILE"),
    (["inspect", "hello.trace", "-o", "t.json"], "--export"),
    (["inspect", "hello.trace", "--export", "perfetto", "-o", "no/t.json"], "can't be written"),
    (["inspect", "hello.trace", "--export", "perfetto", "-o", "images"], "is a folder"),
    (["diff", "hello.trace"], "Missing"), (["diff", "hello.trace", "args.trace", "hello.trace"], "Unexpected"),
    (["diff", "hello.trace", "args.trace", "--project", "consle"], "did you mean \"console\""),
    (["diff", "hello.trace", "args.trace", "--project", "keys", "--ignore", "keys"], "nothing is left"),
    (["diff", "hello.trace", "args.trace", "--exact", "--aligned"], "--aligned"),
    (["diff", "hello.trace", "args.trace", "--format", "xml"], "--format"),
  ])
  func aWrongOptionIsRefusedWithTheMend(arguments: [String], mend: String) throws {
    let before = work.files
    let answer = try sim(arguments, in: work.folder)
    #expect(answer.status == 2 && answer.output == "" && answer.error.contains(mend), "\(answer.error)")
    #expect(work.files == before)
  }

  @Test func diffTellsByItsExitCodeWhetherTracesAreTheSame() throws {
    let same = try work.sim("diff", "hello.trace", "hello.trace")
    #expect(same.status == 0 && same.output.contains("hello.trace: same: ") && same.error == "")
    let other = try work.sim("diff", "hello.trace", "args.trace")
    #expect(other.status == 1 && other.output.contains("first difference") && other.error == "")
    #expect(try work.sim("diff", "hello.trace", "args.trace", "--project", "threads", "--no-rerun").status == 0)
  }

  @Test func anOutputThatCanNotBeWrittenIsNamedFirst() throws {
    let scenario = root.appending(path: "scenarios/hello.json").path
    for arguments in [["run", scenario, "--events", "no/x"], ["record", scenario, "-o", "no/x"]] {
      let answer = try sim(arguments, in: work.folder)
      #expect(answer.status == 2 && answer.error.hasPrefix("no/x: can't be written"), "\(answer.error)")
    }
  }

  @Test func replayGoesOnAfterATraceThatCanNotBeRead() throws {
    let answer = try work.sim("replay", "nothere.trace", "hello.trace", "empty.trace")
    #expect(answer.status == 2 && answer.output.hasPrefix("hello.trace: same: "))
    #expect(answer.error.contains("nothere.trace: can't be read: No such file") && answer.error.contains("is empty"))
  }

  @Test(arguments: [("nosuch", "there is no file nosuch"), ("images", "is a folder"), ("text.trace", "no ELF file")])
  func replaySaysOnceWhyAnImageCanNotBeUsed(image: String, reason: String) throws {
    let answer = try work.sim("replay", "hello.trace", "--image", image)
    #expect(answer.status == 2 && answer.output == "" && answer.error.hasPrefix("\(image): "))
    #expect(answer.error.contains(reason) && answer.error.split(separator: "\n").count == 1, "\(answer.error)")
  }

  @Test func eachLineOfJSONIsAnObject() throws {
    let listings = [
      try work.sim("diff", "hello.trace", "args.trace", "--all", "--format", "json"),
      try work.sim("inspect", "hello.trace", "--events", "--format", "json"),
      try work.sim("inspect", "hello.trace", "--event", "3", "--format", "json"),
    ]
    var count = 0
    for line in listings.flatMap({ $0.output.split(separator: "\n") }) {
      #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any], "\(line)")
      count += 1
    }
    #expect(count > 200)
    print("\(count) objects")
  }

  @Test func diffFindsTheInstructionWhereScenariosNameDifferentImages() throws {
    let image = try Data(contentsOf: build.appending(path: "images/uio-ushellmpk.elf"))
    let place = try #require(image.firstRange(of: Data("main returned".utf8)))
    var other = image
    other.replaceSubrange(place, with: Data("main returmed".utf8))
    for (name, bytes) in [("a", image), ("b", other)] {
      try bytes.write(to: work.place("\(name).elf"))
      let scenario = """
        {"guest": {"image": "\(name).elf", "design": "uio-mpk"}, "share": {"extensions": ["hello.o"]},
         "script": [{"expect": "> "}, {"send": "run hello.o"}, {"expect": "main retur"}, {"expect": "> "}]}
        """
      try Data(scenario.utf8).write(to: work.place("\(name).json"))
      let recorded = try work.sim("record", "\(name).json", "-o", "\(name).trace")
      #expect(recorded.status == 0, "\(recorded.output)\(recorded.error)")
    }
    let answer = try work.sim("diff", "a.trace", "b.trace")
    #expect(answer.status == 1 && answer.output.contains("\nfirst different instruction: after "), "\(answer.output)")
    // The letter, alone or in the low byte of a register that holds more.
    #expect(answer.output.contains(/0x[0-9a-f]*6e in A, 0x[0-9a-f]*6d in B/), "\(answer.output)")
  }

  @Test func anExportReplacesAFileAsAWhole() throws {
    try Data("old".utf8).write(to: work.place("t.json"))
    let answer = try work.sim("inspect", "hello.trace", "--export", "perfetto", "-o", "t.json")
    #expect(answer.status == 0)
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: work.place("t.json"))) as? [String: Any]
    #expect((object?["traceEvents"] as? [Any])?.isEmpty == false)
    #expect(work.files.allSatisfy { !$0.hasSuffix(".partial") })
  }
}
