import GuestBoot
import NineP
import VirtioCore

/// 9P2000.L over a virtio device, one request at a time. Views that a reply holds are valid until the next request.
struct NinePClient {
  /// What is proposed to the server as the greatest message, in bytes; `uio.msize=N`.
  private static var messageBytesDefault: UInt64 { 32768 }
  private static var messageBytesRange: ClosedRange<UInt64> { 4096...262_144 }
  private static var noTag: UInt16 { 0xffff }
  private static var noFid: UInt32 { 0xffff_ffff }
  /// What a reply holds beside its data: header and count.
  private static var overhead: UInt32 { 24 }
  private static var patience: UInt64 { 30_000_000_000 }

  private let device: VirtioDevice
  private var queue: VirtioQueue
  private let request: UnsafeMutableRawBufferPointer
  private let reply: UnsafeMutableRawBufferPointer
  /// The greatest message, as agreed with the server.
  private(set) var messageBytesMax: UInt32
  private var isBroken = false

  /// Whether the configuration (tag length, tag) names `tag`.
  static func hasTag(_ device: VirtioDevice, _ tag: StaticString) -> Bool {
    let registers = device.registers
    let length = Int(registers.readConfiguration(0)) | Int(registers.readConfiguration(1)) << 8
    guard length == tag.utf8CodeUnitCount else { return false }
    return (0..<length).allSatisfy { registers.readConfiguration(UInt64($0) &+ 2) == tag.utf8Start[$0] }
  }

  init?(_ device: VirtioDevice) {
    guard let features = try? device.negotiate(wanted: [.mountTag, .eventIndex], needed: []),
      let queue = try? device.makeQueue(0, size: 16, features)
    else { return nil }
    self.device = device
    self.queue = queue
    let bytes = Int(KernelCommandLine.number("uio.msize=", Self.messageBytesDefault, in: Self.messageBytesRange))
    messageBytesMax = UInt32(bytes)
    request = Self.buffer(bytes)
    reply = Self.buffer(bytes)
    device.start()
  }

  private static func buffer(_ bytes: Int) -> UnsafeMutableRawBufferPointer {
    let start = DMAPages.allocate((UInt64(bytes) &+ Pages.size &- 1) / Pages.size)
    return UnsafeMutableRawBufferPointer(start: UnsafeMutableRawPointer(bitPattern: UInt(start)), count: bytes)
  }

  /// Agrees on a version and makes `fid` the root.
  mutating func attach(_ fid: UInt32) throws(ShareError) {
    let offer = Request.version(messageBytesMax: messageBytesMax, version: .version9P2000L)
    guard case .version(let bytes, let version) = try send(offer, tag: Self.noTag), version == .version9P2000L,
      bytes <= messageBytesMax, bytes >= 4096
    else { throw .misbehaved }
    messageBytesMax = bytes
    let attach = Request.attach(
      fid: fid, authentication: Self.noFid, userName: ByteView("root"), tree: ByteView("/"), user: 0)
    guard case .attach = try send(attach) else { throw .misbehaved }
  }

  /// Makes `newFid` what the path leads to.
  mutating func walk(from fid: UInt32, to newFid: UInt32, path: [ArraySlice<UInt8>]) throws(ShareError) {
    // The names are views: they have to lie still until the request is encoded.
    let names = UnsafeMutableRawBufferPointer.allocate(byteCount: path.reduce(1) { $0 + $1.count }, alignment: 1)
    defer { names.deallocate() }
    var views: [ByteView] = []
    var start = 0
    for name in path {
      for (index, byte) in name.enumerated() { names[start &+ index] = byte }
      views.append(ByteView(UnsafeRawBufferPointer(rebasing: names[start..<start &+ name.count])))
      start &+= name.count
    }
    guard case .walk(let found) = try send(.walk(fid: fid, newFid: newFid, names: views)) else { throw .misbehaved }
    // Fewer than asked for: the walk failed there, and newFid is not in use.
    guard found.count == path.count else { throw .refused(.noEntry) }
  }

  /// Opens what a walk led to, and says whether it is a folder.
  mutating func open(_ fid: UInt32, flags: UInt32) throws(ShareError) -> Bool {
    guard case .lopen(let qid, _) = try send(.lopen(fid: fid, flags: flags)) else { throw .misbehaved }
    return qid.type.contains(.directory)
  }

  mutating func clunk(_ fid: UInt32) throws(ShareError) {
    guard case .clunk = try send(.clunk(fid: fid)) else { throw .misbehaved }
  }

  /// The bytes of an open file at `offset`; none at its end.
  mutating func read(_ fid: UInt32, offset: UInt64) throws(ShareError) -> UnsafeRawBufferPointer {
    let count = messageBytesMax &- Self.overhead
    guard case .read(let data) = try send(.read(fid: fid, offset: offset, count: count)), data.count <= Int(count)
    else { throw .misbehaved }
    return data.bytes
  }

  /// The size of a file, in bytes.
  mutating func size(_ fid: UInt32) throws(ShareError) -> UInt64 {
    guard case .getattr(let attributes) = try send(.getattr(fid: fid, mask: AttributeMask.basic)) else {
      throw .misbehaved
    }
    return attributes.size
  }

  mutating func readDirectory(_ fid: UInt32, offset: UInt64) throws(ShareError) -> ByteView {
    let count = messageBytesMax &- Self.overhead
    guard case .readdir(let data) = try send(.readdir(fid: fid, offset: offset, count: count)) else {
      throw .misbehaved
    }
    return data
  }

  private mutating func send(_ message: Request, tag: UInt16 = 0) throws(ShareError) -> Reply {
    guard !isBroken else { throw .misbehaved }
    let size: Int
    do throws(CodecError) { size = try message.encode(tag: tag, into: request) } catch {
      throw error == .invalidName ? .refused(.invalid) : .pathTooLong
    }
    let written = try exchange(UInt32(size))
    let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(reply)[..<Int(written)])
    let answer: Reply
    do throws(CodecError) {
      let header = try MessageHeader(decoding: bytes)
      guard header.tag == tag else { throw .unknownType(header.code) }
      answer = try Reply(header: header, decoding: bytes)
    } catch { throw .misbehaved }
    if case .lerror(let number) = answer { throw .refused(number) }
    return answer
  }

  /// Sends what the request buffer holds and waits for the device; returns how much it wrote into the reply buffer.
  private mutating func exchange(_ size: UInt32) throws(ShareError) -> UInt32 {
    let buffers: [QueueBuffer] = [
      .readable(Self.address(request), size), .writable(Self.address(reply), messageBytesMax),
    ]
    let deadline = Clock.now &+ Self.patience
    do throws(QueueDriverError) {
      _ = try queue.add(buffers)
      if try queue.publish() { device.notify(0) }
      while true {
        if let used = try queue.popUsed() { return used.writtenBytes }
        if Clock.now > deadline { break }
        Scheduler.wait(for: .shareReply, until: deadline)
      }
    } catch {
      isBroken = true
      throw .misbehaved
    }
    // The buffers are still the device's: nothing may be sent again.
    isBroken = true
    throw .noAnswer
  }

  private static func address(_ buffer: UnsafeMutableRawBufferPointer) -> UInt64 {
    UInt64(UInt(bitPattern: buffer.baseAddress))
  }
}
