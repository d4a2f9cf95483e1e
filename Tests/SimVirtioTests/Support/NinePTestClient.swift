import NineP
import SimEvents
import SimVirtio
import Testing

/// Speaks 9P to a server as text and numbers, without a transport.
final class NinePTestClient {
  /// What the server's clock shows.
  final class Time {
    var now = FileTime()
  }

  let log = EventLog()
  let time = Time()
  var server: NinePServer
  var room = 8192

  init(_ items: [Share.Item], limits: ShareLimits = ShareLimits()) throws {
    let (log, time) = (self.log, self.time)
    server = NinePServer(session: NinePSession(tree: try Share(items, limits: limits).tree)) {
      time.now
    } report: {
      log.events.append($0)
    }
  }

  /// Sends the request and hands the decoded reply to `body`.
  func send<T>(_ request: Request, tag: UInt16 = 1, _ body: (Reply) throws -> T) throws -> T {
    var message = [UInt8](repeating: 0, count: 8192)
    let count = try message.withUnsafeMutableBytes { try request.encode(tag: tag, into: $0) }
    let reply = server.respond(to: Array(message.prefix(count)), room: room)
    #expect(server.session._checkInvariants(), "after \(request)")
    return try reply.withUnsafeBytes { bytes in
      let header = try MessageHeader(decoding: bytes)
      guard header.tag == tag else { throw ErrorNumber.protocolError }
      let reply = try Reply(header: header, decoding: bytes)
      if case .lerror(let number) = reply { throw number }
      return try body(reply)
    }
  }

  func send(_ request: Request) throws {
    try send(request) { _ in }
  }

  /// Agrees on a version and makes fid 0 the root.
  func start(messageBytesMax: UInt32 = 8192) throws {
    try send(.version(messageBytesMax: messageBytesMax, version: .version9P2000L))
    try send(.attach(fid: 0, authentication: Absent.fid, userName: text("root"), tree: text(""), user: 0))
  }

  /// A view of bytes that stay for as long as the tests run.
  func text(_ string: String) -> ByteView {
    let bytes = Array(string.utf8)
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    copy.copyBytes(from: bytes)
    return ByteView(UnsafeRawBufferPointer(copy))
  }

  @discardableResult
  func walk(_ fid: UInt32, _ newFid: UInt32, _ names: [String]) throws -> [QID] {
    try send(.walk(fid: fid, newFid: newFid, names: names.map(text))) {
      guard case .walk(let qids) = $0 else { throw ErrorNumber.protocolError }
      return qids
    }
  }

  /// Walks to `path` from the root and opens it as `fid`.
  func open(_ path: String, as fid: UInt32, flags: UInt32 = OpenFlags.readOnly) throws {
    let names = path.split(separator: "/").map(String.init)
    guard try walk(0, fid, names).count == names.count else { throw ErrorNumber.noEntry }
    try send(.lopen(fid: fid, flags: flags))
  }

  func read(_ fid: UInt32, offset: UInt64 = 0, count: UInt32 = 4096) throws -> String {
    try send(.read(fid: fid, offset: offset, count: count)) {
      guard case .read(let data) = $0 else { throw ErrorNumber.protocolError }
      return String(decoding: data.bytes, as: UTF8.self)
    }
  }

  func write(_ fid: UInt32, _ string: String, offset: UInt64 = 0) throws {
    try send(.write(fid: fid, offset: offset, data: text(string)))
  }

  func attributes(_ fid: UInt32) throws -> Attributes {
    try send(.getattr(fid: fid, mask: AttributeMask.basic)) {
      guard case .getattr(let attributes) = $0 else { throw ErrorNumber.protocolError }
      return attributes
    }
  }

  struct Listed: Equatable {
    var name: String
    var offset: UInt64
    var qid: QID
  }

  func list(_ fid: UInt32, offset: UInt64 = 0, count: UInt32 = 4096) throws -> [Listed] {
    try send(.readdir(fid: fid, offset: offset, count: count)) { reply in
      guard case .readdir(let data) = reply else { throw ErrorNumber.protocolError }
      var entries = DirectoryEntries(data)
      var all: [Listed] = []
      while let entry = try entries.next() {
        all.append(
          Listed(name: String(decoding: entry.name.bytes, as: UTF8.self), offset: entry.offset, qid: entry.qid))
      }
      return all
    }
  }

  /// The whole content of a file, through a fid of its own.
  func content(_ path: String) throws -> String {
    try open(path, as: 0xfff0)
    defer { try? send(.clunk(fid: 0xfff0)) }
    return try read(0xfff0)
  }
}
