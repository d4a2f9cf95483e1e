import Engines
import Foundation
import OutputFiles
import SimEvents
import Testing

@testable import Scenarios

/// What is said about a scenario beside which `files` lie.
private func complaint(_ text: String, _ prepare: (TemporaryFolder) throws -> Void = { _ in }) throws -> String {
  let folder = try TemporaryFolder()
  try prepare(folder)
  let path = try folder.write("x.json", text)
  do {
    _ = try ScenarioRun(ScenarioFile(path: path), products: products, seed: nil)
    return "accepted"
  } catch {
    return error.description
  }
}

@Test func aMissingImageIsNamed() throws {
  #expect(try complaint("{\"guest\": {\"image\": \"a.elf\"}}").contains("$.guest.image: there is no file a.elf"))
  #expect(try complaint("{\"guest\": {\"image\": \".\"}}").contains("is a folder"))
}

@Test func anImageThatIsNoneIsRefused() throws {
  let said = try complaint("{\"guest\": {\"image\": \"a.elf\"}}") { try $0.write("a.elf", "no ELF at all") }
  #expect(said.contains("a.elf: the file is no ELF file"))
}

@Test(.enabled(if: imagesAreBuilt)) func aMissingExtensionIsNamedWithTheNearest() throws {
  let said = try complaint("{\"share\": {\"extensions\": [\"helo.o\"]}}")
  #expect(said.contains("$.share.extensions[0]: there is no file helo.o; did you mean \"hello.o\"?"))
}

@Test(.enabled(if: imagesAreBuilt)) func allMissingExtensionsAreNamed() throws {
  let said = try complaint("{\"share\": {\"extensions\": [\"nope.o\", \"hello.o\", \"hello\"]}}")
  #expect(said.contains("$.share.extensions[0]: there is no file nope.o"))
  #expect(!said.contains("extensions[1]"))
  #expect(said.contains("$.share.extensions[2]: there is no file hello; did you mean \"hello.o\"?"))
}

@Test(.enabled(if: imagesAreBuilt)) func aShareThatIsNoFolderIsRefused() throws {
  #expect(try complaint("{\"share\": {\"folder\": \"none\"}}").contains("there is no such folder"))
  #expect(
    try complaint("{\"share\": {\"folder\": \"f\"}}") { try $0.write("f", "") }.contains(
      "is not a folder; name a folder"))
}

@Test(.enabled(if: imagesAreBuilt)) func aLinkOutOfTheShareIsRefused() throws {
  let said = try complaint("{\"share\": {\"folder\": \"s\"}}") { folder in
    try folder.write("s/a.txt", "")
    try FileManager.default.createSymbolicLink(
      atPath: folder.url.appending(path: "s/b").path, withDestinationPath: "../../etc/passwd")
  }
  #expect(said.contains("leads out of the share"))
}

@Test(.enabled(if: imagesAreBuilt)) func aFileInTheFolderAndInTheScenarioIsThereTwice() throws {
  let said = try complaint("{\"share\": {\"folder\": \"s\", \"files\": {\"a.txt\": \"x\"}}}") {
    try $0.write("s/a.txt", "")
  }
  #expect(said.contains("share/a.txt: is in the share more than once"))
}

@Test(.enabled(if: imagesAreBuilt)) func symbolsThatTheImageHasNotAreNamedWithTheNearest() throws {
  let said = try complaint("{\"expect\": {\"memory\": [{\"symbol\": \"get_cuont\", \"equals\": 1}]}}")
  #expect(said.contains("$.expect.memory[0].symbol: the guest's image has no symbol \"get_cuont\"; did you mean"))
  #expect(try complaint("{\"script\": [{\"waitForSymbol\": \"no_such_thing\"}]}").contains("$.script[0]"))
}

@Test(.enabled(if: imagesAreBuilt)) func damageBeyondAFilesEndIsRefused() throws {
  func fault(_ what: String) -> String {
    "{\"share\": {\"files\": {\"a\": \"12345\"}}, "
      + "\"faults\": [{\"when\": {\"start\": true}, \"what\": {\"file\": {\"name\": \"a\", \(what)}}}]}"
  }
  #expect(try complaint(fault("\"truncateTo\": 6")).contains("has only 5 bytes"))
  #expect(try complaint(fault("\"offset\": 5, \"bytes\": \"00\"")).contains("has only 5 bytes"))
  #expect(try complaint(fault("\"offset\": \"0xffffffffffffffff\", \"bytes\": \"00\"")).contains("has only 5 bytes"))
  #expect(try complaint(fault("\"offset\": 4, \"bytes\": \"00\"")) == "accepted")
}

@Test func anOutputFileAppearsWholeOrNotAtAll() throws {
  let folder = try TemporaryFolder()
  let path = folder.url.appending(path: "events.jsonl").path
  do {
    let abandoned = try AtomicFile(path)
    abandoned.write("half")
  }
  #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [])
  let log = try AtomicFile(path)
  let sink = EventLog(log)
  sink.record(Event(time: 5, instruction: 3, payload: .debugExit(value: 1)))
  #expect(!FileManager.default.fileExists(atPath: path))
  try log.finish()
  #expect(
    try String(contentsOfFile: path, encoding: .utf8)
      == "{\"time\":5,\"instruction\":3,\"kind\":\"debugExit\",\"value\":1}\n")
  #expect(throws: OutputError.self) { try AtomicFile(folder.url.path) }
  #expect(throws: OutputError.self) { try AtomicFile(folder.url.appending(path: "none/x").path) }
}

/// `..` behind a linked folder leads out of the folder that the link names, as the file system has it.
@Test func parentsOfALinkedFolderAreThoseOfItsTarget() throws {
  let folder = try TemporaryFolder()
  try folder.write("real/share/a.txt", "a")
  try folder.write("real/deep/x.json", "{\"share\": {\"folder\": \"../share\"}}")
  let link = folder.url.appending(path: "link").path
  try FileManager.default.createSymbolicLink(
    atPath: link, withDestinationPath: folder.url.appending(path: "real/deep").path)
  let items = try ShareFiles(file: ScenarioFile(path: "\(link)/x.json"), products: products).items()
  #expect(!items.isEmpty)
  try folder.write("real/y.json", "{}")
  #expect(try ScenarioFile(path: "\(link)/../y.json").scenario.name == "y")
}
