import Glibc
import NineP
import SimVirtio
import Testing

/// A folder of the host that goes away with the test.
private final class HostFolder {
  let path: String

  init() throws {
    var name = Array("/tmp/share-test-XXXXXX".utf8CString)
    let made = name.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    path = try #require(made)
  }

  func file(_ name: String, _ text: String, mode: mode_t = 0o644) {
    let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT, mode)
    _ = Glibc.write(descriptor, text, text.utf8.count)
    close(descriptor)
  }

  func folder(_ name: String) { mkdir("\(path)/\(name)", 0o755) }
  func link(_ name: String, _ target: String) { symlink(target, "\(path)/\(name)") }

  /// The reason for which the folder is refused.
  func refusal(_ limits: ShareLimits = ShareLimits()) -> ShareError? {
    do throws(ShareError) {
      _ = try Share(folder: path, limits: limits)
      return nil
    } catch {
      return error
    }
  }

  deinit { remove(path) }

  private func remove(_ path: String) {
    if let stream = opendir(path) {
      var names: [String] = []
      while let entry = readdir(stream) {
        names.append(
          withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
          })
      }
      closedir(stream)
      for name in names where name != "." && name != ".." {
        var information = stat()
        lstat("\(path)/\(name)", &information)
        if information.st_mode & S_IFMT == S_IFDIR { remove("\(path)/\(name)") } else { unlink("\(path)/\(name)") }
      }
    }
    rmdir(path)
  }
}

struct ShareTests {
  @Test func theDigestIsOfNamesAndContentsOnly() throws {
    let one = try Share([.file("b", [1]), .file("a/x", [2]), .folder("c"), .link("a/l", target: "x")])
    let same = try Share([.folder("c"), .link("a/l", target: "x"), .file("a/x", [2]), .file("b", [1])])
    #expect(one == same)
    #expect(one.tree.digest().count == 32)
    let others = [
      try Share([.file("b", [1]), .file("a/y", [2]), .folder("c"), .link("a/l", target: "x")]),
      try Share([.file("b", [0]), .file("a/x", [2]), .folder("c"), .link("a/l", target: "x")]),
      try Share([.file("b", [1]), .file("a/x", [2]), .file("c", []), .link("a/l", target: "x")]),
      try Share([.file("b", [1]), .file("a/x", [2]), .folder("c"), .link("a/l", target: "y")]),
      try Share([.file("b", [1]), .file("x", [2]), .folder("c"), .folder("a"), .link("a/l", target: "x")]),
    ]
    #expect(Set((others + [one]).map { $0.tree.digest() }).count == 6)
  }

  @Test func aFolderGivesTheSameShareWhateverTheOrderOnDisk() throws {
    let names = ["z", "a", "Z", "10", "9", "é"]
    let first = try HostFolder()
    for name in names { first.file(name, name) }
    first.folder("d")
    first.link("d/up", "../a")
    let second = try HostFolder()
    second.folder("d")
    second.link("d/up", "../a")
    for name in names.reversed() { second.file(name, name, mode: 0o600) }
    let share = try Share(folder: first.path)
    #expect(try Share(folder: second.path + "/") == share)
    #expect(
      try share.tree.entries(of: ShareTree.root).map { String(decoding: $0.name, as: UTF8.self) }
        == ["10", "9", "Z", "a", "d", "z", "é"])
    #expect(try share.tree.entries(of: ShareTree.root).map(\.node) == Array(1...7))
  }

  @Test func everythingButFilesFoldersAndLinksIsRefusedByName() throws {
    let folder = try HostFolder()
    folder.folder("d")
    mkfifo("\(folder.path)/d/pipe", 0o644)
    #expect(folder.refusal() == ShareError(path: "\(folder.path)/d/pipe", reason: .specialFile("FIFO")))
    unlink("\(folder.path)/d/pipe")
    #expect(folder.refusal() == nil)

    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = "\(folder.path)/socket"
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(bound == 0)
    #expect(folder.refusal() == ShareError(path: path, reason: .specialFile("socket")))
    #expect(folder.refusal()?.description.contains("take it out") ?? false)
  }

  @Test func whatCannotBeReadIsRefusedByName() throws {
    let folder = try HostFolder()
    folder.file("secret", "x", mode: 0)
    if geteuid() == 0 {
      print("not run: an unreadable file, since root reads everything")
    } else {
      #expect(folder.refusal()?.path == "\(folder.path)/secret")
      #expect(folder.refusal()?.description.contains("cannot be read") ?? false)
    }
    #expect(throws: ShareError(path: "/nowhere/at/all", reason: .missing)) { try Share(folder: "/nowhere/at/all") }
    folder.file("file", "")
    #expect(throws: ShareError(path: "\(folder.path)/file", reason: .notAFolder)) {
      try Share(folder: "\(folder.path)/file")
    }
  }

  @Test func limitsAreKeptAndNamed() throws {
    let folder = try HostFolder()
    folder.file("a", "12345")
    folder.folder("d")
    folder.file("d/b", "12345")
    #expect(folder.refusal(ShareLimits(bytesMax: 10)) == nil)
    #expect(folder.refusal(ShareLimits(bytesMax: 9))?.reason == .tooManyBytes(limit: 9))
    #expect(folder.refusal(ShareLimits(entriesMax: 3)) == nil)
    #expect(folder.refusal(ShareLimits(entriesMax: 2))?.reason == .tooManyEntries(limit: 2))
    #expect(folder.refusal(ShareLimits(depthMax: 1)) == nil)
    #expect(folder.refusal(ShareLimits(depthMax: 0))?.reason == .tooDeep(limit: 0))
  }

  @Test(arguments: [
    "/etc/passwd", "..", "../x", "d/../..", "d/missing/../../../x", "inner/..", "a/../inner/../..", "/",
  ])
  func linksOutOfTheShareAreRefused(_ target: String) throws {
    // `inner` is d/deep/l -> ../.. seen from the root: the root itself, so that ".." behind it leaves.
    let items: [Share.Item] = [
      .folder("d/deep"), .link("inner", target: "d/deep/l"), .link("d/deep/l", target: "../.."),
    ]
    _ = try Share(items)
    #expect(throws: ShareError(path: "share/link", reason: .linkLeavesShare(target: target))) {
      try Share(items + [.link("link", target: target)])
    }
    let folder = try HostFolder()
    folder.folder("d")
    folder.folder("d/deep")
    folder.link("inner", "d/deep/l")
    folder.link("d/deep/l", "../..")
    folder.link("link", target)
    #expect(folder.refusal() == ShareError(path: "\(folder.path)/link", reason: .linkLeavesShare(target: target)))
  }

  @Test func linksInsideStayLinks() throws {
    for target in ["d", "./d/../d/x", "missing", "d/../missing/../d", "self", "d/."] {
      _ = try Share([.file("d/x", []), .link("self", target: "self"), .link("l", target: target)])
    }
  }

  @Test func badNamesAndDuplicatesAreRefused() {
    for path in ["", "a//b", ".", "a/..", "a/\0", String(repeating: "x", count: 256)] {
      #expect(throws: ShareError.self, "\(path)") { try Share([.file(path, [])]) }
    }
    #expect(throws: ShareError(path: "share/a", reason: .duplicate)) { try Share([.file("a", []), .folder("a")]) }
    #expect(throws: ShareError(path: "share/a", reason: .duplicate)) { try Share([.file("a", []), .file("a/b", [])]) }
  }

  @Test func whatIsExportedComesBackAsItWas() throws {
    let share = try Share([
      .file("a", [1, 2]), .file("d/deep/b", []), .folder("empty"), .link("d/link", target: "../a"),
    ])
    let folder = try HostFolder()
    let target = "\(folder.path)/out"
    #expect(try share.tree.export(to: target + "/").isEmpty)
    #expect(try Share(folder: target).tree.digest() == share.tree.digest())
    #expect(throws: ShareError(path: target, reason: .targetNotEmpty)) { try share.tree.export(to: target) }
    folder.folder("there")
    try share.tree.export(to: "\(folder.path)/there")
    #expect(try Share(folder: "\(folder.path)/there").tree.digest() == share.tree.digest())
    folder.file("plain", "x")
    #expect(throws: ShareError(path: "\(folder.path)/plain", reason: .notAFolder)) {
      try share.tree.export(to: "\(folder.path)/plain")
    }
    #expect(throws: ShareError.self) { try share.tree.export(to: "\(folder.path)/no/such/place") }
  }

  @Test func aFailedExportLeavesNothing() throws {
    // Directories of long names until the host refuses the path.
    let name = String(repeating: "n", count: 250)
    let deep = [String](repeating: name, count: 20).joined(separator: "/")
    let share = try Share([.file("a", [1]), .file("\(deep)/x", [])])
    let folder = try HostFolder()
    #expect(throws: ShareError.self) { try share.tree.export(to: "\(folder.path)/out") }
    #expect(try Share(folder: folder.path).tree.entryCount == 0)
  }

  @Test func aLinkThatTheGuestMovedOutwardsIsLeftOut() throws {
    let share = try Share([.file("a", []), .link("d/link", target: "../a")])
    var tree = share.tree
    let directory = try #require(try tree.entry("d".utf8, in: ShareTree.root)).node
    try tree.rename("link".utf8, in: directory, to: Array("moved".utf8), in: ShareTree.root)
    let folder = try HostFolder()
    #expect(try tree.export(to: "\(folder.path)/out") == ["moved"])
    #expect(try Share(folder: "\(folder.path)/out").tree.entryCount == 2)
  }
}
