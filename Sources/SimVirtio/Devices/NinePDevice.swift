import NineP
import SimEvents
import VirtioCore

/// The 9P transport over virtio: each request is a chain, message in the readable part, reply in the writable one.
public final class NinePDevice: VirtioDevice {
  public struct State: Equatable, Sendable, Codable {
    public var session: NinePSession

    public init(session: NinePSession) {
      self.session = session
    }
  }

  public let name: String
  public let deviceID = DeviceID.nineP
  public let features: Features = .mountTag
  public let queueSizes: [UInt16]
  public let chainBytesMax: UInt32 = 2 << 20
  public weak var port: (any QueuePort)?
  private let mountTag: [UInt8]
  private var server: NinePServer

  /// - Parameters:
  ///   - messageBytesLimit: the greatest message that the server agrees to, in bytes.
  ///   - start: the times of the files that are there at first.
  ///   - clock: tells the time of what the guest does.
  public init(
    name: String = "9p", share: Share, mountTag: String = "fs0", queueSize: UInt16 = 128,
    messageBytesLimit: UInt32 = NinePServer.messageBytesMax, start: FileTime = FileTime(),
    clock: @escaping () -> FileTime = { FileTime() },
    report: @escaping (EventPayload) -> Void
  ) {
    self.name = name
    self.mountTag = Array(mountTag.utf8)
    queueSizes = [queueSize]
    var tree = share.tree
    tree.setAllTimes(start)
    server = NinePServer(
      session: NinePSession(tree: tree), messageBytesLimit: messageBytesLimit, clock: clock, report: report)
  }

  /// tag_len[2] tag[tag_len].
  public var configuration: [UInt8] {
    [UInt8(truncatingIfNeeded: mountTag.count), UInt8(truncatingIfNeeded: mountTag.count >> 8)] + mountTag
  }

  /// The files as the guest has left them.
  public var tree: ShareTree { server.session.tree }

  /// Ends the session; what the guest has written stays.
  public func reset() {
    server.endSession()
  }

  public func start(features: Features) {}

  public func notify(queue: UInt16) {
    port?.serve(queue, while: true) { (chain) throws(QueueError) in
      var message = chain.read(min(chain.readableBytes, Int(NinePServer.messageBytesMax)))
      switch port?.faults?.willServe(request: &message) ?? .passed {
      case .passed: try answer(message, &chain)
      case .lost: chain.fate = .lost
      case .held:
        chain.fate = .held { [weak self, message] (chain) throws(QueueError) in try self?.answer(message, &chain) }
      }
    }
  }

  private func answer(_ message: [UInt8], _ chain: inout ChainAccess) throws(QueueError) {
    let room = chain.writableBytes
    let faults = port?.faults
    var reply = server.respond(to: message, room: room, refusal: faults.map { faults in { faults.refusal(of: $0) } })
    guard !reply.isEmpty else {
      throw .malformedRequest(reason: "a 9P request of \(message.count) bytes with room for \(room) in reply")
    }
    let fate = faults?.willSend(reply: &reply) ?? .passed
    chain.write(reply)
    switch fate {
    case .passed: break
    case .lost: chain.fate = .lost
    case .held: chain.fate = .held(nil)
    }
  }

  public var state: DeviceState { .nineP(State(session: server.session)) }

  public func restore(_ state: DeviceState) throws(StateError) {
    guard case .nineP(let saved) = state else { throw StateError("\(name): the saved device is no 9P transport") }
    guard saved.session.isPossible else { throw StateError("\(name): the saved session is impossible") }
    guard saved.session.tree.limits == tree.limits else {
      throw StateError("\(name): the saved share has other limits than this one")
    }
    guard (saved.session.messageBytesMax ?? 0) <= server.messageBytesLimit else {
      throw StateError("\(name): the saved session has greater messages than the server agrees to")
    }
    server.session = saved.session
  }
}

extension NinePServer {
  /// Forgets the client and all its fids.
  mutating func endSession() {
    session.removeAll()
    session.messageBytesMax = nil
  }
}
