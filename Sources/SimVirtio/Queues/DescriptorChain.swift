import SimMemory
import VirtioCore

/// A request taken from a queue: ranges of guest memory, every one checked to be memory.
public struct DescriptorChain: Equatable, Sendable {
  public struct Segment: Equatable, Sendable {
    public var address: UInt64
    /// In bytes, not 0.
    public var count: Int
  }

  /// What the used ring calls it: the head descriptor of a split queue, the buffer id of a packed one.
  public var id: UInt16
  /// The number of slots that it takes in a packed ring.
  public var slots: UInt16
  public fileprivate(set) var readable: [Segment] = []
  public fileprivate(set) var writable: [Segment] = []
  public fileprivate(set) var readableBytes: UInt32 = 0
  public fileprivate(set) var writableBytes: UInt32 = 0
}

/// Puts a chain together from its descriptors and refuses what must not be, whatever the layout.
struct ChainBuilder {
  private let memory: GuestMemory
  private let rules: QueueRules
  private let descriptorsMax: UInt16
  private(set) var chain = DescriptorChain(id: 0, slots: 0)
  private var descriptorCount: UInt16 = 0
  private var hasWritable = false

  init(memory: GuestMemory, rules: QueueRules, queueSize: UInt16) {
    self.memory = memory
    self.rules = rules
    descriptorsMax = queueSize
  }

  /// The finished chain.
  func finish(id: UInt16, slots: UInt16) -> DescriptorChain {
    var chain = self.chain
    chain.id = id
    chain.slots = slots
    return chain
  }

  /// Appends a buffer.
  mutating func add(address: UInt64, length: UInt32, flags: DescriptorFlags) throws(QueueError) {
    guard descriptorCount < descriptorsMax else { throw .chainTooLong }
    descriptorCount &+= 1
    let isWritable = flags.contains(.write)
    guard isWritable || !hasWritable else { throw .readableAfterWritable }
    hasWritable = isWritable
    guard length != 0 else { return }
    guard memory.contains(address, count: UInt64(length)) else {
      throw .outsideMemory(address: address, length: length)
    }
    try rules.admit(address, count: UInt64(length))
    let total = UInt64(chain.readableBytes) + UInt64(chain.writableBytes) + UInt64(length)
    guard total <= UInt64(rules.chainBytesMax) else { throw .tooManyBytes }
    let segment = DescriptorChain.Segment(address: address, count: Int(length))
    if isWritable {
      chain.writable.append(segment)
      chain.writableBytes += length
    } else {
      chain.readable.append(segment)
      chain.readableBytes += length
    }
  }

  /// Checks an indirect descriptor and returns how many descriptors its table has.
  func tableCount(address: UInt64, length: UInt32, flags: DescriptorFlags) throws(QueueError) -> UInt32 {
    guard rules.indirectDescriptors else { throw .indirectNotNegotiated }
    guard !flags.contains(.next) else { throw .indirectMisplaced }
    guard length != 0, UInt64(length) % SplitLayout.descriptorBytes == 0 else {
      throw .indirectLengthInvalid(length: length)
    }
    guard memory.contains(address, count: UInt64(length)) else {
      throw .outsideMemory(address: address, length: length)
    }
    try rules.admit(address, count: UInt64(length))
    return length / UInt32(SplitLayout.descriptorBytes)
  }
}
