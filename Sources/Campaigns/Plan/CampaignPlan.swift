import Scenarios
import SeededRandom

/// What a campaign has to run: the space, the samples drawn of it, and the classes of equal faults that they fall into.
public struct CampaignPlan: Sendable {
  public let instructions: InstructionSet
  /// Places at each instruction.
  public let locations: [FaultLocation]
  /// Places at operations, whose locations are counted on from those.
  let operations: OperationSpace
  /// Seeds, if those are what is drawn.
  let swarm: SwarmSpace?
  /// Samples drawn, all of them different.
  public let sampleCount: UInt64
  /// In the order of their numbers.
  public let classes: [FaultClassPlan]

  /// Faults in the space: each instruction of the window times each location, and those of operations; or seeds.
  public var spaceSize: UInt64 {
    swarm != nil ? SwarmSpace.count : instructions.count * UInt64(locations.count) + operations.count
  }
  /// The numbers of the classes that have to be run; the others are decided by what follows in the fault-free run.
  public var classesToRun: [Int] { classes.indices.filter { !classes[$0].isOverwritten } }
  public var runCount: Int { classes.count { !$0.isOverwritten } }
}

extension CampaignPlan {
  /// Where the fault of a class is.
  public func location(of planned: FaultClassPlan) -> FaultLocation {
    let number = planned.location
    if let swarm { return swarm.location(seed: UInt64(number)).location }
    return number < locations.count ? locations[number] : operations.location(UInt64(number - locations.count))
  }
}

/// A class of equal faults, of which one is run for all.
public struct FaultClassPlan: Equatable, Sendable {
  /// The number of the location: of one at each instruction, of one at an operation behind those, or the seed.
  public var location: Int
  /// The instruction before which the class's fault is injected.
  public var instruction: UInt64
  /// The bits are overwritten by that instruction before anybody reads them: nothing comes of it.
  public var isOverwritten: Bool
  /// Samples that it stands for.
  public var weight: UInt64
}

extension CampaignPlan {
  /// - Parameters:
  ///   - swarm: nil: single faults are drawn.
  ///   - trace: of the general registers in the window; nil: each fault is a class of its own.
  init(
    instructions: InstructionSet, locations: [FaultLocation], operations: OperationSpace = .empty,
    swarm: SwarmSpace? = nil, sampling: CampaignFaults.Sampling, seed: UInt64, trace: RegisterTrace?
  ) throws(CampaignError) {
    let size = instructions.count.multipliedReportingOverflow(by: UInt64(locations.count))
    guard !size.overflow, size.partialValue < 1 << 62 else { throw CampaignError("the space is too large to count") }
    let space = swarm != nil ? SwarmSpace.count : size.partialValue + operations.count
    guard space > 0 else { throw CampaignError("the space is empty: there is no place for a fault") }
    self.instructions = instructions
    self.locations = locations
    self.operations = operations
    self.swarm = swarm
    var weights: [ClassKey: UInt64] = [:]
    let count = UInt64(locations.count)
    func add(_ index: UInt64) {
      guard swarm == nil, index < size.partialValue else {
        let number = swarm != nil ? Int(index) : locations.count + Int(index - size.partialValue)
        let instruction = swarm?.location(seed: index).instruction ?? operations.instruction(index - size.partialValue)
        weights[ClassKey(location: number, instruction: instruction, isOverwritten: false), default: 0] += 1
        return
      }
      let (instruction, location) = (instructions[index / count], Int(index % count))
      weights[Self.key(location, locations[location], instruction, trace), default: 0] += 1
    }
    switch sampling {
    case .exhaustive:
      guard space <= CampaignFaults.exhaustiveMax else {
        throw CampaignError(
          "an exhaustive campaign of \(space) faults is too large (\(CampaignFaults.exhaustiveMax) at most); "
            + "make the window or the targets smaller, or give a number of samples")
      }
      for index in 0..<space { add(index) }
      sampleCount = space
    case .count(let wanted):
      sampleCount = min(wanted, space)
      Self.draw(sampleCount, of: space, seed: seed).forEach(add)
    case .precision(let error, let confidence):
      sampleCount = min(
        SampleSize.needed(of: space, error: error, confidence: confidence), CampaignFaults.sampleMax, space)
      Self.draw(sampleCount, of: space, seed: seed).forEach(add)
    }
    classes = weights.map { key, weight in
      FaultClassPlan(
        location: key.location, instruction: key.instruction, isOverwritten: key.isOverwritten, weight: weight)
    }.sorted {
      ($0.instruction, $0.location, $0.isOverwritten ? 1 : 0) < ($1.instruction, $1.location, $1.isOverwritten ? 1 : 0)
    }
  }

  private struct ClassKey: Hashable {
    var location: Int
    var instruction: UInt64
    var isOverwritten: Bool
  }

  private static func key(
    _ location: Int, _ place: FaultLocation, _ instruction: UInt64, _ trace: RegisterTrace?
  ) -> ClassKey {
    guard let trace, let (register, bits) = place.followedBits else {
      return ClassKey(location: location, instruction: instruction, isOverwritten: false)
    }
    switch trace.fate(ofRegister: register, bits: bits, before: instruction) {
    case .meets(let at): return ClassKey(location: location, instruction: at, isOverwritten: false)
    case .overwritten(let at): return ClassKey(location: location, instruction: at, isOverwritten: true)
    }
  }

  /// Different numbers below `space`, each set of so many equally likely (Floyd's algorithm), in ascending order.
  static func draw(_ count: UInt64, of space: UInt64, seed: UInt64) -> [UInt64] {
    precondition(count <= space, "there are not so many")
    var generator = SeededGenerator(seed: seed)
    var drawn: Set<UInt64> = []
    drawn.reserveCapacity(Int(count))
    for last in space - count..<space {
      let candidate = UInt64.random(in: 0...last, using: &generator)
      drawn.insert(drawn.contains(candidate) ? last : candidate)
    }
    return drawn.sorted()
  }
}

extension FaultLocation {
  /// The general register and the bits of it, where the fault is followed through the run.
  var followedBits: (register: Int, bits: UInt64)? {
    guard case .register(let name, let bit, let pattern) = target, let number = RegisterTrace.followed[name],
      case .flip(let mask) = Fault.WordChange.bits(from: bit, pattern).change(of: name)
    else { return nil }
    return (number, mask)
  }
}
