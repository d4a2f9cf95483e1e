import Glibc
import NineP
import SimVirtio

/// One history of operations, on the server and on a folder of the host, compared step by step.
struct ShareHistory {
  private let server: ServerSide
  private let host: HostSide
  private let group: UInt32
  /// The times seen last of each file, by its number in the tree.
  private var times: [UInt64: Times] = [:]
  /// Files by number, and what the host calls them.
  private var inodes: [UInt64: UInt] = [:]
  private(set) var succeeded = 0
  /// Requests refused because of the share's limits, which the host does not have.
  private(set) var limited = 0

  private struct Times {
    var modification: FileTime
    var change: FileTime
    var hostChange: [Int]
  }

  init(folder: String) throws {
    server = try ServerSide(user: geteuid())
    host = try HostSide(folder: folder)
    group = getegid()
  }

  /// Carries out one operation; returns what differs, or nil.
  mutating func step(_ operation: ShareOperation) throws -> String? {
    let ours = try server.perform(operation, group: group)
    if case .error(let number) = ours, isLimit(ErrorNumber(rawValue: number), operation) {
      limited += 1
      return nil
    }
    let linux = try host.perform(operation)
    guard ours == linux else { return "\(operation): the server says \(ours), Linux \(linux)" }
    if case .done = ours { succeeded += 1 }
    if case .getattr(let fid) = operation, case .done = ours { return try compareIdentity(fid) }
    return nil
  }

  /// Whether the server may refuse this for want of room: what was asked for would go beyond a limit.
  private func isLimit(_ number: ErrorNumber, _ operation: ShareOperation) -> Bool {
    let (tree, limits) = (server.tree, ServerSide.limits)
    switch number {
    case .fileTooLarge:
      switch operation {
      case .write(_, let offset, _, let count): return offset < 1 << 63 && offset + UInt64(count) > limits.bytesMax
      case .setSize(_, let size): return size < 1 << 63 && size > limits.bytesMax
      default: return false
      }
    case .noSpace:
      let isFull = tree.nameCount == limits.entriesMax || tree.entryCount >= limits.entriesMax
      return isFull || tree.contentBytes + 5000 > limits.bytesMax
    case .tooManyLinks:
      switch operation {
      case .mkdir, .rename, .renameat: return true
      default: return false
      }
    default: return false
    }
  }

  /// Whether both sides mean the same file by a fid, and noticed the same changes of it.
  private mutating func compareIdentity(_ fid: UInt32) throws -> String? {
    let attributes = try server.attributes(of: fid)
    let information = try host.information(of: fid)
    let number = attributes.qid.path
    if let inode = inodes.updateValue(information.st_ino, forKey: number), inode != information.st_ino {
      return "fid \(fid): file \(number) was inode \(inode) and is \(information.st_ino)"
    }
    let last = times[number]
    times[number] = Times(
      modification: attributes.modificationTime, change: attributes.changeTime,
      hostChange: try host.markTimes(of: fid))
    guard let last else { return nil }
    let ours = last.modification != attributes.modificationTime
    let linux = !HostSide.isMarked(information)
    if ours != linux {
      return
        "fid \(fid): the time of modification \(ours ? "changed" : "stayed"), in Linux it \(linux ? "changed" : "stayed")"
    }
    // This one cannot be set. The host's clock may be too coarse to show a change, but makes none up.
    let now = [information.st_ctim.tv_sec, information.st_ctim.tv_nsec]
    if now != last.hostChange, attributes.changeTime == last.change {
      return "fid \(fid): the time of change stayed, in Linux it changed"
    }
    return nil
  }

  /// Compares everything that can be reached from the root, contents too.
  func compareTrees() throws -> String? {
    guard server.isPossible else { return "the session's own check fails" }
    var numbers: [UInt: UInt64] = [:]
    var waiting: [(number: UInt64, path: String)] = [(ShareTree.root, host.folder)]
    while let (number, path) = waiting.popLast() {
      let entries = try server.tree.entries(of: number)
      var left = try Set(Self.names(in: path))
      for entry in entries {
        let name = String(decoding: entry.name, as: UTF8.self)
        guard left.remove(name) != nil else { return "\(path)/\(name) is there on the server only" }
        if let difference = compare(entry.node, path + "/" + name, &numbers) { return difference }
        if server.tree[entry.node]?.content.isDirectory ?? false { waiting.append((entry.node, path + "/" + name)) }
      }
      if let name = left.first { return "\(path)/\(name) is there in Linux only" }
    }
    return nil
  }

  private func compare(_ number: UInt64, _ path: String, _ numbers: inout [UInt: UInt64]) -> String? {
    var information = stat()
    guard let node = server.tree[number], lstat(path, &information) == 0 else { return "\(path) cannot be looked at" }
    if numbers.updateValue(number, forKey: information.st_ino).map({ $0 != number }) ?? false {
      return "\(path) is one file in Linux and two on the server"
    }
    let content: String
    let ours: String
    let type: UInt32
    switch node.content {
    case .directory: (type, ours, content) = (FileMode.directory, "", "")
    case .file(let bytes):
      (type, ours) = (FileMode.regular, ServerSide.summary(bytes))
      content = Self.content(of: path)
    case .symbolicLink(let target):
      var buffer = [CChar](repeating: 0, count: 4096)
      let count = readlink(path, &buffer, buffer.count)
      (type, ours) = (FileMode.symbolicLink, ServerSide.summary(target))
      content = ServerSide.summary(buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) })
    }
    let linux = ServerSide.text(
      mode: information.st_mode, links: UInt64(information.st_nlink), user: information.st_uid,
      group: information.st_gid, size: UInt64(information.st_size))
    let server = ServerSide.text(
      mode: type | node.permissions, links: UInt64(node.linkCount), user: node.user, group: node.group,
      size: UInt64(node.content.byteCount))
    guard server == linux, ours == content else {
      return "\(path): the server has \(server) \(ours), Linux \(linux) \(content)"
    }
    return nil
  }

  private static func names(in folder: String) throws -> [String] {
    guard let stream = opendir(folder) else { throw ErrorNumber(rawValue: UInt32(errno)) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  private static func content(of path: String) -> String {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return "unreadable" }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: ServerSide.limits.bytesMax + 1)
    let count = read(descriptor, &bytes, bytes.count)
    return ServerSide.summary(Array(bytes.prefix(max(0, count))))
  }
}
