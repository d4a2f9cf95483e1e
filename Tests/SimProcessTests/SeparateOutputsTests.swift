import Foundation
import Testing

/// What a run reads is never written over, nor is one result by another.
@Suite(.enabled(if: canRun)) final class SeparateOutputsTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "separate-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder.appending(path: "share"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(at: folder.appending(path: "full"), withIntermediateDirectories: true)
    let image = try Data(contentsOf: build.appending(path: "images/uio-ushellmpk.elf"))
    let scenario = """
      {"machine": {"devices": ["console", "9p", "rng", "block"], "disk": {"file": "disk.img"}},
       "guest": {"image": "guest.elf"}, "share": {"folder": "share"}, "script": [{"wait": "1us"}]}
      """
    for (name, bytes) in [
      ("s.json", Data(scenario.utf8)), ("guest.elf", image), ("disk.img", Data(repeating: 7, count: 700)),
      ("share/a", Data("a".utf8)), ("full/x", Data()),
      ("diskless.json", Data("{\"machine\": {\"devices\": [\"console\"]}}".utf8)),
    ] { try bytes.write(to: folder.appending(path: name)) }
    try FileManager.default.linkItem(at: folder.appending(path: "disk.img"), to: folder.appending(path: "hard"))
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "door"), withDestinationURL: folder.appending(path: "share"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private var files: [String: Data] {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
    return Dictionary(
      uniqueKeysWithValues: names.map { ($0, (try? Data(contentsOf: folder.appending(path: $0))) ?? Data()) })
  }

  @Test(arguments: [
    (
      ["run", "s.json", "--export-disk", "disk.img"], "disk.img: --export-disk would write over the disk image disk.img"
    ),
    (["run", "s.json", "--events", "hard"], "hard: --events would write over the disk image disk.img"),
    (["run", "s.json", "--junit", "guest.elf"], "guest.elf: --junit would write over the guest's image guest.elf"),
    (["run", "s.json", "--export-share", "share"], "share: --export-share would write over the share's folder share"),
    (["run", "s.json", "--export-share", "share/out"], "--export-share would write into the share's folder share"),
    (["run", "s.json", "--export-share", "."], "--export-share would write into the folder that holds the scenario"),
    (["run", "s.json", "--events", "door/e"], "door/e: --events would write into the share's folder share"),
    (
      ["run", "s.json", "--events", "e", "--export-disk", "./e"],
      "--export-disk and --events (e) would write to the same"
    ),
    (
      ["run", "s.json", "--events", "out/e", "--export-share", "out"], "--events (out/e) would write into the folder of"
    ),
    (["run", "s.json", "--export-share", "full"], "full: already holds something; name a new or an empty folder"),
    (["run", "s.json", "--export-share", "no/out"], "no/out: can't be written: No such file or directory"),
    (["run", "s.json", "--export-disk", "no/out"], "no/out: can't be written: No such file or directory"),
    (["run", "diskless.json", "--export-disk", "d"], "d: the machine has no disk to write out; add \"block\""),
    (["run", "diskless.json", "--export-share", "d"], "d: the machine has no share to write out; add \"9p\""),
    (["record", "s.json", "-o", "guest.elf"], "guest.elf: -o would write over the guest's image guest.elf"),
    (["record", "s.json", "-o", "share/t"], "share/t: -o would write into the share's folder share"),
    (["snapshot", "s.json", "--at", "1us", "-o", "hard"], "hard: -o would write over the disk image disk.img"),
    (
      ["run", "s.json", "diskless.json", "--junit", "disk.img"],
      "disk.img: --junit would write over the disk image disk.img"
    ),
    (
      ["run", "s.json", "--set", "/machine/disk/file=full/x", "--events", "full/x"],
      "full/x: --events would write over the disk image full/x"
    ),
  ])
  func refusedBeforeTheRun(arguments: [String], reason: String) throws {
    let before = files
    let answer = try sim(arguments, in: folder)
    #expect(answer.status == 2 && answer.error.contains(reason), "\(answer.error)")
    #expect(answer.error.split(separator: "\n").count == 1 && answer.output.isEmpty, "\(answer.error)")
    #expect(files == before)
  }

  /// QEMU keeps the disk and the share in files of its own.
  @Test func theDiskComesBackFromQEMUToo() throws {
    let outputs = ["--engine", "qemu-tcg", "--export-disk", "d", "--export-share", "out"]
    let answer = try sim(["run", "s.json"] + outputs, in: folder)
    if answer.error.contains("is not installed") {
      print("no QEMU here: not tried: \(answer.error)")
      return
    }
    #expect(answer.status == 0, "\(answer.output)\(answer.error)")
    #expect(files["d"] == Data(repeating: 7, count: 700) + Data(count: 1024 - 700) && files["out/a"] == Data("a".utf8))
  }

  /// The project's guest ends with 16 when it panics.
  @Test(arguments: [("16", 0), ("17", 1)]) func aCrashMayBeExpectedWithItsExitCode(code: String, status: Int32) throws {
    let changes = ["/guest/design=ebpf", "/script=[]", "/expect/outcome=crashed", "/expect/exitCode=\(code)"]
    let answer = try sim(["run", "s.json"] + changes.flatMap { ["--set", $0] }, in: folder)
    #expect(answer.status == status, "\(answer.output)\(answer.error)")
    #expect(answer.output.contains("exit code: expected 17, got 16") == (status == 1))
  }

  @Test func whatTheConsoleDoesNotTakeIsTold() throws {
    let line = String(repeating: "x", count: 4000)
    let steps = (0..<17).map { _ in "{\"send\": \"\(line)\"}" }.joined(separator: ",")
    try Data("{\"script\": [\(steps)]}".utf8).write(to: folder.appending(path: "long.json"))
    let answer = try sim(["run", "long.json"], in: folder)
    #expect(
      answer.status == 1 && answer.output.contains("the console takes 1520 of 4001 bytes, as 65536 wait"),
      "\(answer.output)\(answer.error)")
  }

  /// 700 bytes are two sectors, the second filled up with zeros.
  @Test func resultsInPlacesOfTheirOwnAreAllWritten() throws {
    let before = files
    let outputs = ["--events", "e", "--junit", "r.xml", "--export-disk", "d", "--export-share", "out"]
    let answer = try sim(["run", "s.json"] + outputs, in: folder)
    #expect(answer.status == 0, "\(answer.output)\(answer.error)")
    #expect(files["d"] == Data(repeating: 7, count: 700) + Data(count: 1024 - 700))
    #expect(files["out/a"] == Data("a".utf8) && files["e"]?.isEmpty == false && files["r.xml"]?.isEmpty == false)
    for (name, bytes) in before { #expect(files[name] == bytes, "\(name)") }
  }
}
