import SimMemory

/// A device's hands on one chain: reads what the driver sent, writes the answer, each from front to back.
public struct ChainAccess {
  public let chain: DescriptorChain
  private let memory: GuestMemory
  private var readSegment = 0
  private var readOffset = 0
  private var writeSegment = 0
  private var writeOffset = 0
  /// The readable bytes that have not been read.
  public private(set) var readableBytes: Int
  /// The room that has not been written.
  public private(set) var writableBytes: Int
  /// The bytes written so far.
  public private(set) var writtenBytes: UInt32 = 0
  /// What becomes of it when the device is done; only faults make it another one.
  var fate = Fate.returned

  enum Fate {
    case returned, lost
    /// Something may be left to be done before it goes back.
    case held(HeldChain.Work?)
  }

  public init(_ chain: DescriptorChain, memory: GuestMemory) {
    self.chain = chain
    self.memory = memory
    readableBytes = Int(chain.readableBytes)
    writableBytes = Int(chain.writableBytes)
  }

  /// The next `count` bytes that the driver sent, or as many as are left.
  public mutating func read(_ count: Int) -> [UInt8] {
    let wanted = min(max(count, 0), readableBytes)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(wanted)
    while bytes.count < wanted {
      let segment = chain.readable[readSegment]
      let part = min(wanted - bytes.count, segment.count - readOffset)
      // The chain was checked when it was taken; memory does not shrink.
      bytes += memory.read(segment.address &+ UInt64(readOffset), count: part) ?? [UInt8](repeating: 0, count: part)
      readOffset += part
      if readOffset == segment.count {
        readSegment += 1
        readOffset = 0
      }
    }
    readableBytes -= wanted
    return bytes
  }

  /// Writes as many of `bytes` as there is room for and returns their number.
  @discardableResult
  public mutating func write(_ bytes: [UInt8]) -> Int {
    let wanted = min(bytes.count, writableBytes)
    bytes.withUnsafeBytes { source in
      var done = 0
      while done < wanted {
        let segment = chain.writable[writeSegment]
        let part = min(wanted - done, segment.count - writeOffset)
        let piece = UnsafeRawBufferPointer(rebasing: source[done..<done + part])
        _ = memory.write(piece, at: segment.address &+ UInt64(writeOffset))
        done += part
        writeOffset += part
        if writeOffset == segment.count {
          writeSegment += 1
          writeOffset = 0
        }
      }
    }
    writableBytes -= wanted
    writtenBytes += UInt32(wanted)
    return wanted
  }
}
