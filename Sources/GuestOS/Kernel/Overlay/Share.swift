import GuestBoot
import NineP
import VirtioCore

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
