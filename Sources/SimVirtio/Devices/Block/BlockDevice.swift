import VirtioCore

/// A disk in memory (virtio 1.2, section 5.2): read, write, flush and its name. What the guest writes stays in the run.
public final class BlockDevice: VirtioDevice {
  public struct State: Equatable, Sendable, Codable {
    public var image: [UInt8]
  }

  public static let sectorBytes = 512
  /// The most buffers of data in a request.
  private static let segmentsMax: UInt32 = 126
  /// Request types and results (sections 5.2.6 and 5.2.6.1).
  private enum RequestType {
    static let read: UInt32 = 0
    static let write: UInt32 = 1
    static let flush: UInt32 = 4
    static let getID: UInt32 = 8
  }
  private enum Result {
    static let ok: UInt8 = 0
    static let inputOutputError: UInt8 = 1
    static let unsupported: UInt8 = 2
  }

  public let name: String
  public let deviceID = DeviceID.block
  public let features: Features
  public let queueSizes: [UInt16]
  public let chainBytesMax: UInt32 = 16 << 20
  public weak var port: (any QueuePort)?
  private let identifier: [UInt8]
  private var current: State

  /// - Parameters:
  ///   - image: the disk's contents, filled up with zeros to whole sectors of 512 bytes.
  ///   - identifier: at most 20 bytes.
  public init(
    name: String = "block", image: [UInt8], isReadOnly: Bool = false, identifier: String = "uio-sim",
    queueSize: UInt16 = 128
  ) {
    self.name = name
    self.identifier = Array((Array(identifier.utf8) + [UInt8](repeating: 0, count: 20)).prefix(20))
    let basic: Features = [.blockFlush, .blockSize, .blockSegmentsMax]
    features = isReadOnly ? basic.union(.blockReadOnly) : basic
    queueSizes = [queueSize]
    let tail = image.count % Self.sectorBytes
    let padding = tail == 0 ? 0 : Self.sectorBytes - tail
    current = State(image: image + [UInt8](repeating: 0, count: padding))
  }

  /// capacity[8] size_max[4] seg_max[4] geometry[4] blk_size[4] (section 5.2.4).
  public var configuration: [UInt8] {
    var bytes: [UInt8] = []
    let capacity = UInt64(current.image.count / Self.sectorBytes)
    withUnsafeBytes(of: capacity.littleEndian) { bytes += $0 }
    for word in [0, Self.segmentsMax, 0, UInt32(Self.sectorBytes)] {
      withUnsafeBytes(of: word.littleEndian) { bytes += $0 }
    }
    return bytes
  }

  /// The disk's contents now.
  public var image: [UInt8] { current.image }

  public func reset() {}

  public func start(features: Features) {}

  public func notify(queue: UInt16) {
    port?.serve(queue, while: { true }) { (chain) throws(QueueError) in
      // type[4] reserved[4] sector[8], data, status[1] (section 5.2.6).
      let header = chain.read(16)
      guard header.count == 16, chain.writableBytes >= 1 else {
        throw .malformedRequest(reason: "a disk request needs 16 readable bytes and one writable byte")
      }
      let type = header[0..<4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      let sector = header[8..<16].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      perform(type, sector, &chain)
    }
  }

  /// Carries a request out; the status goes into the last writable byte, whatever the data leave free.
  private func perform(_ type: UInt32, _ sector: UInt64, _ chain: inout ChainAccess) {
    let room = chain.writableBytes - 1
    var result = Result.ok
    var reply: [UInt8] = []
    switch type {
    case RequestType.read:
      if let range = range(sector, count: room) {
        reply = Array(current.image[range])
      } else {
        result = Result.inputOutputError
      }
    case RequestType.write:
      let data = chain.read(chain.readableBytes)
      if !features.contains(.blockReadOnly), let range = range(sector, count: data.count) {
        current.image.replaceSubrange(range, with: data)
      } else {
        result = Result.inputOutputError
      }
    case RequestType.flush: break
    case RequestType.getID: reply = Array(identifier.prefix(room))
    default: result = Result.unsupported
    }
    chain.write(reply + [UInt8](repeating: 0, count: room - reply.count) + [result])
  }

  /// The bytes of whole sectors on the disk, or nil.
  private func range(_ sector: UInt64, count: Int) -> Range<Int>? {
    let sectors = current.image.count / Self.sectorBytes
    guard count % Self.sectorBytes == 0, sector <= UInt64(sectors),
      count / Self.sectorBytes <= sectors - Int(sector)
    else { return nil }
    let start = Int(sector) * Self.sectorBytes
    return start..<start + count
  }

  public var state: DeviceState { .block(current) }

  public func restore(_ state: DeviceState) throws(StateError) {
    guard case .block(let saved) = state else { throw StateError("\(name): the saved device is no disk") }
    guard saved.image.count == current.image.count else {
      throw StateError("\(name): \(saved.image.count) bytes saved, the disk has \(current.image.count)")
    }
    current = saved
  }
}
