import Foundation
import Testing

/// `sim attack-matrix` as a program: what it refuses, where it writes, and how it ends.
@Suite(.enabled(if: canRun && hasAttacks)) final class AttackMatrixCommandTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "matrix-\(UUID().uuidString)")
  private let own = root.appending(path: "attacks/rights-register/pkru-own.c")

  init() throws {
    for name in ["corpus/rights-register", "wrong/gates", "empty"] {
      try FileManager.default.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
    }
    try FileManager.default.copyItem(at: own, to: folder.appending(path: "corpus/rights-register/pkru-own.c"))
    try Data("/*\n{}\n*/\n".utf8).write(to: folder.appending(path: "wrong/gates/a.c"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func matrix(_ arguments: [String]) throws -> Answer { try sim(["attack-matrix"] + arguments, in: folder) }
  private func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  @Test(arguments: [
    (["--corpus", "nowhere"], "nowhere: $: is no folder that can be read; name the folder of attacks with --corpus"),
    (["--corpus", "empty"], "empty: $: holds no attack; add one"),
    (["--corpus", "wrong"], "wrong/gates/a.c:2:1: $: key \"title\" is missing; add it"),
    (["--corpus", "corpus", "--attack", "pkru-onw"], "there is no attack \"pkru-onw\"; did you mean \"pkru-own\"?"),
    (
      ["--corpus", "corpus", "--class", "gates"], "the folder has no attack of the class gates; it has rights-register"
    ),
    (["--corpus", "corpus", "--class", "gate"], "The value 'gate' is invalid for '--class <class>'"),
    (["--corpus", "corpus", "--design", "mpk"], "The value 'mpk' is invalid for '--design <design>'"),
    (["--corpus", "corpus", "--workers", "0"], "--workers is 1 to 1024"),
    (["--corpus", "corpus", "--scenario", "x.json"], "name it with one --attack and one --design"),
    (["--corpus", "corpus", "--output", "corpus/x"], "--output would write into the folder of attacks"),
    (["--corpus", "corpus", "--output", "x", "--junit", "x"], "--junit"),
    (["--corpus", "corpus", "--against", "qemu"], "The value 'qemu' is invalid for '--against <against>'"),
    (["--corpus", "corpus", "--against", "unicorn"], "--against names another engine than the simulator"),
    (["--corpus", "corpus", "--against", "kvm", "--update"], "--against compares, as text or JSON"),
    (["--corpus", "corpus", "--against", "kvm", "--output", "x"], "--against compares, as text or JSON"),
  ])
  func isRefused(arguments: [String], reason: String) throws {
    let answer = try matrix(arguments)
    #expect(answer.status == 2 && answer.error.contains(reason) && answer.output.isEmpty, "\(answer)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["corpus", "empty", "wrong"])
  }

  @Test func everyFormGoesToItsFile() throws {
    let common = ["--corpus", "corpus", "--design", "none", "--design", "uio-mpk"]
    let shown = try matrix(common)
    #expect(
      shown.status == 0 && shown.output.hasPrefix("pkru-own: WRPKRU in own code") && shown.error.isEmpty, "\(shown)")
    #expect(shown.output.contains("pkruWrite") && shown.output.contains("without its bypass: contained"))
    let page = try matrix(common + ["--format", "html", "--output", "m.html", "--junit", "m.xml"])
    #expect(page.status == 0 && page.output.isEmpty && page.error.isEmpty, "\(page)")
    #expect(try text("m.html").hasPrefix("<!DOCTYPE html>"))
    #expect(try text("m.xml").contains("<testcase classname=\"scenarios\" name=\"pkru-own under uio-mpk\""))
    let object = try matrix(common + ["--format", "json"])
    let json = try JSONSerialization.jsonObject(with: Data(object.output.utf8)) as? [String: Any]
    #expect(json?["passed"] as? Bool == true && json?["designs"] as? [String] == ["none", "uio-mpk"])
  }

  @Test func aCellBecomesAScenario() throws {
    let arguments = ["--corpus", "corpus", "--attack", "pkru-own", "--design", "uio-mpk", "--format", "json"]
    let cell = try matrix(arguments + ["--scenario", "cell.json"])
    #expect(cell.status == 0, "\(cell)")
    let run = try sim(["run", "cell.json", "--format", "json"], in: folder)
    #expect(run.status == 0, "\(run)")
    let found = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(found["outcome"] as? String == "escaped")
    let digest = try #require(found["digest"] as? String)
    #expect(cell.output.contains("\"digest\":\"\(digest)\""))
  }

  /// The time that an extension prints is another on each engine: a difference until the head gives the reason.
  @Test(.enabled(if: hasQEMU)) func cellsAreComparedWithAnotherEngine() throws {
    let stamp = "corpus/confidentiality/time-stamp.c"
    try FileManager.default.createDirectory(
      at: folder.appending(path: "corpus/confidentiality"), withIntermediateDirectories: true)
    let explained = try String(
      contentsOf: root.appending(path: "attacks/confidentiality/time-stamp.c"), encoding: .utf8)
    let unexplained = explained.split(separator: "\n").filter { !$0.contains("\"elsewhere\"") }
    try Data(unexplained.joined(separator: "\n").utf8).write(to: folder.appending(path: stamp))
    let arguments = ["--corpus", "corpus", "--design", "uio-mpk", "--against", "qemu-tcg"]
    let different = try matrix(arguments)
    #expect(different.status == 1 && different.error.isEmpty, "\(different)")
    #expect(different.output.contains("DISAGREE time-stamp under uio-mpk: shell, item "))
    #expect(different.output.hasSuffix("\n1 of 2 cells agree on qemu-tcg, 1 disagree\n"))
    try Data(explained.utf8).write(to: folder.appending(path: stamp))
    let same = try matrix(arguments)
    #expect(same.status == 0 && same.output.hasSuffix("\n1 of 2 cells agree on qemu-tcg, 1 explained\n"), "\(same)")
  }

  @Test func whatDiffersFailsUntilItIsWrittenDown() throws {
    let file = "corpus/rights-register/pkru-own.c"
    let wrong = try text(file).replacing(
      "{\"outcome\": \"escaped\", \"rule\": \"I1\"", with: "{\"outcome\": \"hung\", \"rule\": \"I1\"")
    try Data(wrong.utf8).write(to: folder.appending(path: file))
    let line = "\(file): uio-mpk: outcome escaped, expected hung"
    let before = try matrix(["--corpus", "corpus", "--attack", "pkru-*"])
    #expect(
      before.status == 1 && before.output.contains("not as expected: outcome escaped, expected hung"), "\(before)")
    let update = try matrix(["--corpus", "corpus", "--update"])
    #expect(update.status == 0 && update.output == "\(line)\n", "\(update)")
    #expect(try matrix(["--corpus", "corpus"]).status == 0)
    #expect(try matrix(["--corpus", "corpus", "--update"]).output == "all 1 files are as they should be\n")
  }
}

private let hasQEMU: Bool = {
  if FileManager.default.isExecutableFile(atPath: "/usr/bin/qemu-system-x86_64") { return true }
  print("no cell is compared with QEMU: qemu-system-x86_64 is not installed")
  return false
}()

/// Whether attacks have been built.
private let hasAttacks: Bool = {
  let object = build.appending(path: "attacks/rights-register/pkru-own.o")
  if FileManager.default.fileExists(atPath: object.path) { return true }
  print("no attack is run: \(object.lastPathComponent) has not been built (./test does it)")
  return false
}()
