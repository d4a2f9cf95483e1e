import Engines
import Foundation
import Testing

@testable import Scenarios

let packageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
let products = BuildProducts(folder: packageRoot.appending(path: ".build"))

/// Whether the guest's images are there; `swift test` alone does not build them, ./test does.
let imagesAreBuilt: Bool = {
  let image = products.images.appending(path: "uio-ushellmpk.elf").path
  if FileManager.default.fileExists(atPath: image) { return true }
  print("scenarios are not run: the guest's images have not been built (./test does it)")
  return false
}()

/// Scenarios whose guests come from elsewhere.
private let foreign: Set = ["linux.json", "fault-sectors.json", "fault-random-bytes.json"]

let shipped: [String] = {
  let folder = packageRoot.appending(path: "scenarios").path
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  return names.filter { $0.hasSuffix(".json") && $0 != "scenario.schema.json" && !foreign.contains($0) }.sorted()
}()

private func run(_ name: String) throws -> RunResult {
  let path = packageRoot.appending(path: "scenarios/\(name)").path
  return try ScenarioRun(ScenarioFile(path: path), products: products, seed: nil).run()
}

@Test func theListOfShippedScenariosIsComplete() {
  let promised = [
    "hello", "ls-cat", "set-count", "set-count-func", "args", "prog-load", "symbol-file", "second-extension",
    "mpk-check", "rogue-write", "rogue-call", "second-page-write", "zero-divide", "endless-loop", "stack-overrun",
    "undefined-symbol", "truncated-object", "wrong-machine-object", "bpf-count", "bpf-registers", "bpf-traced-fault",
    "bpf-rogue-arena", "bpf-rogue-helper", "bpf-caller",
  ]
  for name in promised { #expect(shipped.contains("\(name).json"), "\(name)") }
  print("\(shipped.count) shipped scenarios")
}

@Test(.enabled(if: imagesAreBuilt), arguments: shipped)
func aShippedScenarioPassesTwiceWithTheSameDigest(name: String) throws {
  let first = try run(name)
  #expect(first.passed, "\(first.text())")
  let second = try run(name)
  #expect(first.digest == second.digest)
  #expect(first.json.text == second.json.text)
}

@Test(.enabled(if: imagesAreBuilt)) func theSeedIsPartOfTheResult() throws {
  let path = packageRoot.appending(path: "scenarios/hello.json").path
  let other = try ScenarioRun(ScenarioFile(path: path), products: products, seed: 7).run()
  #expect(other.seed == 7 && other.passed)
}

@Test(.enabled(if: imagesAreBuilt)) func theJSONResultHasThePromisedKeysInOrder() throws {
  let text = try run("hello.json").json.text
  let node = try JSONParser.parse(Array(text.utf8))
  guard case .object(let members) = node.value else {
    Issue.record("no object")
    return
  }
  #expect(
    members.map(\.key) == [
      "scenario", "outcome", "reason", "passed", "seed", "instructions", "virtualTimeNs", "digest", "console", "events",
      "failures",
    ])
  guard case .string(let digest) = node["digest"]?.value else { return }
  #expect(digest.count == 32 && digest.allSatisfy { $0.isHexDigit && !$0.isUppercase })
}

/// Translated programs do what interpreted ones do, and every console shows the same; only the time differs.
@Test(.enabled(if: imagesAreBuilt), arguments: shipped.filter { $0.hasPrefix("bpf-") })
func aScenarioWithBPFProgramsPassesWithTranslatedOnesToo(name: String) throws {
  let path = packageRoot.appending(path: "scenarios/\(name)").path
  var file = try ScenarioFile(path: path)
  guard file.scenario.guest.bpf == nil else { return }
  file.scenario.guest.bpf = .jit
  let result = try ScenarioRun(file, products: products, seed: nil).run()
  #expect(result.passed, "\(result.text())")
  let interpreted = try run(name)
  #expect(result.console.map(\.text) == interpreted.console.map(\.text))
}

private let foreignGuestsAreThere: Bool = {
  let isThere = FileManager.default.fileExists(atPath: packageRoot.appending(path: ".build/foreign/vmlinux").path)
  if !isThere { print("\(foreign.sorted()) are not run: Scripts/fetch-linux has not made their files") }
  return isThere
}()

@Test(.enabled(if: foreignGuestsAreThere), arguments: foreign.sorted())
func debiansKernelGetsToItsShell(name: String) throws {
  let result = try run(name)
  #expect(result.passed, "\(result.text())")
}

@Test func aForeignGuestThatIsMissingIsExplained() throws {
  let folder = try TemporaryFolder()
  let file = try folder.write(
    "scenario.json", #"{"guest": {"image": "../.build/foreign/nothing"}, "machine": {"bootProtocol": "linux64"}}"#)
  #expect {
    try ScenarioRun(ScenarioFile(path: file), products: products, seed: nil)
  } throws: {
    "\($0)".contains("make it from Debian's packages with Scripts/fetch-linux")
  }
}

/// A shipped scenario with one thing broken must fail: its assertions are not idle.
@Test(
  .enabled(if: imagesAreBuilt),
  arguments: [
    ("hello.json", "hello.o\"]", "args.o\"]"), ("rogue-write.json", "\"uio-mpk\"", "\"none\""),
    ("rogue-write-unprotected.json", "\"none\"", "\"uio-mpk\""),
    ("rogue-call.json", "\"uio-mpk\"", "\"none\""), ("second-page-write.json", "\"uio-mpk\"", "\"none\""),
    ("mpk-check.json", "\"uio-mpk\"", "\"none\""), ("set-count.json", "set-count.o 1000", "set-count.o 999"),
    ("bpf-count.json", "call set_count", "call get_count"),
    ("symbol-file.json", "get_count", "set_count"), ("truncated-object.json", "run truncated-object.o", "run hello.o"),
  ])
func aBrokenScenarioFails(name: String, part: String, replacement: String) throws {
  let path = packageRoot.appending(path: "scenarios/\(name)").path
  let text = try String(contentsOfFile: path, encoding: .utf8)
  #expect(text.contains(part))
  let broken = try TemporaryFolder()
  let file = try broken.write("scenario.json", text.replacing(part, with: replacement))
  let result: RunResult
  do {
    result = try ScenarioRun(ScenarioFile(path: file), products: products, seed: nil).run()
  } catch {
    return  // refused before it ran: as good
  }
  #expect(!result.passed)
}
