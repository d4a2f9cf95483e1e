/// An engine that can tell where instructions are retired, each of them, with the calls that led there.
public protocol ProfilingEngine: CPUEngine {
  /// Begins a profile. Not inside the environment's calls.
  ///
  /// - Parameter switches: the code that switches threads; empty: that is not known, and guessed.
  func startProfile(switches: [Range<UInt64>])
  /// What is retired from now on has this tag, also inside the environment's calls.
  func setProfileTag(_ tag: UInt32)
  /// Counts cycles at the current instruction, for something that has this number: at least 2.
  func chargeProfile(_ use: UInt32, cycles: UInt64)
  /// The tree of calls. Node 0 is the root, parents come before children, and nothing of it ever changes but that it grows.
  ///
  /// - Parameter first: the number of nodes that the caller has already.
  func profileNodes(from first: Int) -> [ProfileNode]
  /// Hands over what has been counted, and forgets it. There may be several samples of one place.
  func takeProfile(_ take: (ProfileSample) -> Void)
}

/// A place in the tree of calls.
public struct ProfileNode: Equatable, Sendable {
  public enum Way: Equatable, Sendable {
    case root
    /// By the instruction at this linear address: a call, or whatever was interrupted.
    case call(UInt64)
    /// By the exception or interrupt with this vector.
    case interrupt(UInt8)
  }

  public var parent: Int
  public var way: Way

  public init(parent: Int, way: Way) {
    self.parent = parent
    self.way = way
  }
}

/// How much there was of something at an instruction.
public struct ProfileSample: Equatable, Sendable {
  /// Linear.
  public var address: UInt64
  /// In the tree of calls: who called the function that the address is in.
  public var node: Int
  public var tag: UInt32
  /// 1: an instruction, and `amount` is how often it was retired; 0: instructions that no block of code has. Other numbers are those of
  /// ``ProfilingEngine/chargeProfile(_:cycles:)``, and `amount` is in cycles.
  public var use: UInt32
  public var amount: UInt64

  public init(address: UInt64, node: Int, tag: UInt32, use: UInt32, amount: UInt64) {
    self.address = address
    self.node = node
    self.tag = tag
    self.use = use
    self.amount = amount
  }
}
