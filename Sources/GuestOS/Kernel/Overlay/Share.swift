import GuestBoot
import NineP
import ObjectLoader
import VirtioCore

/// Why something on the share could not be had.
enum ShareError: Error {
  case refused(ErrorNumber)
  /// The server or its device did something that the protocol does not allow.
  case misbehaved
  case noAnswer
  case notMounted
  case pathTooLong
  case folderTooLarge
  /// A file, in bytes, and how large one may be.
  case tooLarge(UInt64, limit: UInt64)
  /// What a file and what is made of it would take, in bytes, and what there is.
  case noMemory(needed: UInt64, left: UInt64)

  var message: [UInt8] {
    var buffer = TextBuffer()
    buffer.text(text)
    switch self {
    case .tooLarge(let size, let limit): buffer.comparison(size, limit)
    case .noMemory(let needed, let left): buffer.comparison(needed, left)
    default: break
    }
    return buffer.contents
  }

  private var text: StaticString {
    switch self {
    case .refused(.noEntry): "no such file or directory"
    case .refused(.notDirectory): "not a directory"
    case .refused(.isDirectory): "is a directory"
    case .refused(.accessDenied), .refused(.notPermitted): "permission denied"
    case .refused(.nameTooLong): "name too long"
    case .refused(.invalid): "invalid argument"
    case .refused: "refused by the share"
    case .misbehaved: "the share broke the protocol"
    case .noAnswer: "the share does not answer"
    case .notMounted: "no share"
    case .pathTooLong: "path too long"
    case .folderTooLarge: "folder too large"
    case .tooLarge: "file too large"
    case .noMemory: "not enough memory for the file"
    }
  }
}

extension TextBuffer {
  fileprivate mutating func comparison(_ value: UInt64, _ limit: UInt64) {
    text(": ")
    decimal(value)
    text(" bytes, at most ")
    decimal(limit)
  }
}

/// How large a file may be, and what is made of it.
struct FileLimits {
  /// In bytes.
  var bytesMax: UInt64
  /// For each byte of the file so many bytes of memory, beside the file itself, ...
  var factor: UInt64
  /// ... but no more than these.
  var extraMax: UInt64

  /// An object's tables are at most as large as they are with as many symbols as `ObjectLimits` allows.
  static var object: FileLimits {
    FileLimits(bytesMax: UInt64(ObjectLimits().fileSizeMax), factor: 8, extraMax: 20 << 20)
  }
  /// A line of a symbol file has at least six bytes; its symbol takes 64 while they are sorted.
  static var symbolFile: FileLimits {
    FileLimits(bytesMax: UInt64(SymbolFile.fileSizeMax), factor: 11, extraMax: 16 << 20)
  }
}

/// The folder that the host offers as `fs0`: files by path, on top of ``NinePClient``. Mounted at /ushell; a path that
/// begins with neither that nor `/` starts at the share's root as well.
enum Share {
  static var tag: StaticString { "fs0" }
  static var mountPoint: StaticString { "/ushell" }
  private static var root: UInt32 { 0 }
  private static var file: UInt32 { 1 }

  nonisolated(unsafe) private(set) static var client: NinePClient?

  /// Attaches to the device with our tag, on first use.
  static func mount() {
    guard client == nil else { return }
    let device = VirtioBus.claim(.nineP, signals: .shareReply) { NinePClient.hasTag($0, tag) }
    guard let device, var client = NinePClient(device) else { return }
    do throws(ShareError) {
      try client.attach(root)
      self.client = client
    } catch { self.client = nil }
  }

  /// All of a file. Whether there is memory for it is known before it is read: a unikernel without memory panics.
  static func read(_ path: ArraySlice<UInt8>, _ limits: FileLimits) throws(ShareError) -> [UInt8] {
    try open(path, flags: OpenFlags.readOnly)
    defer { close() }
    guard let size = try client?.size(file) else { throw .notMounted }
    guard size <= limits.bytesMax else { throw .tooLarge(size, limit: limits.bytesMax) }
    let needed = size &+ min(size &* limits.factor, limits.extraMax) &+ reserve
    let left = LargeBlocks.largest
    guard needed <= left else { throw .noMemory(needed: needed, left: left) }
    var contents: [UInt8] = []
    contents.reserveCapacity(Int(size))
    // What has been added to the file since is left out.
    while contents.count < Int(size), let piece = try client?.read(file, offset: UInt64(contents.count)),
      piece.count != 0
    { contents.append(contentsOf: piece.prefix(Int(size) &- contents.count)) }
    return contents
  }

  /// For everything else that takes memory.
  private static var reserve: UInt64 { 256 << 10 }

  /// Hands over a file piece by piece, until `body` returns false.
  static func forEachPiece(
    of path: ArraySlice<UInt8>, _ body: (UnsafeRawBufferPointer) -> Bool
  ) throws(ShareError) {
    try open(path, flags: OpenFlags.readOnly)
    defer { close() }
    var offset: UInt64 = 0
    while let piece = try client?.read(file, offset: offset), piece.count != 0 {
      offset &+= UInt64(piece.count)
      guard body(piece) else { return }
    }
  }

  struct Entry {
    var name: [UInt8]
    var isDirectory: Bool
  }

  private static var entriesMax: Int { 4096 }
  /// `d_type` of a folder. A server may leave the type in the QID out.
  private static var directoryType: UInt8 { FileMode.entryType(FileMode.directory) }

  /// The entries of a folder without `.` and `..`, by name.
  static func list(_ path: ArraySlice<UInt8>) throws(ShareError) -> [Entry] {
    try open(path, flags: OpenFlags.readOnly | OpenFlags.directory)
    defer { close() }
    var entries: [Entry] = []
    var offset: UInt64 = 0
    var seen = 0
    while let data = try client?.readDirectory(file, offset: offset), data.count != 0 {
      var reader = DirectoryEntries(data)
      do throws(CodecError) {
        while let entry = try reader.next() {
          offset = entry.offset
          seen &+= 1
          if entry.name.isDot || entry.name.isDotDot { continue }
          entries.append(Entry(name: Array(entry.name.bytes), isDirectory: entry.type == Self.directoryType))
        }
      } catch { throw .misbehaved }
      guard seen <= entriesMax else { throw .folderTooLarge }
    }
    entries.sort { $0.name.lexicographicallyPrecedes($1.name) }
    return entries
  }

  private static func open(_ path: ArraySlice<UInt8>, flags: UInt32) throws(ShareError) {
    guard client != nil else { throw .notMounted }
    try client?.walk(from: root, to: file, path: steps(path))
    do throws(ShareError) {
      // Servers differ in whether a folder can be opened like a file.
      let isFolder = try client?.open(file, flags: flags) ?? false
      if isFolder && flags & OpenFlags.directory == 0 { throw .refused(.isDirectory) }
    } catch {
      close()
      throw error
    }
  }

  private static func close() {
    do throws(ShareError) { try client?.clunk(file) } catch { return }
  }

  /// The names of a path below the share's root.
  private static func steps(_ path: ArraySlice<UInt8>) throws(ShareError) -> [ArraySlice<UInt8>] {
    var steps = path.split(separator: UInt8(ascii: "/")).filter { !$0.equals(".") }
    if path.first == UInt8(ascii: "/"), let first = steps.first, first.equals("ushell") { steps.removeFirst() }
    guard steps.count <= Limits.walkNames else { throw .pathTooLong }
    return steps
  }
}
