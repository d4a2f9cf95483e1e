import Scenarios
import SimCPU
import SimMachine

/// What each instruction of a part of a run does with the general registers, and so up to where a fault in one of them makes no
/// difference.
struct RegisterTrace: Sendable {
  /// Instructions that were looked at: those of the window, and those behind it until every register has been touched.
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

  /// Registers whose faults are followed, with their numbers.
  static let followed: [String: Int] = Dictionary(
    uniqueKeysWithValues: RegisterFile.names.prefix(16).enumerated().map { ($1, $0) })

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
  /// So many more are looked at behind the window for whoever touches a register there.
  private static let tailMax: UInt64 = 20_000

  /// Runs the scenario once more and looks at each instruction of the window and at some after it.
  init(_ prepared: PreparedRun, window: Range<UInt64>, engine: EngineMaker) throws {
    let run = ScenarioRun(prepared, on: SimulatedMachineMaker(engine: .unicorn, engine))
    let others = OtherReaders(hasSecrets: !prepared.inputs.scenario.secrets.isEmpty)
    var known: [[UInt8]: RegisterAccesses] = [:]
    var list: [RegisterAccesses] = []
    var untouched = [UInt64](repeating: .max, count: 16)
    list.reserveCapacity(window.count)
    run.appoint(at: .instruction(window.lowerBound)) { machine in
      let code = machine.nextCode
      let accesses = known[code] ?? machine.decode(code).map(RegisterAccesses.init) ?? .unknown
      known[code] = accesses
      list.append(accesses)
      let next = machine.instructions + 1
      guard next >= window.upperBound else { return .instruction(next) }
      for number in 0..<16 { untouched[number] &= ~(accesses[number].reads | accesses[number].writes) }
      let isOpen = untouched.contains { $0 != 0 }
      return isOpen && next - window.upperBound < Self.tailMax ? .instruction(next) : nil
    }
    _ = try run.run(observers: [others])
    // The run may have ended in the window: nothing follows there.
    while list.count < window.count { list.append(.unknown) }
    let range = window.lowerBound..<window.lowerBound + UInt64(list.count)
    for (instruction, registers) in others.reads where range.contains(instruction) {
      for number in registers { list[Int(instruction - range.lowerBound)].read(number) }
    }
    self.init(range: range, list)
  }
}
