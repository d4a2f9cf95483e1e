import Foundation
import OutputFiles
import Testing

@Test func aFileBehindALinkIsReplacedAndTheLinkStays() throws {
  let folder = try TemporaryFolder()
  let path = try folder.write("real", "old")
  try FileManager.default.createDirectory(at: folder.url.appending(path: "links"), withIntermediateDirectories: true)
  for (link, leadsTo) in [("links/first", "second"), ("links/second", "../real"), ("links/new", "../made")] {
    try FileManager.default.createSymbolicLink(
      atPath: folder.url.appending(path: link).path, withDestinationPath: leadsTo)
  }
  for (link, place) in [("first", path), ("new", folder.url.appending(path: "made").path)] {
    let file = try AtomicFile(folder.url.appending(path: "links/\(link)").path)
    file.write("new")
    try file.finish()
    #expect(try String(contentsOfFile: place, encoding: .utf8) == "new")
  }
  #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == ["links", "made", "real"])
  #expect(
    try FileManager.default.contentsOfDirectory(atPath: folder.url.path + "/links").sorted()
      == ["first", "new", "second"])
  #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.url.path + "/links/first") == "second")
}

@Test func aPipeIsWrittenToAndStaysAPipe() throws {
  let folder = try TemporaryFolder()
  let path = folder.url.appending(path: "pipe").path
  #expect(mkfifo(path, 0o600) == 0)
  // Open for reading too, so that neither end waits for the other.
  let reader = open(path, O_RDWR)
  defer { close(reader) }
  let file = try AtomicFile(path)
  file.write("through")
  try file.finish()
  var bytes = [UInt8](repeating: 0, count: 16)
  #expect(read(reader, &bytes, bytes.count) == 7 && bytes.prefix(7).elementsEqual("through".utf8))
  var information = stat()
  #expect(lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFIFO)
  #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["pipe"])
}

@Test func aFullDeviceIsAnErrorAndStaysADevice() throws {
  let file = try AtomicFile("/dev/full")
  file.write("x")
  #expect(throws: OutputError(path: "/dev/full", problem: "can't be written: No space left on device")) {
    try file.finish()
  }
  var information = stat()
  #expect(lstat("/dev/full", &information) == 0 && information.st_mode & S_IFMT == S_IFCHR)
}

@Test func aFinishedFileIsLeftAloneByWhatGoesLater() throws {
  let folder = try TemporaryFolder()
  let path = folder.url.appending(path: "x").path
  let first = try AtomicFile(path)
  first.write("first")
  try first.finish()
  let second = try AtomicFile(path)
  second.write("second")
  first.discard()
  try second.finish()
  #expect(try String(contentsOfFile: path, encoding: .utf8) == "second")
}

@Test func anEmptyNameIsSaidToBeEmpty() {
  #expect(throws: OutputError(path: "", problem: "the name of the file to write is empty")) { try AtomicFile("") }
}

@Test func anOutputIsComparedWithTheInputByWhatTheyAre() throws {
  let folder = try TemporaryFolder()
  let path = try folder.write("in", "x")
  let link = folder.url.appending(path: "link").path
  try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "in")
  for name in [path, link, folder.url.path + "/./in"] {
    #expect(throws: OutputError.self) { try requireOutput(name, differsFrom: path) }
  }
  try requireOutput(try folder.write("other", "x"), differsFrom: path)
  try requireOutput(folder.url.path + "/none", differsFrom: path)
  try requireOutput("/dev/null", differsFrom: "/dev/null")
}
