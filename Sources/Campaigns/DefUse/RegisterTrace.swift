import Scenarios
import SimCPU
import SimMachine

/// What each instruction of a part of a run does with the general registers, and so up to where a fault in one of them makes no
/// difference.
struct RegisterTrace: Sendable {
  /// Instructions that were looked at.
  let range: Range<UInt64>
  /// For each register the instructions that touch it, in order.
  private let touches: [[(instruction: UInt64, access: RegisterAccess)]]

  /// What becomes of a fault.
  enum Fate: Equatable {
    /// It is the same as one right before this instruction, which is the first to touch the bits.
    case meets(UInt64)
    /// This instruction overwrites the bits before anybody has read them.
    case overwritten(at: UInt64)
  }

  /// Registers whose faults are followed: an interrupt reads RSP at any instruction.
  static let followed: [String: Int] = {
    let names = RegisterFile.names.prefix(16)
    return Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) }).filter { $0.key != "rsp" }
  }()

  init(range: Range<UInt64>, _ accesses: some Sequence<RegisterAccesses>) {
    self.range = range
    var touches = [[(instruction: UInt64, access: RegisterAccess)]](repeating: [], count: 16)
    var instruction = range.lowerBound
    for access in accesses {
      for number in 0..<16 where access[number] != RegisterAccess() {
        touches[number].append((instruction, access[number]))
      }
      instruction += 1
    }
    precondition(instruction == range.upperBound, "each instruction was looked at")
    self.touches = touches
  }

  /// - Parameters:
  ///   - register: its number.
  ///   - bits: those that the fault inverts.
  func fate(ofRegister register: Int, bits: UInt64, before instruction: UInt64) -> Fate {
    precondition(range.contains(instruction), "faults lie in the window")
    let list = touches[register]
    for place in list.partitioningIndex({ $0.instruction >= instruction })..<list.count {
      let touch = list[place]
      if touch.access.reads & bits != 0 { return .meets(touch.instruction) }
      if touch.access.writes & bits == bits { return .overwritten(at: touch.instruction) }
      if touch.access.writes & bits != 0 { return .meets(touch.instruction) }
    }
    return .meets(range.upperBound - 1)
  }
}

extension RegisterTrace {
  /// More instructions are not followed one by one.
  static let countMax: UInt64 = 2_000_000

  /// Runs the scenario once more and looks at each instruction of `range`.
  init(_ prepared: PreparedRun, range: Range<UInt64>, engine: EngineMaker) throws {
    let run = ScenarioRun(prepared, on: SimulatedMachineMaker(engine: .unicorn, engine))
    var known: [[UInt8]: RegisterAccesses] = [:]
    var list: [RegisterAccesses] = []
    list.reserveCapacity(range.count)
    run.appoint(at: .instruction(range.lowerBound)) { machine in
      let code = machine.nextCode
      let accesses = known[code] ?? machine.decode(code).map(RegisterAccesses.init) ?? .unknown
      known[code] = accesses
      list.append(accesses)
      let next = machine.instructions + 1
      return next < range.upperBound ? .instruction(next) : nil
    }
    _ = try run.run()
    // The run may have ended in the range: nothing follows there.
    while list.count < range.count { list.append(.unknown) }
    self.init(range: range, list)
  }
}
