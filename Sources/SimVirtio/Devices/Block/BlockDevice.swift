import VirtioCore

/// A disk (virtio 1.2, section 5.2): read, write, flush, its name, discard and write zeroes. What the guest writes stays in
/// the run.
public final class BlockDevice: VirtioDevice {
  public struct State: Equatable, Sendable, Codable {
    public var content: DiskContent
  }

  public static let sectorBytes = 512
  /// A request has a header, a status, and at least one buffer of data between them.
  public static let queueSizeMin: UInt16 = 4
  /// Buffers of a request beside those of data.
  private static let otherBuffers: UInt16 = 2

  public let name: String
  public let deviceID = DeviceID.block
  public let features: Features
  public let queueSizes: [UInt16]
  public let chainBytesMax: UInt32 = 16 << 20
  public weak var port: (any QueuePort)?
  private let identifier: [UInt8]
  private var current: State

  /// - Parameters:
  ///   - image: how the disk begins; the rest of it is zeros.
  ///   - bytes: the disk's size, made larger for the image and for whole sectors of 512 bytes.
  ///   - identifier: at most 20 bytes.
  ///   - queueSize: at least ``queueSizeMin``.
  public init(
    name: String = "block", image: [UInt8], bytes: Int = 0, isReadOnly: Bool = false, identifier: String = "uio-sim",
    queueSize: UInt16 = 128
  ) {
    precondition(queueSize >= Self.queueSizeMin, "no request with data would fit into the queue")
    self.name = name
    self.identifier = Array((Array(identifier.utf8) + [UInt8](repeating: 0, count: 20)).prefix(20))
    let basic: Features = [.blockSizeMax, .blockSegmentsMax, .blockSize, .blockFlush]
    features = basic.union(isReadOnly ? .blockReadOnly : [.blockDiscard, .blockWriteZeroes])
    queueSizes = [queueSize]
    let sectors = (max(image.count, bytes) + Self.sectorBytes - 1) / Self.sectorBytes
    current = State(content: DiskContent(image: image, count: sectors * Self.sectorBytes))
  }

  private var sectorCount: Int { current.content.count / Self.sectorBytes }

  // MARK: Configuration

  /// The most buffers of data in a request: a chain is never longer than its queue (section 2.7.5.3.1).
  private var segmentsMax: UInt32 { UInt32(queueSizes[0] - Self.otherBuffers) }

  /// The greatest buffer, so that a request of as many as there may be is not refused for its size. A power of two.
  private var segmentBytesMax: UInt32 {
    let fitting = (chainBytesMax - 64) / segmentsMax
    return 1 << (31 - UInt32(fitting.leadingZeroBitCount))
  }

  /// struct virtio_blk_config up to write_zeroes_may_unmap (section 5.2.4).
  public var configuration: [UInt8] {
    var bytes: [UInt8] = []
    func put(_ value: some FixedWidthInteger) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
    put(UInt64(sectorCount))
    put(segmentBytesMax)
    put(segmentsMax)
    put(UInt32(0))  // geometry
    put(UInt32(Self.sectorBytes))
    put(UInt64(0))  // topology
    put(UInt32(0))  // writeback, one queue
    guard features.contains(.blockDiscard) else { return bytes }
    let sectorsMax = UInt32(clamping: sectorCount)
    put(sectorsMax)
    put(ZeroingRequest.rangesMax)
    put(UInt32(1))  // alignment of what is discarded, in sectors
    put(sectorsMax)
    put(ZeroingRequest.rangesMax)
    put(UInt32(1))  // write zeroes may unmap
    return bytes
  }

  /// The disk's contents now.
  public var image: [UInt8] { current.content.read(0..<current.content.count) }

  public func reset() {}

  public func start(features: Features) {}

  // MARK: Requests

  /// Request types and results (sections 5.2.6 and 5.2.6.1).
  private enum RequestType {
    static let read: UInt32 = 0
    static let write: UInt32 = 1
    static let flush: UInt32 = 4
    static let getID: UInt32 = 8
    static let discard: UInt32 = 11
    static let writeZeroes: UInt32 = 13
  }

  enum Result: UInt8, Error {
    case ok = 0
    case inputOutputError = 1
    case unsupported = 2
  }

  public func notify(queue: UInt16) {
    port?.serve(queue, while: true) { (chain) throws(QueueError) in
      // type[4] reserved[4] sector[8], data, status[1] (section 5.2.6).
      let header = chain.read(16)
      guard header.count == 16, chain.writableBytes >= 1 else {
        throw .malformedRequest(reason: "a disk request needs 16 readable bytes and one writable byte")
      }
      let type = UInt32(littleEndian: header, at: 0)
      let sector = UInt64(littleEndian: header, at: 8)
      perform(type, sector, &chain)
    }
  }

  /// Carries a request out; the status goes into the last writable byte, whatever the data leave free.
  private func perform(_ type: UInt32, _ sector: UInt64, _ chain: inout ChainAccess) {
    let room = chain.writableBytes - 1
    var result = Result.ok
    var reply: [UInt8] = []
    do throws(Result) {
      reply = try answer(type, sector, room: room, &chain)
    } catch {
      result = error
    }
    chain.write(reply + [UInt8](repeating: 0, count: room - reply.count) + [result.rawValue])
  }

  private func answer(
    _ type: UInt32, _ sector: UInt64, room: Int, _ chain: inout ChainAccess
  ) throws(Result) -> [UInt8] {
    switch type {
    case RequestType.read:
      var data = current.content.read(try range(sector, bytes: room))
      guard port?.faults?.willTransfer(&data, firstSector: sector, isWrite: false) ?? true else {
        throw .inputOutputError
      }
      return data
    case RequestType.write:
      var data = chain.read(chain.readableBytes)
      try requireWritable()
      let start = try range(sector, bytes: data.count).lowerBound
      guard port?.faults?.willTransfer(&data, firstSector: sector, isWrite: true) ?? true else {
        throw .inputOutputError
      }
      current.content.write(data, at: start)
    case RequestType.flush: break
    case RequestType.getID: return Array(identifier.prefix(room))
    case RequestType.discard, RequestType.writeZeroes:
      guard features.contains(.blockDiscard) else { throw .unsupported }
      let data = chain.read(chain.readableBytes)
      let request = try ZeroingRequest(data, mayUnmap: type == RequestType.writeZeroes)
      // All of it or nothing. A range that is discarded reads as zeros too, the same in every run.
      var ranges: [Range<Int>] = []
      for part in request.ranges { ranges.append(try range(part.sector, sectors: UInt64(part.sectors))) }
      for range in ranges { current.content.clear(range) }
    default: throw .unsupported
    }
    return []
  }

  private func requireWritable() throws(Result) {
    guard !features.contains(.blockReadOnly) else { throw .inputOutputError }
  }

  /// The bytes of whole sectors on the disk.
  private func range(_ sector: UInt64, bytes: Int) throws(Result) -> Range<Int> {
    guard bytes % Self.sectorBytes == 0 else { throw .inputOutputError }
    return try range(sector, sectors: UInt64(bytes / Self.sectorBytes))
  }

  private func range(_ sector: UInt64, sectors: UInt64) throws(Result) -> Range<Int> {
    let all = UInt64(sectorCount)
    guard sector <= all, sectors <= all - sector else { throw .inputOutputError }
    let start = Int(sector) * Self.sectorBytes
    return start..<start + Int(sectors) * Self.sectorBytes
  }

  // MARK: State

  public var state: DeviceState { .block(current) }

  public func restore(_ state: DeviceState) throws(StateError) {
    guard case .block(let saved) = state else { throw StateError("\(name): the saved device is no disk") }
    guard saved.content.count == current.content.count else {
      throw StateError("\(name): \(saved.content.count) bytes saved, the disk has \(current.content.count)")
    }
    guard saved.content.isPossible else { throw StateError("\(name): the saved blocks are not those of the disk") }
    current = saved
  }
}

extension FixedWidthInteger {
  /// The number at `offset` of `bytes`, which has enough of them.
  init(littleEndian bytes: [UInt8], at offset: Int) {
    var value: Self = 0
    withUnsafeMutableBytes(of: &value) { $0.copyBytes(from: bytes[offset..<offset + MemoryLayout<Self>.size]) }
    self = Self(littleEndian: value)
  }
}
