import Scenarios
import SimCPU
import SimEvents
import SimMachine
import SimMemory

extension FirstDifference {
  /// Runs both inputs, again and again, and finds the instruction between `after` and `before` (numbers of instructions
  /// retired) that makes their states different.
  ///
  /// Each round looks at both runs at up to 64 points by digests of registers and memory and goes on between the last
  /// point that is the same and the first that is not, so the cost is that of a few runs. Equal states with equal inputs
  /// stay equal. But where pages are left out because they differ from the start, states may differ for a while and be the
  /// same again: then the first round looks at 4,096 points, and at 65,536 if it saw nothing.
  ///
  /// - Parameters:
  ///   - after: where the states are known to be the same, such as a sync point; 0 if nothing is known.
  ///   - before: the instruction of the first different event.
  public static func find(
    between old: RunInputs, and new: RunInputs, after: UInt64, before: UInt64
  ) throws(ScenarioProblems) -> Narrowing {
    var search = DifferenceSearch(old: old, new: new, low: after, high: max(before, after) &+ 1)
    return try search.run()
  }
}

private struct DifferenceSearch {
  let old: RunInputs
  let new: RunInputs
  /// The states are the same here …
  var low: UInt64
  /// … and, once a round has been made, different here.
  var high: UInt64
  /// Pages that differ at the start of the search.
  var excluded: [Int] = []

  static let pointCount: UInt64 = 64
  static let pointCountsWithExcludedPages: [UInt64] = [4_096, 65_536]
  static let pagesMax = 4

  init(old: RunInputs, new: RunInputs, low: UInt64, high: UInt64) {
    (self.old, self.new, self.low, self.high) = (old, new, low, high)
  }

  mutating func run() throws(ScenarioProblems) -> Narrowing {
    if let different = try compareStart() { return different }
    for count in excluded.isEmpty ? [Self.pointCount] : Self.pointCountsWithExcludedPages {
      guard let point = try firstDifferentPoint(of: count) else { continue }
      (low, high) = point
      while high - low > 1 {
        guard let point = try firstDifferentPoint(of: Self.pointCount) else { break }
        (low, high) = point
      }
      try stepBackOverChangedInstruction()
      return try .found(describe())
    }
    return .sameState(until: high)
  }

  /// Notes the pages that differ; a result if the registers do.
  private mutating func compareStart() throws(ScenarioProblems) -> Narrowing? {
    var (oldTerms, newTerms): ([UInt64], [UInt64]) = ([], [])
    var (oldFile, newFile): (RegisterFile?, RegisterFile?)
    try ObservedRun(inputs: old).look(at: [low]) { _, machine in
      (oldTerms, oldFile) = (machine.memory.pageTerms, machine.registers)
      return false
    }
    try ObservedRun(inputs: new).look(at: [low]) { _, machine in
      (newTerms, newFile) = (machine.memory.pageTerms, machine.registers)
      return false
    }
    excluded = (0..<max(oldTerms.count, newTerms.count)).filter {
      $0 >= oldTerms.count || $0 >= newTerms.count || oldTerms[$0] != newTerms[$0]
    }
    guard let oldFile, let newFile, oldFile != newFile else { return nil }
    return .differentBefore(instruction: low, registers: oldFile.differences(to: newFile))
  }

  private struct State: Equatable {
    var registers: UInt64
    var memory: UInt64
  }

  /// One round: the last point that is the same and the first that is not; nil if all are the same.
  private func firstDifferentPoint(of count: UInt64) throws(ScenarioProblems) -> (low: UInt64, high: UInt64)? {
    let step = max(1, (high - low) / count)
    var points = Array(stride(from: low + step, to: high, by: Int(clamping: step)))
    points.append(high)
    let excluded = excluded
    func state(_ machine: Machine) -> State {
      State(registers: machine.registers.digest, memory: machine.memory.digest(excluding: excluded))
    }
    var states: [State] = []
    try ObservedRun(inputs: old).look(at: points) { _, machine in
      states.append(state(machine))
      return true
    }
    var same = 0
    let reached = try ObservedRun(inputs: new).look(at: points) { index, machine in
      guard index < states.count, states[index] == state(machine) else { return false }
      same += 1
      return true
    }
    // Both ended after the same point: there is nothing more to compare.
    guard same < points.count, !(same == states.count && same == reached) else { return nil }
    return (same == 0 ? low : points[same - 1], points[same])
  }

  /// An instruction that was changed may leave registers and memory as the old one did, and only halt: then what differs is
  /// that the next one does not come, but the changed one is to blame.
  private mutating func stepBackOverChangedInstruction() throws(ScenarioProblems) {
    guard low > 0 else { return }
    let (oldCode, oldLength) = try instruction(low - 1, of: old)
    let (newCode, _) = try instruction(low - 1, of: new)
    guard oldLength > 0, oldCode.prefix(oldLength) != newCode.prefix(oldLength) else { return }
    (low, high) = (low - 1, low)
  }

  /// The bytes at an instruction, and how many of them it has; 0 if it does not lead to the next, or the run ends.
  private func instruction(
    _ number: UInt64, of inputs: RunInputs
  ) throws(ScenarioProblems) -> (code: [UInt8], length: Int) {
    var (code, pointer, length): ([UInt8], UInt64, Int) = ([], 0, 0)
    try ObservedRun(inputs: inputs).look(at: [number, number + 1]) { index, machine in
      let here = machine.registers.instructionPointer
      if index == 0 {
        (code, pointer) = (machine.code(at: here), here)
      } else if (1...15).contains(here &- pointer) {
        length = Int(here &- pointer)
      }
      return true
    }
    return (code, length)
  }

  private func describe() throws(ScenarioProblems) -> FirstDifference {
    let (oldSide, newSide) = (try look(old, pages: []), try look(new, pages: []))
    let pages = zip(oldSide.terms, newSide.terms).enumerated().filter { $1.0 != $1.1 }.map(\.offset)
      .filter { !excluded.contains($0) }.prefix(Self.pagesMax)
    let (oldBytes, newBytes) = (try look(old, pages: Array(pages)).bytes, try look(new, pages: Array(pages)).bytes)
    let memory = zip(pages, zip(oldBytes, newBytes)).compactMap { page, bytes -> FirstDifference.PageDifference? in
      guard let at = zip(bytes.0, bytes.1).enumerated().first(where: { $1.0 != $1.1 })?.offset else { return nil }
      return FirstDifference.PageDifference(
        address: UInt64(page * GuestMemory.pageSize + at), old: Array(bytes.0[at...].prefix(16)),
        new: Array(bytes.1[at...].prefix(16)))
    }
    let before = oldSide.before ?? newSide.before
    var registers: [RegisterFile.Difference] = []
    if let after = oldSide.after, let other = newSide.after { registers = after.differences(to: other) }
    return FirstDifference(
      instruction: low, pointer: before?.file.instructionPointer ?? 0, code: before?.code ?? [],
      newCode: newSide.before?.code ?? [],
      before: before?.file ?? RegisterFile.zero, registers: registers, memory: memory, pagesDifferentBefore: excluded,
      oldEvents: oldSide.events, newEvents: newSide.events,
      ended: oldSide.after == nil ? .old : newSide.after == nil ? .new : nil)
  }

  /// One run around the instruction.
  private struct Sight {
    var before: (file: RegisterFile, code: [UInt8])?
    var after: RegisterFile?
    var terms: [UInt64] = []
    var bytes: [[UInt8]] = []
    var events: [Event] = []
  }

  private func look(_ inputs: RunInputs, pages: [Int]) throws(ScenarioProblems) -> Sight {
    var sight = Sight()
    let events = EventsAtInstruction(low)
    try ObservedRun(inputs: inputs, observers: [events]).look(at: [low, high]) { index, machine in
      if index == 0 {
        let file = machine.registers
        sight.before = (file, machine.code(at: file.instructionPointer))
      } else {
        sight.after = machine.registers
        sight.terms = machine.memory.pageTerms
        sight.bytes = pages.map {
          machine.memory.read(UInt64($0 * GuestMemory.pageSize), count: GuestMemory.pageSize) ?? []
        }
      }
      return true
    }
    sight.events = events.events
    return sight
  }
}

extension Machine {
  /// The bytes from `address`, as many as the longest instruction has, as far as they are mapped.
  func code(at address: UInt64) -> [UInt8] {
    let longest = 15
    if let bytes = readMemory(at: address, count: longest) { return bytes }
    return readMemory(at: address, count: min(longest, 4096 - Int(address & 0xfff))) ?? []
  }
}
