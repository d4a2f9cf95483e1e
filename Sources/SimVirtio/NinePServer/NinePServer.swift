import NineP
import SimEvents

/// A 9P2000.L server over a share: one message in, one message out. It trusts nothing in the message.
public struct NinePServer {
  /// The greatest message that a client may ask for.
  public static let messageBytesMax: UInt32 = 512 << 10
  /// The smallest that works: every reply of fixed size fits.
  public static let messageBytesMin: UInt32 = 256
  /// The most fids at a time.
  public static let fidsMax = 1024

  public internal(set) var session: NinePSession
  private let report: (EventPayload) -> Void

  /// - Parameter report: told of every request and reply.
  public init(session: NinePSession, report: @escaping (EventPayload) -> Void) {
    self.session = session
    self.report = report
  }

  /// Answers the request in `message`, whose reply may have at most `room` bytes.
  ///
  /// - Returns: the reply; empty when the message has no header or there is no room for an Rlerror.
  public mutating func respond(to message: [UInt8], room: Int) -> [UInt8] {
    message.withUnsafeBytes { bytes in
      guard let header = try? MessageHeader(decoding: bytes) else { return [] }
      let limit = min(room, Int(session.messageBytesMax ?? Self.messageBytesMax))
      var reply = [UInt8](repeating: 0, count: max(limit, 0))
      let count = reply.withUnsafeMutableBytes { buffer in
        answer(header, bytes, into: buffer)
      }
      reply.removeLast(reply.count - count)
      return reply
    }
  }

  private mutating func answer(
    _ header: MessageHeader, _ bytes: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer
  ) -> Int {
    do throws(ErrorNumber) {
      let request = try decode(header, bytes)
      report(
        .ninePRequest(tag: header.tag, message: "T\(request.type)", detail: MessageDescription.detail(of: request)))
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
      case .invalidName: throw .invalid
      default: throw .protocolError
      }
    }
  }

  private func send(_ reply: Reply, _ tag: UInt16, _ buffer: UnsafeMutableRawBufferPointer) -> Int? {
    guard let count = try? reply.encode(tag: tag, into: buffer) else { return nil }
    report(.ninePReply(tag: tag, message: "R\(reply.type)", detail: MessageDescription.detail(of: reply)))
    return count
  }
}

/// A reply that owns its data until it is sent.
enum ServerReply {
  case plain(Reply)
  case read(ArraySlice<UInt8>)
  case readdir([UInt8])
  case readlink([UInt8])

  /// Lends the reply for the time of `body`.
  func withReply<T>(_ body: (Reply) -> T) -> T {
    switch self {
    case .plain(let reply): body(reply)
    case .read(let bytes): bytes.withUnsafeBytes { body(.read(ByteView($0))) }
    case .readdir(let bytes): bytes.withUnsafeBytes { body(.readdir(ByteView($0))) }
    case .readlink(let bytes): bytes.withUnsafeBytes { body(.readlink(ByteView($0))) }
    }
  }
}
