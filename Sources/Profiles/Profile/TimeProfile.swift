import SimEvents
import SimMachine

/// Where the virtual time of a run went: all of it, to the cycle.
public struct TimeProfile: Sendable {
  /// A call under way, or what stands for one.
  public enum Frame: Hashable, Sendable {
    /// By its number in ``functions``.
    case function(Int)
    /// Everything above it was done by the handler of an exception or interrupt with this vector.
    case interrupt(UInt8)
  }

  /// A stack of calls: the innermost frame, and the number of the stack below it.
  public struct Stack: Hashable, Sendable {
    public var parent: Int
    public var frame: Frame
  }

  /// Time that went by at one instruction, for one use, with the same calls under way.
  public struct Entry: Hashable, Sendable {
    public var actor: Actor
    /// The calls below the function that the instruction is in: a number of ``stacks``.
    public var stack: Int
    /// A number of ``places``.
    public var place: Int
    public var use: TimeUse
    /// How often the instruction was retired.
    public var count: UInt64
    public var cycles: UInt64
  }

  /// The run's name.
  public var name: String
  /// Names as they are in images and objects: whatever bytes somebody has put there.
  public internal(set) var functions: [String] = []
  public internal(set) var modules: [CodeModule] = []
  /// The objects that programs were loaded from, by the number of their module.
  public internal(set) var objects: [Int: [UInt8]] = [:]
  public internal(set) var places: [CodePlace] = []
  /// Of each of ``places`` the function that it is in.
  public internal(set) var functionOfPlace: [Int] = []
  /// The first is that of nobody.
  public internal(set) var stacks: [Stack] = []
  /// In an order that only the run decides.
  public internal(set) var entries: [Entry] = []
  /// Virtual time of the whole run, in cycles: what all ``entries`` have together.
  public internal(set) var cycles: UInt64 = 0
  public internal(set) var instructions: UInt64 = 0
  /// Cycles of virtual time in a second.
  public internal(set) var hertz: UInt64 = 1_000_000_000

  /// The frames of a stack, the outermost first.
  public func frames(of stack: Int) -> [Frame] {
    var frames: [Frame] = []
    var stack = stack
    while stack > 0 {
      frames.append(stacks[stack].frame)
      stack = stacks[stack].parent
    }
    return frames.reversed()
  }

  public func name(of frame: Frame) -> String {
    switch frame {
    case .function(let number): functions[number]
    case .interrupt(let vector): vector < 32 && vector != 2 ? "[exception \(vector)]" : "[interrupt \(vector)]"
    }
  }
}

extension TimeUse {
  /// What stands in a profile where time was for something else than instructions; nil for those.
  public var frameName: String? {
    switch self {
    case .instructions: nil
    case .unplaced: "[unplaced]"
    case .exit: "[exit]"
    case .exception: "[exception entry]"
    case .interrupt: "[interrupt entry]"
    case .wrpkru: "[wrpkru]"
    case .controlRegister: "[control register]"
    case .idle: "[idle]"
    case .fault: "[fault]"
    case .msr: "[msr]"
    case .instruction: "[slow instruction]"
    case .wakeUp: "[wake-up]"
    case .deviceBytes: "[device bytes]"
    }
  }
}
