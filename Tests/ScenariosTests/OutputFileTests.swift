import Foundation
import Testing

@testable import OutputFiles

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

private func mode(_ path: String) -> mode_t? {
  var information = stat()
  return stat(path, &information) == 0 ? information.st_mode & 0o777 : nil
}

@Test(arguments: [true, false]) func aReplacedFileHandsDownItsRights(isNameless: Bool) throws {
  let folder = try TemporaryFolder()
  for rights in [0o600, 0o640, 0o444, 0o666] as [mode_t] {
    let path = try folder.write("secret", "old")
    #expect(chmod(path, rights) == 0)
    let file = try AtomicFile(path, isNameless: isNameless)
    file.write("new")
    try file.finish()
    #expect(mode(path) == rights)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
    try FileManager.default.removeItem(atPath: path)
  }
}

@Test(arguments: [true, false]) func aNewFileHasTheRightsOfAnyNewFile(isNameless: Bool) throws {
  let folder = try TemporaryFolder()
  let path = folder.url.appending(path: "new").path
  let file = try AtomicFile(path, isNameless: isNameless)
  try file.finish()
  let witness = folder.url.appending(path: "witness").path
  close(open(witness, O_WRONLY | O_CREAT, 0o666))
  #expect(mode(path) == mode(witness))
  #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == ["new", "witness"])
}

@Test(arguments: [true, false]) func whatIsLeftOfAnEarlierWriterGoesAndOthersStay(isNameless: Bool) throws {
  let folder = try TemporaryFolder()
  let path = folder.url.appending(path: "x").path
  _ = try folder.write(".x.0.partial", "left by a process that was killed")
  _ = try folder.write(".x.me.partial", "somebody else's name")
  _ = try folder.write(".y.0.partial", "another file's")
  let busy = try AtomicFile(path, isNameless: false)
  #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/.x.1.partial"))
  let second = try AtomicFile(path, isNameless: isNameless)
  busy.write("first")
  second.write("second")
  try busy.finish()
  #expect(try String(contentsOfFile: path, encoding: .utf8) == "first")
  try second.finish()
  #expect(try String(contentsOfFile: path, encoding: .utf8) == "second")
  #expect(
    try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
      == [".x.me.partial", ".y.0.partial", "x"])
}

@Test func bytesOnTheirWayHaveNoNameWhereTheFileSystemCanDoIt() throws {
  let folder = try TemporaryFolder()
  let file = try AtomicFile(folder.url.appending(path: "x").path)
  file.write([UInt8](repeating: 1, count: 1 << 20))
  let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
  let descriptor = open(folder.url.path, O_WRONLY | O_DIRECTORY | 0o20000000, 0o600)
  guard descriptor >= 0 else {
    print("this file system has no files without a name: not tried")
    return
  }
  close(descriptor)
  #expect(names == [])
}
