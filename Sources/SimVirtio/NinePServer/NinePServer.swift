import Invariants
import NineP
import SimEvents

/// A 9P2000.L server over a share: one message in, one message out. It trusts nothing in the message.
public struct NinePServer {
  /// The greatest message that a client may ask for.
  public static let messageBytesMax: UInt32 = 512 << 10
  /// The smallest that a client may ask for, as in Linux's client and QEMU's server.
  public static let messageBytesMin: UInt32 = 4096
  /// The most fids at a time: Linux's client holds one for each file that it knows of and one for each open file, so there
  /// are as many as a share has entries, and three times as many open files.
  public static let fidsMax = 16_384
  /// The most locks of all fids together.
  public static let locksMax = 4096

  /// The greatest message that this server agrees to, in bytes.
  public let messageBytesLimit: UInt32
  public internal(set) var session: NinePSession
  /// The moment that files get as their times.
  let clock: () -> FileTime
  private let report: (EventPayload) -> Void

  /// - Parameters:
  ///   - messageBytesLimit: ``messageBytesMin`` to ``messageBytesMax``.
  ///   - clock: tells the time of what is done now.
  ///   - report: told of every request and reply.
  public init(
    session: NinePSession, messageBytesLimit: UInt32 = Self.messageBytesMax,
    clock: @escaping () -> FileTime = { FileTime() }, report: @escaping (EventPayload) -> Void
  ) {
    self.session = session
    self.messageBytesLimit = min(max(messageBytesLimit, Self.messageBytesMin), Self.messageBytesMax)
    self.clock = clock
    self.report = report
  }

  /// Why a request is not carried out although it could be; nil: it is.
  public typealias Refusal = (MessageType) -> ErrorNumber?

  /// Answers the request in `message`, whose reply may have at most `room` bytes.
  ///
  /// - Parameter refusal: asked before each request is carried out.
  /// - Returns: the reply; empty when the message has no header or there is no room for an Rlerror.
  public mutating func respond(to message: [UInt8], room: Int, refusal: Refusal? = nil) -> [UInt8] {
    message.withUnsafeBytes { bytes in
      guard let header = try? MessageHeader(decoding: bytes) else { return [] }
      let limit = min(room, Int(session.messageBytesMax ?? messageBytesLimit))
      var reply = [UInt8](repeating: 0, count: max(limit, 0))
      let count = reply.withUnsafeMutableBytes { buffer in
        answer(header, bytes, into: buffer, refusal)
      }
      precondition(count <= reply.count, "a reply is longer than its room")
      reply.removeLast(reply.count - count)
      Invariants.check("the 9P session", session._checkInvariants())
      return reply
    }
  }

  private mutating func answer(
    _ header: MessageHeader, _ bytes: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer,
    _ refusal: Refusal?
  ) -> Int {
    do throws(ErrorNumber) {
      let request = try decode(header, bytes)
      report(
        .ninePRequest(tag: header.tag, message: "T\(request.type)", detail: MessageDescription.detail(of: request)))
      if let error = refusal?(request.type) { throw error }
      let reply = try perform(request, room: buffer.count)
      guard let count = reply.withReply({ send($0, header.tag, buffer) }) else { throw .protocolError }
      return count
    } catch {
      return send(.lerror(error), header.tag, buffer) ?? 0
    }
  }

  private func decode(_ header: MessageHeader, _ bytes: UnsafeRawBufferPointer) throws(ErrorNumber) -> Request {
    do throws(CodecError) {
      if let limit = session.messageBytesMax, header.size > limit { throw .noSpace }
      return try Request(header: header, decoding: bytes)
    } catch {
      let name =
        MessageType(rawValue: header.code).flatMap { $0 == .lerror ? nil : "T\($0)" } ?? "type \(header.code)"
      report(.ninePRequest(tag: header.tag, message: name, detail: "\(error)"))
      switch error {
      case .unknownType: throw .notSupported
      case .tooManyNames: throw .invalid
      case .noSpace: throw .messageTooLong
      default: throw .protocolError
      }
    }
  }

  private func send(_ reply: Reply, _ tag: UInt16, _ buffer: UnsafeMutableRawBufferPointer) -> Int? {
    guard let count = try? reply.encode(tag: tag, into: buffer) else { return nil }
    var detail = MessageDescription.detail(of: reply)
    if case .lerror(let number) = reply, let limit = limit(behind: number) { detail += ": \(limit)" }
    report(.ninePReply(tag: tag, message: "R\(reply.type)", detail: detail))
    return count
  }

  /// The limit that a request ran into, in words for the event.
  private func limit(behind number: ErrorNumber) -> String? {
    let limits = session.tree.limits
    return switch number {
    case .noSpace:
      session.tree.nameCount < limits.entriesMax && session.tree.entryCount < limits.entriesMax
        ? "a share holds at most \(limits.bytesMax) bytes" : "a share holds at most \(limits.entriesMax) entries"
    case .fileTooLarge: "a share holds at most \(limits.bytesMax) bytes"
    case .tooManyLinks: "directories lie at most \(limits.depthMax) deep"
    case .tooManyFiles: "there are at most \(Self.fidsMax) fids"
    case .nameTooLong: "a name has at most \(Limits.nameBytes) bytes, the target of a link \(Self.targetBytesMax)"
    case .messageTooLong: "a message has at most \(session.messageBytesMax ?? messageBytesLimit) bytes"
    case .noLocks: "there are at most \(Self.locksMax) locks"
    default: nil
    }
  }
}

/// A reply that owns its data until it is sent.
enum ServerReply {
  case plain(Reply)
  case read(ArraySlice<UInt8>)
  case readdir([UInt8])
  case readlink([UInt8])
  case stat(StatRecord, name: [UInt8], target: [UInt8])
  case getlock(HeldLock, length: UInt64)

  /// Lends the reply for the time of `body`.
  func withReply<T>(_ body: (Reply) -> T) -> T {
    switch self {
    case .plain(let reply): body(reply)
    case .read(let bytes): bytes.withUnsafeBytes { body(.read(ByteView($0))) }
    case .readdir(let bytes): bytes.withUnsafeBytes { body(.readdir(ByteView($0))) }
    case .readlink(let bytes): bytes.withUnsafeBytes { body(.readlink(ByteView($0))) }
    case .stat(var record, let name, let target):
      name.withUnsafeBytes { name in
        target.withUnsafeBytes { target in
          record.name = ByteView(name)
          record.special = ByteView(target)
          return body(.stat(record))
        }
      }
    case .getlock(let lock, let length):
      lock.client.withUnsafeBytes { client in
        body(
          .getlock(
            FileLock(
              type: lock.type, start: lock.first, length: length, process: lock.process, client: ByteView(client))))
      }
    }
  }
}
