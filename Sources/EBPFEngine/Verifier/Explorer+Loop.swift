/// Comparisons of numbers on the way here, the latest ones: they tell how far a loop can count.
struct RecentTests {
  struct Test {
    let condition: Condition
    let width: Width
    let left: RegisterState
    let right: RegisterState
    /// Instructions explored until then.
    let time: Int
  }

  static var capacity: Int { 64 }

  private(set) var tests: [Test] = []
  private var next = 0

  mutating func add(_ test: Test) {
    if tests.count < Self.capacity {
      tests.append(test)
    } else {
      tests[next] = test
    }
    next = (next + 1) % Self.capacity
  }
}

extension RecentTests {
  /// How far a number may get at the start of a further round, where it was `before` at the start of the last one, which
  /// began at `time`: what the comparisons since then tell.
  func limits(after before: RegisterState, since time: Int, step: Int64, _ values: ValueGraph) -> [Int64] {
    var limits: [Int64] = []
    for test in tests where test.time > time {
      for holds in [true, false] {
        for isLeft in [true, false] {
          let number = isLeft ? test.left : test.right
          guard let way = values.distance(of: number.id, from: before.id),
            let last = test.last(holds: holds, isLeft: isLeft, step: step)
          else { continue }
          let (end, overflow) = last.addingReportingOverflow(step - way)
          if !overflow { limits.append(end) }
        }
      }
    }
    return limits
  }
}

extension RecentTests.Test {
  /// The last number, counting by `step` from what an operand is, for which the comparison has the value `holds`.
  fileprivate func last(holds: Bool, isLeft: Bool, step: Int64) -> Int64? {
    guard condition != (holds ? .equal : .notEqual) else { return nil }
    let start = (isLeft ? left : right).scalar.wide.signed
    var bound = (isLeft ? right : left).scalar
    if condition == (holds ? .notEqual : .equal) {
      guard let end = bound.constant.map({ width == .bits64 ? Int64(bitPattern: $0) : Int64($0 & 0xffff_ffff) }),
        start.min == start.max
      else { return nil }
      let (distance, overflow) = end.subtractingReportingOverflow(start.min)
      guard !overflow, distance % step == 0, distance / step > 0 else { return nil }
      return end - step
    }
    let isSigned: Bool
    switch condition {
    case .signedGreater, .signedGreaterOrEqual, .signedLess, .signedLessOrEqual: isSigned = width == .bits64
    default: isSigned = false
    }
    let most = width == .bits64 ? Int64.max : Int64(Int32.max)
    let least = isSigned ? Int64.min : 0
    guard start.min >= least && start.max <= most else { return nil }
    var numbers = Scalar.unknown
    numbers.wide.signed = step > 0 ? Interval(min: start.min, max: most) : Interval(min: least, max: start.max)
    guard numbers.normalise() else { return nil }
    let isPossible =
      isLeft
      ? Scalar.assume(condition, width, holds: holds, &numbers, &bound)
      : Scalar.assume(condition, width, holds: holds, &bound, &numbers)
    guard isPossible else { return nil }
    let end = step > 0 ? numbers.wide.signed.max : numbers.wide.signed.min
    return end == (step > 0 ? most : least) ? nil : end
  }
}

/// How often loops that are summed up can go round.
struct LoopRounds {
  /// Once a loop is summed up.
  var cycles: CycleNumbers?
  private var loops: [(cycle: Int32, head: Int, rounds: UInt64)] = []

  /// The most often that an explored instruction can come up in a run.
  var most: UInt64 { loops.reduce(1) { max($0, product(of: $1.cycle)) } }

  /// Takes up a loop of so many rounds. Of several summaries of one loop, only the latest on a way counts from there on.
  ///
  /// - Returns: `false`, and nothing is changed, where that makes more than `limit`.
  mutating func add(_ rounds: UInt64, at head: Int, limit: UInt64) -> Bool {
    guard let cycle = cycles?.numbers[head] else { return false }
    let before = loops
    if let position = loops.firstIndex(where: { $0.head == head }) {
      loops[position].rounds = max(loops[position].rounds, rounds)
    } else {
      loops.append((cycle, head, rounds))
    }
    guard product(of: cycle) > limit else { return true }
    loops = before
    return false
  }

  private func product(of cycle: Int32) -> UInt64 {
    loops.reduce(1) { product, loop in
      guard loop.cycle == cycle else { return product }
      let (all, overflow) = product.multipliedReportingOverflow(by: loop.rounds)
      return overflow ? .max : all
    }
  }
}

extension Explorer {
  /// Rounds of a loop that are followed before the rest is summed up.
  private static var followedRounds: Int { 4 }
  /// Summaries of one loop, each of which forgets more, that are tried.
  private static var trials: Int { 3 }

  enum Summing {
    /// There is no loop here, or none whose end can be told.
    case none
    /// The state now stands for all further rounds.
    case summary(LoopSummary)
    /// The state came back to a summary that does not include it, and there is no other to try.
    case failed
  }

  /// Makes the state stand for all further rounds of the loop that it is at the head of, where the same way was here
  /// before and a number that it counts by has a limit.
  mutating func sumUp(at index: Int) -> Summing {
    guard allowsSummaries(at: index) else { return .none }
    let earlier = history.openStates(at: index, limit: Self.followedRounds)
    guard let last = earlier.first else { return .none }
    var steps = self.steps(after: last.state, at: index)
    // Where the summary's counter did not move from what it was there, the loop has begun anew.
    let isBack = steps.contains { $0.place.number(in: last.state.frame)?.id == last.loop?.root }
    let trials = isBack ? earlier.prefix { $0.loop != nil }.count : 0
    if trials == 0 {
      guard earlier.count == Self.followedRounds else { return .none }
      steps.removeAll { !counts($0.place, through: earlier) }
    }
    guard !steps.isEmpty else { return .none }
    if trials >= Self.trials { return .failed }
    let counters = self.counters(steps, after: last, isFirst: trials == 0)
    if rounds.cycles == nil { rounds.cycles = flow.cycleNumbers() }
    guard let first = counters.first,
      rounds.add(first.rounds, at: index, limit: environment.limits.rounds)
    else { return trials > 0 ? .failed : .none }
    var summary = state
    let roots = summary.generalise(
      after: last.state, live: flow.live[index], counters: counters, keepsBits: trials < Self.trials - 1,
      earlierRoots: history.openRoots(at: index), &values)
    guard let root = roots?.first else { return trials > 0 ? .failed : .none }
    state = summary
    return .summary(LoopSummary(root: root, isRising: first.step > 0, rounds: first.rounds))
  }

  /// Numbers that moved by a known distance since the state of the last round.
  private func steps(after last: MachineState, at index: Int) -> [(place: NumberPlace, step: Int64)] {
    guard last.depth == state.depth else { return [] }
    var steps: [(place: NumberPlace, step: Int64)] = []
    let registers = (0..<10).filter { flow.live[index] & 1 << UInt16($0) != 0 }.map { NumberPlace.register($0) }
    for place in registers + state.frame.stack.indices.map({ NumberPlace.slot($0) }) {
      guard let now = place.number(in: state.frame), let before = place.number(in: last.frame), now.id != before.id,
        let step = values.distance(of: now.id, from: before.id), step != 0,
        !steps.contains(where: { $0.place.number(in: state.frame)?.id == now.id })
      else { continue }
      steps.append((place, step))
    }
    return steps
  }

  /// Whether a number moved on from each of the earlier rounds to the next.
  private func counts(_ place: NumberPlace, through earlier: [History.OpenState]) -> Bool {
    for round in earlier.indices.dropLast() {
      guard let now = place.number(in: earlier[round].state.frame),
        let before = place.number(in: earlier[round + 1].state.frame),
        let step = values.distance(of: now.id, from: before.id), step != 0
      else { return false }
    }
    return true
  }

  /// Those of the numbers that have a limit: first the nearest one that leaves some rounds, then the furthest.
  private func counters(
    _ steps: [(place: NumberPlace, step: Int64)], after last: History.OpenState, isFirst: Bool
  ) -> [LoopCounter] {
    var counters: [LoopCounter] = []
    for (place, step) in steps {
      guard let now = place.number(in: state.frame), let before = place.number(in: last.state.frame) else { continue }
      let all = tests.limits(after: before, since: last.time, step: step, values)
        .compactMap { LoopCounter(place, now.scalar, step: step, limit: $0) }
      let counter =
        isFirst ? all.filter { $0.rounds > 3 }.min { $0.rounds < $1.rounds } : all.max { $0.rounds < $1.rounds }
      if let counter { counters.append(counter) }
    }
    return counters
  }
}

extension LoopCounter {
  /// `nil` where the number is beyond the limit already.
  fileprivate init?(_ place: NumberPlace, _ now: Scalar, step: Int64, limit: Int64) {
    let start = now.wide.signed
    let (low, high) = step > 0 ? (start.min, limit) : (limit, start.max)
    guard low <= start.min && high >= start.max else { return nil }
    let (width, overflow) = high.subtractingReportingOverflow(low)
    guard !overflow else { return nil }
    var range = Scalar.unknown
    range.wide.signed = Interval(min: low, max: high)
    // Steps of a multiple of a power of 2 leave the bits below it as they are.
    let fixed = UInt64(step.magnitude & (0 &- step.magnitude)) &- 1
    range.bits = KnownBits(value: now.bits.value & fixed, mask: ~fixed | now.bits.mask)
    guard range.normalise(), range.contains(now) else { return nil }
    self.init(place: place, step: step, range: range, rounds: width.magnitude / step.magnitude + 2)
  }
}
