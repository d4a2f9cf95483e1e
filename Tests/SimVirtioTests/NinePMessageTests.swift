import NineP
import SimVirtio
import Testing

/// What real clients send beside the messages that the guest needs: Linux's v9fs and Unikraft's 9pfs.
struct NinePMessageTests {
  let client: NinePTestClient

  init() throws {
    client = try NinePTestClient([
      .file("a.txt", Array("hello".utf8)), .file("d/f", Array("deep".utf8)), .link("l", target: "a.txt"), .folder("e"),
    ])
    try client.start()
  }

  private func lock(_ type: UInt8, _ start: UInt64, _ length: UInt64, process: UInt32 = 1) -> FileLock {
    FileLock(type: type, start: start, length: length, process: process, client: client.text("me"))
  }

  private var locks: [[HeldLock]] { client.server.session.fids.map(\.fid.locks).filter { !$0.isEmpty } }

  // MARK: Removing and moving by fid

  @Test func removeEndsTheFidWhateverBecomesOfIt() throws {
    try client.walk(0, 1, ["a.txt"])
    try client.send(.remove(fid: 1))
    #expect(throws: ErrorNumber.noEntry) { try client.walk(0, 1, ["a.txt"]) }
    try client.walk(0, 1, ["d"])
    #expect(throws: ErrorNumber.notEmpty) { try client.send(.remove(fid: 1)) }
    #expect(throws: ErrorNumber.badFile) { try client.attributes(1) }
    try client.walk(0, 1, ["e"])
    try client.send(.remove(fid: 1))
    try client.walk(0, 1, [])
    #expect(throws: ErrorNumber.busy) { try client.send(.remove(fid: 1)) }
    #expect(throws: ErrorNumber.badFile) { try client.send(.remove(fid: 1)) }
  }

  @Test func aFidRemovesTheNameItCameBy() throws {
    try client.walk(0, 1, ["a.txt"])
    try client.send(.link(directory: 0, fid: 1, name: client.text("second")))
    try client.walk(0, 2, ["second"])
    try client.send(
      .renameat(oldDirectory: 0, oldName: client.text("second"), newDirectory: 0, newName: client.text("third")))
    try client.send(.remove(fid: 2))
    #expect(try client.content("a.txt") == "hello" && client.attributes(1).linkCount == 1)
    try client.walk(0, 2, ["a.txt"])
    try client.send(.remove(fid: 1))
    #expect(throws: ErrorNumber.noEntry, "the name is gone, the file is not") { try client.send(.remove(fid: 2)) }
  }

  @Test func renameMovesTheFileOfAFid() throws {
    try client.walk(0, 1, ["a.txt"])
    try client.walk(0, 2, ["d"])
    try client.send(.rename(fid: 1, directory: 2, name: client.text("moved")))
    #expect(try client.content("d/moved") == "hello")
    try client.send(.rename(fid: 1, directory: 0, name: client.text("l")))
    #expect(try client.content("l") == "hello", "over the link")
    #expect(throws: ErrorNumber.invalid) { try client.send(.rename(fid: 2, directory: 2, name: client.text("in"))) }
    #expect(throws: ErrorNumber.busy) { try client.send(.rename(fid: 0, directory: 2, name: client.text("in"))) }
  }

  // MARK: Making

  @Test func createIsUnikraftsWayToMakeFilesAndDirectories() throws {
    let none = client.text("")
    try client.walk(0, 1, [])
    try client.send(
      .create(
        fid: 1, name: client.text("dir"), permissions: CreatePermissions.directory | 0o750, mode: 0x11, special: none))
    #expect(try client.attributes(1).mode == 0o40750 && client.list(1).count == 2)
    try client.walk(0, 2, [])
    try client.send(
      .create(
        fid: 2, name: client.text("file"), permissions: 0o640, mode: OpenMode.write | OpenMode.truncate, special: none))
    try client.write(2, "text")
    #expect(throws: ErrorNumber.badFile) { try client.read(2) }
    #expect(try client.content("file") == "text" && client.attributes(2).mode == 0o100640)
    try client.walk(0, 3, [])
    #expect(throws: ErrorNumber.exists) {
      try client.send(.create(fid: 3, name: client.text("file"), permissions: 0o600, mode: 0, special: none))
    }
    try client.send(
      .create(
        fid: 3, name: client.text("link"), permissions: CreatePermissions.symbolicLink, mode: 0,
        special: client.text("file")))
    try client.send(.readlink(fid: 3)) { #expect($0 == .readlink(client.text("file"))) }
    try client.walk(0, 4, [])
    try client.send(
      .create(
        fid: 4, name: client.text("hard"), permissions: CreatePermissions.link, mode: 0, special: client.text("2")))
    #expect(try client.attributes(4).linkCount == 2 && client.attributes(4).qid == client.attributes(2).qid)
    try client.walk(0, 5, [])
    for bits in [CreatePermissions.device, CreatePermissions.fifo, CreatePermissions.socket] {
      #expect(throws: ErrorNumber.notPermitted) {
        try client.send(.create(fid: 5, name: client.text("p"), permissions: bits, mode: 0, special: none))
      }
    }
    #expect(throws: ErrorNumber.invalid, "it is open") {
      try client.send(.create(fid: 1, name: client.text("x"), permissions: 0o600, mode: 0, special: none))
    }
    for text in ["", "x", "99999999999", "-1"] {
      #expect(throws: ErrorNumber.self) {
        try client.send(
          .create(
            fid: 5, name: client.text("h"), permissions: CreatePermissions.link, mode: 0, special: client.text(text)))
      }
    }
  }

  @Test func sharesHoldNoDevices() throws {
    func make(_ mode: UInt32, _ name: String = "n") throws {
      try client.send(.mknod(directory: 0, name: client.text(name), mode: mode, major: 1, minor: 3, group: 0))
    }
    for type in [FileMode.fifo, FileMode.socket, FileMode.blockDevice, FileMode.characterDevice, FileMode.directory] {
      #expect(throws: ErrorNumber.notPermitted) { try make(type | 0o600) }
    }
    #expect(throws: ErrorNumber.exists) { try make(FileMode.fifo, "a.txt") }
    #expect(throws: ErrorNumber.invalid) { try make(0o150000) }
    try make(FileMode.regular | 0o604)
    try client.walk(0, 1, ["n"])
    #expect(try client.attributes(1).mode == 0o100604)
  }

  // MARK: What is said of files

  @Test func filesGetTheTimeOfWhatIsDone() throws {
    client.time.now = FileTime(seconds: 100, nanoseconds: 5)
    try client.open("a.txt", as: 1, flags: OpenFlags.readWrite)
    _ = try client.read(1)
    #expect(try client.attributes(1).modificationTime == FileTime(), "reading changes no time")
    try client.write(1, "H")
    #expect(try client.attributes(1).modificationTime == client.time.now)
    #expect(try client.attributes(0).modificationTime == FileTime())
    client.time.now = FileTime(seconds: 200)
    try client.send(.unlinkat(directory: 0, name: client.text("a.txt"), flags: 0))
    #expect(try client.attributes(0).modificationTime == client.time.now)
    #expect(
      try client.attributes(1).changeTime == client.time.now && client.attributes(1).modificationTime.seconds == 100)
  }

  @Test func statAndWstatSpeakOfTheSame() throws {
    func record(_ fid: UInt32) throws -> (record: StatRecord, name: String, target: String) {
      try client.send(.stat(fid: fid)) {
        guard case .stat(let record) = $0 else { throw ErrorNumber.protocolError }
        return (
          record, String(decoding: record.name.bytes, as: UTF8.self),
          String(decoding: record.special.bytes, as: UTF8.self)
        )
      }
    }
    try client.walk(0, 1, ["a.txt"])
    try client.walk(0, 2, ["l"])
    #expect(try record(1).name == "a.txt" && record(1).record.length == 5 && record(1).record.mode == 0o644)
    #expect(try record(2).target == "a.txt" && record(2).record.mode & CreatePermissions.symbolicLink != 0)
    #expect(try record(0).name == "/" && record(0).record.mode & CreatePermissions.directory != 0)
    var change = StatRecord()
    change.length = 2
    change.mode = 0o600
    change.modificationTime = 77
    change.name = client.text("b.txt")
    try client.send(.wstat(fid: 1, change))
    #expect(try client.content("b.txt") == "he" && record(1).name == "b.txt" && record(1).record.modificationTime == 77)
    #expect(try client.attributes(1).mode == 0o100600)
    // All of it or nothing.
    change.length = 4
    change.name = client.text("d")
    #expect(throws: ErrorNumber.isDirectory) { try client.send(.wstat(fid: 1, change)) }
    #expect(try client.content("b.txt") == "he")
    change = StatRecord()
    change.mode = CreatePermissions.directory
    #expect(throws: ErrorNumber.inputOutput) { try client.send(.wstat(fid: 1, change)) }
    try client.send(.wstat(fid: 1, StatRecord()))
  }

  @Test func noFileHasExtendedAttributes() throws {
    try client.walk(0, 1, ["a.txt"])
    try client.send(.xattrwalk(fid: 1, newFid: 2, name: client.text(""))) { #expect($0 == .xattrwalk(bytes: 0)) }
    #expect(try client.read(2).isEmpty)
    #expect(throws: ErrorNumber.invalid) { try client.send(.lopen(fid: 2, flags: 0)) }
    try client.send(.clunk(fid: 2))
    #expect(throws: ErrorNumber.noData) { try client.send(.xattrwalk(fid: 1, newFid: 2, name: client.text("user.x"))) }
    #expect(throws: ErrorNumber.badFile) { try client.send(.clunk(fid: 2)) }
    #expect(throws: ErrorNumber.invalid) { try client.send(.xattrwalk(fid: 1, newFid: 0, name: client.text(""))) }
    #expect(throws: ErrorNumber.notSupported) {
      try client.send(.xattrcreate(fid: 1, name: client.text("user.x"), valueBytes: 1, flags: 0))
    }
    #expect(throws: ErrorNumber.notSupported) {
      try client.send(.auth(fid: 9, userName: client.text("root"), tree: client.text(""), user: 0))
    }
  }

  // MARK: Locks

  @Test func locksAreGrantedAndKept() throws {
    try client.open("a.txt", as: 1, flags: OpenFlags.readWrite)
    try client.open("a.txt", as: 2)
    try client.send(.lock(fid: 1, lock(LockType.write, 10, 20), flags: LockFlags.block)) {
      #expect($0 == .lock(status: LockStatus.success))
    }
    try client.send(.lock(fid: 2, lock(LockType.read, 0, 0, process: 2), flags: 0))
    try client.send(.getlock(fid: 2, lock(LockType.write, 5, 7, process: 3))) {
      #expect($0 == .getlock(lock(LockType.unlock, 5, 7, process: 3)), "nobody is in the way")
    }
    // Process 1 gives up the middle of what it has, through another fid.
    try client.send(.lock(fid: 2, lock(LockType.unlock, 15, 5), flags: 0))
    #expect(locks.map { $0.map { [$0.first, $0.last] } } == [[[10, 14], [20, 29]], [[0, .max]]])
    let snapshot = client.server.session
    try client.send(.clunk(fid: 1))
    #expect(locks.count == 1 && snapshot.fids.contains { $0.fid.locks.count == 2 })
    try client.send(.lock(fid: 2, lock(LockType.write, 0, 0, process: 2), flags: 0))
    #expect(locks.map { $0.map(\.type) } == [[LockType.write]], "the newer takes the older one's place")
  }

  @Test func locksThatCannotBeAreRefused() throws {
    try client.open("a.txt", as: 1, flags: OpenFlags.readWrite)
    for (lock, flags, error) in [
      (lock(3, 0, 1), 0, .invalid), (lock(0, 0, 1), 4, .invalid), (lock(0, .max, 2), 0, .overflow),
    ] as [(FileLock, UInt32, ErrorNumber)] {
      #expect(throws: error) { try client.send(.lock(fid: 1, lock, flags: flags)) }
    }
    #expect(throws: ErrorNumber.badFile, "not open") { try client.send(.lock(fid: 0, lock(0, 0, 1), flags: 0)) }
    #expect(throws: ErrorNumber.badFile) { try client.send(.getlock(fid: 0, lock(0, 0, 1))) }
    for index in 0..<UInt64(NinePServer.locksMax - 1) {
      try client.send(.lock(fid: 1, lock(LockType.read, index * 2, 1), flags: 0))
    }
    #expect(throws: ErrorNumber.noLocks) {
      try client.send(.lock(fid: 1, lock(LockType.read, 1 << 20, 1), flags: 0))
    }
    try client.send(.lock(fid: 1, lock(LockType.unlock, 0, 0), flags: 0))
    #expect(locks.isEmpty)
  }

  // MARK: Removed directories

  @Test func aRemovedDirectoryKeepsTheWayUp() throws {
    try client.send(.mkdir(directory: 0, name: client.text("x"), mode: 0o755, group: 0))
    try client.walk(0, 1, ["x"])
    try client.send(.mkdir(directory: 1, name: client.text("y"), mode: 0o755, group: 0))
    try client.walk(1, 2, ["y"])
    try client.send(.lopen(fid: 2, flags: 0))
    try client.send(.unlinkat(directory: 1, name: client.text("y"), flags: UnlinkFlags.removeDirectory))
    try client.send(.remove(fid: 1))
    #expect(throws: ErrorNumber.noEntry) { try client.list(2) }
    #expect(try client.walk(2, 3, ["..", ".."]).last?.path == ShareTree.root)
    let count = client.server.session.tree.entryCount
    try client.send(.clunk(fid: 2))
    #expect(client.server.session.tree.entryCount == count - 2, "both directories are forgotten")
  }
}
