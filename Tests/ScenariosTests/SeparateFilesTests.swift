import Foundation
import Testing

@testable import OutputFiles

@Suite struct SeparateFilesTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (name, text) in [("in", "x"), ("other", "x"), ("share/a/deep", "y"), ("share/b", "z")] {
      let place = folder.url.appending(path: name)
      try FileManager.default.createDirectory(
        at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      _ = try folder.write(name, text)
    }
    for (link, target) in [
      ("link", "in"), ("second", "link"), ("dangling", "share/new"), ("around", "around"), ("door", "share"),
    ] {
      try FileManager.default.createSymbolicLink(atPath: path(link), withDestinationPath: target)
    }
    for (name, file) in [("hard", "in"), ("hidden", "share/a/deep")] {
      try FileManager.default.linkItem(atPath: path(file), toPath: path(name))
    }
  }

  private func path(_ name: String) -> String { folder.url.path + "/" + name }

  private func problem(_ outputs: [(String, isFolder: Bool)], besides inputs: [CommandFile] = []) -> String? {
    do throws(OutputError) {
      let files = outputs.enumerated().map { CommandFile(path($1.0), "--\($0)", isFolder: $1.isFolder) }
      try requireSeparate(outputs: files, inputs: inputs)
      return nil
    } catch { return error.problem }
  }

  @Test(arguments: ["in", "./in", "share/../in", "share/a/../../in", "link", "second", "hard", "door/../in"])
  func aFileThatIsReadIsNotWrittenOverByAnyName(name: String) throws {
    let input = CommandFile(path("in"), "the disk image")
    let answer = try #require(problem([(name, false)], besides: [input]))
    #expect(answer == "--0 would write over the disk image \(path("in")), which is read; name another file")
  }

  @Test(arguments: ["other", "none", "no/such/../place", "around", "share/in", "in.new", "/../none"])
  func otherPlacesAreFree(name: String) {
    #expect(problem([(name, false)], besides: [CommandFile(path("in"), "the disk image")]) == nil)
    #expect(problem([(name, false), ("fresh", true)]) == nil)
  }

  @Test func nothingIsWrittenIntoAFolderThatIsRead() {
    let share = CommandFile(path("share"), "the share's folder", isFolder: true)
    for name in ["share/new", "share/a/new", "door/new", "share/b", "dangling", "share/no/such/place"] {
      for isFolder in [true, false] {
        #expect(problem([(name, isFolder)], besides: [share])?.contains("would write into the share's folder") == true)
      }
    }
    #expect(problem([("share", true)], besides: [share])?.contains("would write over the share's folder") == true)
    #expect(problem([("door/", true)], besides: [share])?.contains("would write over the share's folder") == true)
    #expect(problem([("hidden", false)], besides: [share])?.contains("has another name in the share's folder") == true)
    #expect(problem([(".", true)], besides: [share])?.contains("the folder that holds the share's folder") == true)
    #expect(problem([("hard", false), ("sharee", true)], besides: [share]) == nil)
  }

  @Test func twoOutputsNeedTwoPlaces() {
    let same = [("out", "out"), ("in", "hard"), ("link", "second"), ("share/new", "dangling"), ("no/x", "no/./x")]
    for (first, second) in same {
      #expect(problem([(first, false), (second, false)])?.hasPrefix("--1 and --0 (") == true, "\(first), \(second)")
      #expect(problem([(second, false), (first, false)])?.hasPrefix("--1 and --0 (") == true)
    }
    #expect(problem([("out", true), ("out/x", false)])?.contains("--1 would write into the folder of --0") == true)
    #expect(problem([("out/x", false), ("out", true)])?.contains("would write into the folder of --1") == true)
    #expect(problem([("out", true), ("outside", false)]) == nil)
  }

  @Test func devicesAndPipesAreNobodys() throws {
    let outputs = ["/dev/null", "/dev/null"].map { CommandFile($0, "--events") }
    try requireSeparate(outputs: outputs, inputs: [CommandFile("/dev/null", "the disk image")])
    try requireSeparate(outputs: [CommandFile("", "--events"), CommandFile("", "-o")], inputs: [])
  }
}
