import NineP
import SimVirtio

/// The server under test, spoken to in messages as on the wire.
final class ServerSide {
  static let limits = ShareLimits(bytesMax: 24_000, entriesMax: 40, depthMax: 6)
  private static let messageBytesMax: UInt32 = 8192

  private(set) var server: NinePServer
  /// Counts operations: the time in seconds.
  private let clock = Clock()
  private var request = [UInt8](repeating: 0, count: Int(messageBytesMax))

  private final class Clock {
    var seconds: UInt64 = 1
  }

  init(user: UInt32) throws {
    let clock = self.clock
    server = NinePServer(session: NinePSession(tree: ShareTree(limits: Self.limits))) {
      FileTime(seconds: clock.seconds)
    } report: { _ in
    }
    _ = try send(.version(messageBytesMax: Self.messageBytesMax, version: .version9P2000L)) { _ in }
    let none = ByteView("")
    _ = try send(.attach(fid: 0, authentication: Absent.fid, userName: none, tree: none, user: user)) { _ in }
  }

  var tree: ShareTree { server.session.tree }

  /// The file of a fid, by its number in the tree.
  func node(of fid: UInt32) -> UInt64? {
    try? send(.getattr(fid: fid, mask: AttributeMask.basic)) { reply in
      guard case .getattr(let attributes) = reply else { throw ErrorNumber.protocolError }
      return attributes.qid.path
    }
  }

  func attributes(of fid: UInt32) throws -> Attributes {
    try send(.getattr(fid: fid, mask: AttributeMask.basic)) { reply in
      guard case .getattr(let attributes) = reply else { throw ErrorNumber.protocolError }
      return attributes
    }
  }

  private func send<T>(_ message: Request, _ body: (Reply) throws -> T) throws -> T {
    let count = try request.withUnsafeMutableBytes { try message.encode(tag: 1, into: $0) }
    let reply = server.respond(to: Array(request.prefix(count)), room: Int(Self.messageBytesMax))
    precondition(server.session._checkInvariants(), "after \(message)")
    return try reply.withUnsafeBytes { bytes in
      let reply = try Reply(header: try MessageHeader(decoding: bytes), decoding: bytes)
      if case .lerror(let number) = reply { throw number }
      return try body(reply)
    }
  }

  func perform(_ operation: ShareOperation, group: UInt32) throws -> ShareOutcome {
    clock.seconds += 1
    do {
      return .done(try text(operation, group: group))
    } catch let number as ErrorNumber {
      return .error(number.rawValue)
    }
  }

  private func text(_ operation: ShareOperation, group: UInt32) throws -> String {
    switch operation {
    case .walk(let fid, let newFid, let names):
      return try withViews(names) { views in
        try send(.walk(fid: fid, newFid: newFid, names: views)) { reply in
          guard case .walk(let qids) = reply else { throw ErrorNumber.protocolError }
          return "\(qids.count) of \(names.count) names"
        }
      }
    case .clunk(let fid): return try plain(.clunk(fid: fid))
    case .lopen(let fid, let flags): return try plain(.lopen(fid: fid, flags: flags))
    case .lcreate(let fid, let name, let flags, let mode):
      return try withViews([name]) {
        try plain(.lcreate(fid: fid, name: $0[0], flags: flags, mode: mode, group: group))
      }
    case .read(let fid, let offset, let count):
      return try send(.read(fid: fid, offset: offset, count: count)) { reply in
        guard case .read(let data) = reply else { throw ErrorNumber.protocolError }
        return Self.summary(Array(data.bytes))
      }
    case .write(let fid, let offset, let byte, let count):
      let bytes = [UInt8](repeating: byte, count: Int(count))
      return try bytes.withUnsafeBytes { bytes in
        try send(.write(fid: fid, offset: offset, data: ByteView(bytes))) { reply in
          guard case .write(let count) = reply else { throw ErrorNumber.protocolError }
          return "\(count) bytes"
        }
      }
    case .getattr(let fid):
      let attributes = try attributes(of: fid)
      return Self.text(
        mode: attributes.mode, links: attributes.linkCount, user: attributes.user, group: attributes.group,
        size: attributes.size)
    case .setSize(let fid, let size): return try plain(.setattr(fid: fid, change: AttributeChange(size: size)))
    case .setMode(let fid, let mode):
      var change = AttributeChange(valid: .mode)
      change.mode = mode
      return try plain(.setattr(fid: fid, change: change))
    case .setOwner(let fid, let user, let group):
      var change = AttributeChange(valid: [])
      if let user { (change.user, _) = (user, change.valid.insert(.user)) }
      if let group { (change.group, _) = (group, change.valid.insert(.group)) }
      return try plain(.setattr(fid: fid, change: change))
    case .setTimes(let fid, let access, let modification, let nanoseconds):
      return try setTimes(fid, access, modification, nanoseconds)
    case .readlink(let fid):
      return try send(.readlink(fid: fid)) { reply in
        guard case .readlink(let target) = reply else { throw ErrorNumber.protocolError }
        return String(decoding: target.bytes, as: UTF8.self)
      }
    case .fsync(let fid): return try plain(.fsync(fid: fid, dataOnly: 0))
    case .list(let fid, let count): return try list(fid, count)
    default: return try changeNames(operation, group: group)
    }
  }

  private func changeNames(_ operation: ShareOperation, group: UInt32) throws -> String {
    switch operation {
    case .mkdir(let directory, let name, let mode):
      try withViews([name]) { try plain(.mkdir(directory: directory, name: $0[0], mode: mode, group: group)) }
    case .symlink(let directory, let name, let target):
      try withViews([name, target]) {
        try plain(.symlink(directory: directory, name: $0[0], target: $0[1], group: group))
      }
    case .mknod(let directory, let name, let mode):
      try withViews([name]) {
        try plain(.mknod(directory: directory, name: $0[0], mode: mode, major: 0, minor: 0, group: group))
      }
    case .link(let directory, let fid, let name):
      try withViews([name]) { try plain(.link(directory: directory, fid: fid, name: $0[0])) }
    case .rename(let fid, let directory, let name):
      try withViews([name]) { try plain(.rename(fid: fid, directory: directory, name: $0[0])) }
    case .renameat(let oldDirectory, let oldName, let newDirectory, let newName):
      try withViews([oldName, newName]) {
        try plain(
          .renameat(oldDirectory: oldDirectory, oldName: $0[0], newDirectory: newDirectory, newName: $0[1]))
      }
    case .unlinkat(let directory, let name, let isDirectory):
      try withViews([name]) {
        try plain(
          .unlinkat(directory: directory, name: $0[0], flags: isDirectory ? UnlinkFlags.removeDirectory : 0))
      }
    case .remove(let fid): try plain(.remove(fid: fid))
    default: throw ErrorNumber.protocolError
    }
  }

  private func plain(_ message: Request) throws -> String { try send(message) { _ in "" } }

  private func setTimes(
    _ fid: UInt32, _ access: UInt64?, _ modification: UInt64?, _ nanoseconds: UInt64
  ) throws -> String {
    var change = AttributeChange(valid: [])
    if let access {
      change.valid.formUnion([.accessTime, .accessTimeGiven])
      change.accessTime = FileTime(seconds: access, nanoseconds: nanoseconds)
    }
    if let modification {
      change.valid.formUnion([.modificationTime, .modificationTimeGiven])
      change.modificationTime = FileTime(seconds: modification, nanoseconds: nanoseconds)
    }
    _ = try plain(.setattr(fid: fid, change: change))
    let attributes = try attributes(of: fid)
    return Self.timesText(
      access: access.map { _ in (attributes.accessTime.seconds, attributes.accessTime.nanoseconds) },
      modification: modification.map { _ in
        (attributes.modificationTime.seconds, attributes.modificationTime.nanoseconds)
      })
  }

  private func list(_ fid: UInt32, _ count: UInt32) throws -> String {
    var entries: [String] = []
    var offset: UInt64 = 0
    while true {
      let before = entries.count
      try send(.readdir(fid: fid, offset: offset, count: count)) { reply in
        guard case .readdir(let data) = reply else { throw ErrorNumber.protocolError }
        var reader = DirectoryEntries(data)
        while let entry = try reader.next() {
          entries.append("\(String(decoding: entry.name.bytes, as: UTF8.self))(\(entry.type))")
          offset = entry.offset
        }
      }
      guard entries.count > before else { return entries.sorted().joined(separator: " ") }
    }
  }

  private func withViews<T>(_ texts: [String], _ body: ([ByteView]) throws -> T) throws -> T {
    let bytes = texts.map { Array($0.utf8) }
    let all = Array(bytes.joined()) + [0]
    return try all.withUnsafeBytes { buffer in
      var start = 0
      let views = bytes.map { text in
        defer { start += text.count }
        return ByteView(UnsafeRawBufferPointer(rebasing: buffer[start..<start + text.count]))
      }
      return try body(views)
    }
  }

  // MARK: Words that both sides use

  static func text(mode: UInt32, links: UInt64, user: UInt32, group: UInt32, size: UInt64) -> String {
    let isDirectory = mode & FileMode.typeMask == FileMode.directory
    return "mode \(String(mode, radix: 8)) links \(links) owner \(user):\(group)"
      // What a directory's size means is a file system's own.
      + (isDirectory ? "" : " size \(size)")
  }

  static func summary(_ bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return "\(bytes.count) bytes \(String(hash, radix: 16))"
  }

  static func timesText(access: (UInt64, UInt64)?, modification: (UInt64, UInt64)?) -> String {
    "access \(access.map { "\($0)" } ?? "kept") modification \(modification.map { "\($0)" } ?? "kept")"
  }
}

extension ServerSide {
  /// Whether a snapshot of the session would be taken up again.
  var isPossible: Bool {
    let device = NinePDevice(share: (try? Share([], limits: Self.limits)) ?? Share()) { _ in }
    return (try? device.restore(.nineP(NinePDevice.State(session: server.session)))) != nil
  }
}
