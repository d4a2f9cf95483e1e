import NineP
import SimEvents
import SimVirtio
import TestSupport
import Testing

struct NinePServerTests {
  let client: NinePTestClient

  init() throws {
    client = try NinePTestClient([
      .file("b.txt", Array("hello".utf8)), .file("a/deep/file", Array("deep".utf8)),
      .link("a/link", target: "../b.txt"),
      .folder("empty"),
    ])
    try client.start()
  }

  @Test func theMessageSizeIsTheSmallerOfBoth() throws {
    for (wanted, agreed) in [(UInt32(4096), UInt32(4096)), (8192, 8192), (.max, NinePServer.messageBytesMax)] {
      try client.send(.version(messageBytesMax: wanted, version: .version9P2000L)) {
        #expect($0 == .version(messageBytesMax: agreed, version: .version9P2000L))
      }
    }
    for tooSmall in [UInt32(0), 100, 4095] {
      #expect(throws: ErrorNumber.messageTooLong) {
        try client.send(.version(messageBytesMax: tooSmall, version: .version9P2000L))
      }
    }
    try client.send(.version(messageBytesMax: 8192, version: client.text("9P2000.u"))) {
      #expect($0 == .version(messageBytesMax: 8192, version: .versionUnknown))
    }
    #expect(throws: ErrorNumber.protocolError) { try client.walk(0, 1, []) }
  }

  @Test func aNewVersionEndsAllFids() throws {
    try client.send(.version(messageBytesMax: 8192, version: .version9P2000L))
    #expect(throws: ErrorNumber.badFile) { try client.walk(0, 1, []) }
  }

  @Test func attachesToTheRootOnly() throws {
    let empty = client.text("")
    try client.send(.attach(fid: 5, authentication: Absent.fid, userName: empty, tree: client.text("/"), user: 0)) {
      #expect($0 == .attach(QID(type: .directory, version: 3, path: 0)))
    }
    for (fid, authentication, tree, error) in [
      (UInt32(6), Absent.fid, "a", ErrorNumber.noEntry), (6, 1, "", .notSupported), (5, Absent.fid, "", .invalid),
      (Absent.fid, Absent.fid, "", .invalid),
    ] {
      #expect(throws: error) {
        try client.send(
          .attach(
            fid: fid, authentication: authentication, userName: empty, tree: client.text(tree), user: 0))
      }
    }
  }

  @Test func walksDownAndUpAndStaysAtTheRoot() throws {
    let qids = try client.walk(0, 1, ["a", "deep", "file"])
    #expect(qids.map(\.type) == [.directory, .directory, .file])
    #expect(try client.walk(0, 2, ["a", "deep", "..", "..", "..", "..", "b.txt"]).count == 7)
    try client.send(.lopen(fid: 2, flags: OpenFlags.readOnly))
    #expect(try client.read(2) == "hello")
    #expect(try client.walk(0, 3, []).isEmpty)
    #expect(try client.attributes(3).qid.path == 0)
    #expect(try client.walk(3, 3, ["empty"]).count == 1, "a fid may move itself")
  }

  @Test func aWalkThatFailsLeavesTheFidsAlone() throws {
    #expect(try client.walk(0, 1, ["a", "none", "x"]).count == 1)
    #expect(throws: ErrorNumber.badFile) { try client.attributes(1) }
    #expect(throws: ErrorNumber.noEntry) { try client.walk(0, 1, ["none"]) }
    #expect(try client.walk(0, 1, ["b.txt", "x"]).count == 1)
    #expect(throws: ErrorNumber.badFile) { try client.walk(1, 2, ["x"]) }
    try client.walk(0, 1, ["b.txt"])
    #expect(throws: ErrorNumber.notDirectory) { try client.walk(1, 2, ["x"]) }
    #expect(throws: ErrorNumber.notDirectory) { try client.walk(1, 2, [".."]) }
    #expect(throws: ErrorNumber.invalid) { try client.walk(0, 1, []) }
    #expect(throws: ErrorNumber.invalid) { try client.walk(0, Absent.fid, []) }
    try client.send(.lopen(fid: 1, flags: OpenFlags.readOnly))
    #expect(throws: ErrorNumber.invalid) { try client.walk(1, 1, []) }
    #expect(try client.walk(1, 2, []).isEmpty, "an open fid can be copied")
    #expect(throws: ErrorNumber.badFile, "the copy is not open") { try client.read(2) }
  }

  @Test func readsWhatIsThere() throws {
    try client.open("b.txt", as: 1)
    #expect(try client.read(1, offset: 1, count: 3) == "ell")
    #expect(try client.read(1, offset: 4) == "o")
    #expect(try client.read(1, offset: 5).isEmpty && client.read(1, offset: 1 << 62, count: .max).isEmpty)
    for offset in [UInt64.max, 1 << 63, 1 << 63 - 1] as [UInt64] {
      #expect(throws: ErrorNumber.invalid) { try client.read(1, offset: offset, count: 1) }
    }
    #expect(throws: ErrorNumber.badFile) { try client.write(1, "x") }
    #expect(throws: ErrorNumber.badFile) { try client.read(0) }
    #expect(throws: ErrorNumber.badFile) { try client.read(77) }
    #expect(throws: ErrorNumber.invalid) { try client.send(.lopen(fid: 1, flags: 0)) }
    try client.open("a", as: 2)
    #expect(throws: ErrorNumber.isDirectory) { try client.read(2) }
  }

  @Test func aReplyNeverExceedsMessageSizeOrRoom() throws {
    try client.start(messageBytesMax: 4096)
    try client.send(
      .lcreate(fid: 0, name: client.text("big"), flags: OpenFlags.readWrite, mode: 0o600, group: 0))
    for part in 0..<50 { try client.write(0, String(repeating: "x", count: 100), offset: UInt64(part) * 100) }
    #expect(try client.read(0, count: .max).utf8.count == 4096 - Limits.dataReplyOverhead)
    client.room = 100
    #expect(try client.read(0, count: .max).utf8.count == 100 - Limits.dataReplyOverhead)
    client.room = 11
    #expect(try client.read(0).isEmpty)
    #expect(throws: ErrorNumber.protocolError) { try client.attributes(0) }
  }

  @Test func writesStayInTheRunAndMayLeaveGaps() throws {
    try client.open("b.txt", as: 1, flags: OpenFlags.readWrite)
    try client.write(1, "J")
    try client.write(1, "!", offset: 7)
    #expect(try client.read(1) == "Jello\0\0!")
    #expect(try client.attributes(1).size == 8)
    try client.open("b.txt", as: 2, flags: OpenFlags.writeOnly | OpenFlags.append)
    try client.write(2, "end", offset: 1)
    #expect(throws: ErrorNumber.badFile) { try client.read(2) }
    #expect(try client.content("b.txt") == "Jello\0\0!end")
    try client.send(.fsync(fid: 2, dataOnly: 0))
    try client.open("b.txt", as: 3, flags: OpenFlags.writeOnly | OpenFlags.truncate)
    #expect(try client.content("b.txt").isEmpty)
    #expect(throws: ErrorNumber.invalid) { try client.write(3, "x", offset: .max) }
    #expect(throws: ErrorNumber.fileTooLarge) { try client.write(3, "x", offset: 1 << 40) }
  }

  @Test func createsOpensAndRefuses() throws {
    let new = client.text("new")
    try client.walk(0, 1, ["empty"])
    try client.send(.lcreate(fid: 1, name: new, flags: OpenFlags.readWrite, mode: 0o640, group: 0))
    try client.write(1, "data")
    #expect(try client.attributes(1).mode == 0o100640)
    try client.walk(0, 2, ["empty"])
    #expect(throws: ErrorNumber.exists) {
      try client.send(.lcreate(fid: 2, name: new, flags: OpenFlags.exclusive, mode: 0, group: 0))
    }
    try client.send(.lcreate(fid: 2, name: new, flags: OpenFlags.readOnly, mode: 0, group: 0))
    #expect(try client.read(2) == "data")
    #expect(throws: ErrorNumber.isDirectory) {
      try client.send(.lcreate(fid: 0, name: client.text("a"), flags: 0, mode: 0, group: 0))
    }
    #expect(throws: ErrorNumber.invalid) {
      try client.send(.lcreate(fid: 0, name: client.text("c"), flags: OpenFlags.directory, mode: 0, group: 0))
    }
    #expect(throws: ErrorNumber.isDirectory) { try client.send(.lopen(fid: 0, flags: 3)) }
    #expect(throws: ErrorNumber.isDirectory) { try client.send(.lopen(fid: 0, flags: OpenFlags.readWrite)) }
    try client.walk(0, 3, ["b.txt"])
    #expect(throws: ErrorNumber.notDirectory) { try client.send(.lopen(fid: 3, flags: OpenFlags.directory)) }
    #expect(throws: ErrorNumber.notDirectory) {
      try client.send(.lcreate(fid: 3, name: new, flags: 0, mode: 0, group: 0))
    }
  }

  @Test func linksAreShownAndNotFollowed() throws {
    try client.walk(0, 1, ["a", "link"])
    try client.send(.readlink(fid: 1)) { #expect($0 == .readlink(client.text("../b.txt"))) }
    #expect(try client.attributes(1).mode == 0o120777)
    #expect(throws: ErrorNumber.symbolicLink) { try client.send(.lopen(fid: 1, flags: 0)) }
    #expect(throws: ErrorNumber.notDirectory) { try client.walk(1, 2, ["x"]) }
    #expect(throws: ErrorNumber.invalid) { try client.send(.readlink(fid: 0)) }
  }

  @Test func listsInStableOrderHoweverSmallTheCount() throws {
    try client.open("/", as: 1)
    let all = try client.list(1)
    #expect(all.map(\.name) == [".", "..", "a", "b.txt", "empty"])
    for count in [UInt32(29), 30, 55, 60, 100] {
      var collected: [NinePTestClient.Listed] = []
      var offset: UInt64 = 0
      while case let part = try client.list(1, offset: offset, count: count), let last = part.last {
        collected += part
        offset = last.offset
      }
      #expect(collected == all, "count \(count)")
    }
    #expect(throws: ErrorNumber.invalid) { try client.list(1, count: 24) }
    #expect(throws: ErrorNumber.invalid) { try client.list(1, count: 0) }
    #expect(try client.list(1, offset: 1 << 62).isEmpty)
    #expect(throws: ErrorNumber.invalid) { try client.list(1, offset: .max) }
    #expect(throws: ErrorNumber.badFile) { try client.list(0) }
    // What is removed between two calls does not disturb the others, and what is made is for the next listing.
    try client.send(.unlinkat(directory: 0, name: client.text("b.txt"), flags: 0))
    try client.send(.mkdir(directory: 0, name: client.text("Z"), mode: 0o755, group: 0))
    #expect(try client.list(1, offset: all[2].offset).map(\.name) == ["empty"])
    #expect(try client.list(1).map(\.name) == [".", "..", "a", "empty", "Z"])
  }

  @Test func attributesShowNothingOfTheHost() throws {
    let attributes = try client.attributes(0)
    #expect(attributes.mode == 0o40755 && attributes.user == 0 && attributes.modificationTime == FileTime())
    #expect(attributes.linkCount == 4, "its name, its own \".\" and the \"..\" of two")
    try client.walk(0, 1, ["b.txt"])
    var change = AttributeChange(valid: [.mode, .modificationTime, .modificationTimeGiven, .accessTime])
    change.mode = 0o177777
    change.modificationTime = FileTime(seconds: 9, nanoseconds: 9)
    client.time.now = FileTime(seconds: 5, nanoseconds: 6)
    try client.send(.setattr(fid: 1, change: change))
    let changed = try client.attributes(1)
    #expect(changed.mode == 0o107777 && changed.modificationTime == change.modificationTime)
    #expect(changed.accessTime == client.time.now && changed.changeTime == client.time.now)
    change = AttributeChange(valid: [.user])
    change.user = 7
    try client.send(.setattr(fid: 1, change: change))
    #expect(try client.attributes(1).user == 7 && client.attributes(1).mode == 0o101777)
    try client.send(.setattr(fid: 1, change: AttributeChange(size: 2)))
    #expect(try client.content("b.txt") == "he")
    try client.send(.setattr(fid: 1, change: AttributeChange(size: 4)))
    #expect(try client.content("b.txt") == "he\0\0")
    #expect(throws: ErrorNumber.invalid) { try client.send(.setattr(fid: 1, change: AttributeChange(size: .max))) }
    #expect(throws: ErrorNumber.fileTooLarge) {
      try client.send(.setattr(fid: 1, change: AttributeChange(size: 1 << 40)))
    }
    #expect(throws: ErrorNumber.isDirectory) { try client.send(.setattr(fid: 0, change: AttributeChange(size: 0))) }
  }

  @Test func removesWhatIsNotNeeded() throws {
    #expect(throws: ErrorNumber.isDirectory) {
      try client.send(.unlinkat(directory: 0, name: client.text("empty"), flags: 0))
    }
    let removeDirectory = UnlinkFlags.removeDirectory
    #expect(throws: ErrorNumber.notEmpty) {
      try client.send(.unlinkat(directory: 0, name: client.text("a"), flags: removeDirectory))
    }
    #expect(throws: ErrorNumber.notDirectory) {
      try client.send(.unlinkat(directory: 0, name: client.text("b.txt"), flags: removeDirectory))
    }
    #expect(throws: ErrorNumber.noEntry) {
      try client.send(.unlinkat(directory: 0, name: client.text("none"), flags: 0))
    }
    #expect(throws: ErrorNumber.invalid) {
      try client.send(.unlinkat(directory: 0, name: client.text("b.txt"), flags: 1))
    }
    try client.walk(0, 1, ["empty"])
    try client.send(.unlinkat(directory: 0, name: client.text("empty"), flags: removeDirectory))
    #expect(throws: ErrorNumber.noEntry) {
      try client.send(.mkdir(directory: 1, name: client.text("x"), mode: 0, group: 0))
    }
  }

  @Test func anOpenFileOutlivesItsName() throws {
    try client.open("b.txt", as: 1, flags: OpenFlags.readWrite)
    let bytes = client.server.session.tree.contentBytes
    try client.send(.unlinkat(directory: 0, name: client.text("b.txt"), flags: 0))
    #expect(throws: ErrorNumber.noEntry) { try client.walk(0, 2, ["b.txt"]) }
    #expect(try client.read(1) == "hello")
    #expect(try client.attributes(1).linkCount == 0)
    try client.send(.clunk(fid: 1))
    #expect(client.server.session.tree.contentBytes == bytes - 5)
    #expect(throws: ErrorNumber.badFile) { try client.send(.clunk(fid: 1)) }
  }

  @Test func aRemovedFolderIsForgottenWhenItsLastFidMovesAway() throws {
    try client.walk(0, 1, ["empty"])
    let count = client.server.session.tree.entryCount
    try client.send(.unlinkat(directory: 0, name: client.text("empty"), flags: UnlinkFlags.removeDirectory))
    #expect(client.server.session.tree.entryCount == count)
    try client.walk(1, 1, [".."])
    #expect(client.server.session.tree.entryCount == count - 1)
  }

  @Test func renamesMoveAndReplace() throws {
    func rename(_ from: (UInt32, String), _ to: (UInt32, String)) throws {
      try client.send(
        .renameat(
          oldDirectory: from.0, oldName: client.text(from.1), newDirectory: to.0, newName: client.text(to.1)))
    }
    try client.walk(0, 1, ["a"])
    try client.walk(0, 2, ["a", "deep"])
    try rename((0, "b.txt"), (2, "file"))
    #expect(try client.content("a/deep/file") == "hello")
    #expect(throws: ErrorNumber.invalid) { try rename((0, "a"), (2, "inside-itself")) }
    #expect(throws: ErrorNumber.invalid) { try rename((0, "a"), (1, "inside-itself")) }
    #expect(throws: ErrorNumber.notDirectory) { try rename((0, "empty"), (2, "file")) }
    #expect(throws: ErrorNumber.isDirectory) { try rename((2, "file"), (0, "empty")) }
    #expect(throws: ErrorNumber.noEntry) { try rename((0, "none"), (0, "x")) }
    try rename((1, "deep"), (0, "empty"))
    #expect(try client.content("empty/file") == "hello")
    #expect(throws: ErrorNumber.notEmpty) { try rename((0, "a"), (0, "empty")) }
    try rename((0, "empty"), (0, "empty"))
    #expect(try client.walk(2, 3, [".."]).first?.path == 0, "its parent is the root now")
    #expect(client.server.session.tree.contentBytes == 5 + 8)
  }

  @Test func theShareStaysWithinItsLimits() throws {
    let limits = ShareLimits(bytesMax: 100, entriesMax: 5, depthMax: 3)
    let client = try NinePTestClient([.file("a", [1, 2, 3])], limits: limits)
    try client.start()
    try client.open("a", as: 1, flags: OpenFlags.readWrite)
    try client.write(1, "x", offset: 99)
    #expect(throws: ErrorNumber.fileTooLarge) { try client.write(1, "x", offset: 100) }
    try client.walk(0, 2, [])
    try client.send(.lcreate(fid: 2, name: client.text("b"), flags: OpenFlags.readWrite, mode: 0, group: 0))
    #expect(throws: ErrorNumber.noSpace) { try client.write(2, "x") }
    try client.send(.setattr(fid: 1, change: AttributeChange(size: 0)))
    try client.write(2, "x")
    for depth in 0..<3 {
      try client.walk(0, 10, (0..<depth).map { _ in "d" })
      try client.send(.mkdir(directory: 10, name: client.text("d"), mode: 0, group: 0))
      try client.send(.clunk(fid: 10))
    }
    #expect(throws: ErrorNumber.noSpace) {
      try client.send(.mkdir(directory: 0, name: client.text("e"), mode: 0, group: 0))
    }
    try client.send(.unlinkat(directory: 0, name: client.text("b"), flags: 0))
    try client.send(.clunk(fid: 2))
    try client.walk(0, 10, ["d", "d", "d"])
    #expect(throws: ErrorNumber.tooManyLinks) {
      try client.send(.mkdir(directory: 10, name: client.text("d"), mode: 0, group: 0))
    }
    try client.send(.mkdir(directory: 0, name: client.text("e"), mode: 0, group: 0))
    try client.walk(0, 11, ["e"])
    #expect(throws: ErrorNumber.tooManyLinks) {
      try client.send(
        .renameat(oldDirectory: 0, oldName: client.text("d"), newDirectory: 11, newName: client.text("d")))
    }
    try client.send(.statfs(fid: 0)) {
      guard case .statfs(let status) = $0 else { throw ErrorNumber.protocolError }
      #expect(status.type == FileSystemStatus.nineP && status.freeFiles == 0 && status.files == 5)
    }
  }

  @Test func thereAreOnlySoManyFids() throws {
    // One for each entry that a share may have, and for as many open files.
    #expect(NinePServer.fidsMax >= 2 * ShareLimits().entriesMax)
    for fid in 1..<UInt32(NinePServer.fidsMax) { try client.walk(0, fid, []) }
    client.log.events = []
    #expect(throws: ErrorNumber.tooManyFiles) { try client.walk(0, 50_000, []) }
    let told = client.log.events.last
    #expect(told == .ninePReply(tag: 1, message: "Rlerror", detail: "errno 24: there are at most 16384 fids"))
    try client.send(.clunk(fid: 7))
    try client.walk(0, 50_000, [])
  }

  @Test func tagsMayBeUsedAgainAtOnceAndFlushAlwaysSucceeds() throws {
    for _ in 0..<3 { try client.send(.getattr(fid: 0, mask: 1), tag: 9) { _ in } }
    try client.send(.flush(oldTag: 9), tag: 9) { #expect($0 == .flush) }
    try client.send(.flush(oldTag: 0xffff)) { #expect($0 == .flush) }
  }

  @Test func badMessagesGetAnErrorWithTheirTag() throws {
    func answer(_ message: [UInt8]) -> [UInt8] { client.server.respond(to: message, room: 8192) }
    func error(_ number: UInt8) -> [UInt8] { [11, 0, 0, 0, 7, 0x34, 0x12, number, 0, 0, 0] }
    for type in UInt8.min...UInt8.max where type == 6 || MessageType(rawValue: type) == nil {
      #expect(answer([7, 0, 0, 0, type, 0x34, 0x12]) == error(95), "type \(type)")
    }
    #expect(answer([11, 0, 0, 0, 120, 0x34, 0x12, 0, 0]) == error(71), "shorter than it says")
    #expect(answer([9, 0, 0, 0, 120, 0x34, 0x12, 0, 0]) == error(71), "too short")
    #expect(answer([12, 0, 0, 0, 120, 0x34, 0x12, 9, 0, 0, 0, 0]) == error(71), "too long")
    #expect(answer([0, 0, 0x10, 0, 120, 0x34, 0x12, 0, 0, 0, 0]) == error(90), "more than the message size")
    let slash: [UInt8] = [20, 0, 0, 0, 110, 0x34, 0x12, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0x2f]
    #expect(answer(slash) == error(2), "a name with a slash")
    for count in 0..<7 { #expect(answer(Array(slash.prefix(count))).isEmpty) }
    #expect(answer([6, 0, 0, 0, 120, 0, 0]).isEmpty)
    #expect(client.server.respond(to: slash, room: 10).isEmpty)
    #expect(client.server.respond(to: slash, room: -1).isEmpty)
  }

  @Test func requestsAndRepliesAreEvents() throws {
    client.log.events = []
    try client.walk(0, 1, ["a", "deep"])
    #expect(
      client.log.events == [
        .ninePRequest(tag: 1, message: "Twalk", detail: "fid 0 newfid 1 names a/deep"),
        .ninePReply(tag: 1, message: "Rwalk", detail: "qid d1.2 qid d4.1"),
      ])
    client.log.events = []
    _ = try? client.walk(0, 1, ["b\u{1}\\ "])
    #expect(
      client.log.events == [
        .ninePRequest(tag: 1, message: "Twalk", detail: "fid 0 newfid 1 names b\\x01\\x5c\\x20"),
        .ninePReply(tag: 1, message: "Rlerror", detail: "errno 22"),
      ])
  }

  @Test func randomMessagesNeverTrapAndNeverBreakTheTree() throws {
    let seed: UInt64 = 0x9999_0001
    var random = SeededGenerator(seed: seed)
    let client = try NinePTestClient(
      [.file("a", [1]), .folder("b"), .file("b/c", [2])],
      limits: ShareLimits(bytesMax: 5000, entriesMax: 12, depthMax: 4))
    try client.start()
    let names = ["a", "b", "c", "d", "..", "e"].map { client.text($0) }
    var succeeded = 0
    let rounds = 60_000
    for round in 0..<rounds {
      func fid() -> UInt32 { UInt32(random.below(6)) }
      // Fid 0 stays at the root, so that something succeeds.
      func other() -> UInt32 { 1 + UInt32(random.below(5)) }
      func entry() -> ByteView { names[[0, 1, 2, 3, 5][random.below(5)]] }
      let number = random.next() >> UInt64(random.below(64))
      let request: Request =
        switch random.below(26) {
        case 0: .walk(fid: fid(), newFid: other(), names: (0..<random.below(4)).map { _ in names[random.below(6)] })
        case 1: .walk(fid: 0, newFid: other(), names: (0..<random.below(4)).map { _ in names[random.below(6)] })
        case 2: .lopen(fid: other(), flags: UInt32(random.below(3)) | UInt32(random.below(2)) << 9)
        case 3: .lcreate(fid: other(), name: entry(), flags: UInt32(random.below(256)), mode: 0o644, group: 0)
        case 4: .read(fid: fid(), offset: number, count: UInt32(truncatingIfNeeded: random.next()))
        case 5: .write(fid: fid(), offset: number, data: entry())
        case 6, 7: .clunk(fid: other())
        case 8: .statfs(fid: fid())
        case 9: .readlink(fid: fid())
        case 10: .getattr(fid: fid(), mask: number)
        case 11: .setattr(fid: fid(), change: AttributeChange(size: number))
        case 12: .readdir(fid: fid(), offset: number, count: UInt32(random.below(300)))
        case 13: .mkdir(directory: fid(), name: entry(), mode: 0o755, group: 0)
        case 14: .renameat(oldDirectory: fid(), oldName: entry(), newDirectory: fid(), newName: entry())
        case 15, 16:
          .unlinkat(directory: fid(), name: entry(), flags: random.below(2) == 0 ? 0 : UnlinkFlags.removeDirectory)
        case 17: .remove(fid: other())
        case 23: .stat(fid: fid())
        case 24:
          .create(
            fid: other(), name: entry(),
            permissions: 0o644 | (random.below(2) == 0 ? 0 : 1 << UInt32(20 + random.below(12))),
            mode: UInt8(truncatingIfNeeded: number), special: random.below(2) == 0 ? client.text("1") : entry())
        case 25:
          .wstat(
            fid: fid(),
            {
              var record = StatRecord()
              if random.below(2) == 0 { record.length = number }
              if random.below(2) == 0 { record.name = entry() }
              if random.below(2) == 0 { record.mode = 0o600 }
              return record
            }())
        case 18: .rename(fid: other(), directory: fid(), name: entry())
        case 19: .link(directory: fid(), fid: other(), name: entry())
        case 20: .symlink(directory: fid(), name: entry(), target: entry(), group: 0)
        case 21:
          .lock(
            fid: other(),
            FileLock(
              type: UInt8(random.below(4)), start: random.below(4) == 0 ? number : UInt64(random.below(64)),
              length: UInt64(random.below(40)),
              process: UInt32(random.below(2)), client: entry()), flags: UInt32(random.below(4)))
        default: .fsync(fid: fid(), dataOnly: 0)
        }
      if (try? client.send(request)) != nil { succeeded += 1 }
      if round % 64 == 0 {
        client.log.events = []
        if (try? client.attributes(0)) == nil { try client.start() }
        let device = NinePDevice(share: try Share([], limits: ShareLimits(bytesMax: 5000, entriesMax: 12, depthMax: 4)))
        { _ in }
        try device.restore(.nineP(NinePDevice.State(session: client.server.session)))
      }
    }
    print("random 9P requests: \(rounds), seed \(seed), \(succeeded) succeeded")
    #expect(succeeded > rounds / 20)
  }
}

struct NinePDeviceTests {
  @Test func answersThroughAQueue() throws {
    let slot = try TestSlot { report in
      NinePDevice(share: try Share([.file("a", [1])]), report: report)
    }
    #expect((0..<5).map { slot.transport.read(offset: 0x100 + $0, size: 1) } == [3, 0, 0x66, 0x73, 0x30])
    try slot.start()
    let version: [UInt8] = [21, 0, 0, 0, 100, 0xff, 0xff, 0, 0x20, 0, 0, 8, 0] + Array("9P2000.L".utf8)
    let reply = [21, 0, 0, 0, 101] + version[5...]
    #expect(try slot.request(version, room: 100) == reply)
    // The server must be able to name the request and to say no.
    #expect(try slot.request([1, 2, 3], room: 100) == nil)
    #expect(slot.log.queueErrors == ["a 9P request of 3 bytes with room for 100 in reply"])
    try slot.start()
    #expect(try slot.request(version, room: 10) == nil)
    #expect(slot.driver.status.contains(.deviceNeedsReset))
  }

  @Test func aResetEndsTheSessionAndKeepsTheFiles() throws {
    let slot = try TestSlot { NinePDevice(share: try Share([.file("a", [1])]), report: $0) }
    let device = try #require(slot.transport.device as? NinePDevice)
    try slot.start()
    let messages: [[UInt8]] = [
      [21, 0, 0, 0, 100, 0xff, 0xff, 0, 0x20, 0, 0, 8, 0] + Array("9P2000.L".utf8),
      [23, 0, 0, 0, 104, 1, 0, 7, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0],
      [22, 0, 0, 0, 72, 1, 0, 7, 0, 0, 0, 3, 0, 0x6e, 0x65, 0x77, 0xed, 1, 0, 0, 0, 0, 0, 0],
    ]
    for var message in messages {
      message[0] = UInt8(message.count)
      #expect(try slot.request(message, room: 100)?[4] == message[4] + 1)
    }
    guard case .nineP(let state) = device.state else { return }
    #expect(state.session.fids.map(\.number) == [7] && state.session.messageBytesMax == 8192)
    slot.driver.reset()
    guard case .nineP(let after) = device.state else { return }
    #expect(after.session.fids.isEmpty && after.session.messageBytesMax == nil)
    #expect(try device.tree.entry("new".utf8, in: ShareTree.root) != nil)
  }
}
