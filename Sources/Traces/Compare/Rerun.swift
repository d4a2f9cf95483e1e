import Scenarios
import SimEvents
import SimMachine

/// Where in its run an event happened.
public struct EventPlace: Equatable, Sendable {
  /// The address of the instruction that was about to be executed, or that caused the event.
  public var pointer: UInt64
  /// Where its function returns to, and the callers' functions in turn, as far as frame pointers tell.
  public var callers: [UInt64]

  static let callersMax = 8

  /// The present place of a machine.
  init(_ machine: Machine, isCode: (UInt64) -> Bool) {
    let registers = machine.registers
    pointer = registers.instructionPointer
    callers = []
    var frame = registers["rbp"] ?? 0
    while callers.count < Self.callersMax, let words = machine.readMemory(at: frame, count: 16) {
      func word(_ first: Int) -> UInt64 { words[first..<first + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
      // A register that holds something else leads to no code, or not up the stack.
      guard isCode(word(8)) else { return }
      callers.append(word(8))
      guard word(0) > frame else { return }
      frame = word(0)
    }
  }
}

/// What running the inputs of both traces again tells about the first difference.
public struct Rerun: Sendable {
  /// Where the next event of each trace happened; nil where a trace has ended or can't be run.
  public var old: EventPlace?
  public var new: EventPlace?
  /// The first instruction that makes the states of the two runs different. Looked for only where nothing but the image
  /// is another: anything else differs from the start.
  public var instruction: FirstDifference?
  /// Why something is not known.
  public var notes: [String] = []
}

extension TraceComparison {
  /// Runs what the traces recorded again, up to the first difference.
  public func rerun() -> Rerun {
    var rerun = Rerun()
    guard let difference = first ?? shift else { return rerun }
    guard inputs.contains(where: { $0.what != "simulator" }) else {
      rerun.notes.append(
        "the inputs are the same, so one of the traces is not what this version would record: `sim replay` tells which")
      return rerun
    }
    let (oldInputs, newInputs) = (old.inputs(&rerun.notes), new.inputs(&rerun.notes))
    rerun.old = old.place(of: difference.pair.old, oldInputs, &rerun.notes)
    rerun.new = new.place(of: difference.pair.new, newInputs, &rerun.notes)
    if let oldInputs, let newInputs, isOnlyImageDifferent(oldInputs, newInputs) {
      rerun.instruction = narrow(oldInputs, newInputs)
    }
    return rerun
  }

  /// Whether nothing but the image is another: scenarios that name different images are not the same text.
  private func isOnlyImageDifferent(_ oldInputs: RunInputs, _ newInputs: RunInputs) -> Bool {
    var (oldScenario, newScenario) = (oldInputs.scenario, newInputs.scenario)
    oldScenario.guest.source = newScenario.guest.source
    (oldScenario.name, oldScenario.summary) = (newScenario.name, newScenario.summary)
    return inputs.allSatisfy { ["image", "simulator", "scenario"].contains($0.what) } && oldScenario == newScenario
  }

  private func narrow(_ oldInputs: RunInputs, _ newInputs: RunInputs) -> FirstDifference? {
    let pair = (shift ?? first)?.pair
    let before = max(pair?.old?.event.instruction ?? 0, pair?.new?.event.instruction ?? 0)
    let narrowing = try? FirstDifference.find(between: oldInputs, and: newInputs, after: 0, before: before)
    if case .found(let found)? = narrowing { return found }
    return nil
  }
}

extension ComparedTrace {
  fileprivate func inputs(_ notes: inout [String]) -> RunInputs? {
    do { return try trace.inputs(path: name, images: images) } catch {
      notes.append("\(name): can't be run again: \(error)")
      return nil
    }
  }

  /// Runs up to the instruction of an event, and sees whether it happens again.
  fileprivate func place(of numbered: NumberedEvent?, _ inputs: RunInputs?, _ notes: inout [String]) -> EventPlace? {
    guard let numbered, let inputs else { return nil }
    let instruction = numbered.event.instruction
    let check = EventCheck(numbered)
    var place: EventPlace?
    do {
      try ObservedRun(inputs: inputs, observers: [check]).look(at: [instruction, instruction &+ 1]) { index, machine in
        if index == 0 {
          place = EventPlace(machine) { symbols.place(of: $0, at: numbered.number) != nil }
        }
        return true
      }
    } catch {
      notes.append("\(name): can't be run again: \(error)")
      return nil
    }
    guard check.isSame else {
      notes.append("\(name): runs differently under this version: `sim replay` tells where")
      return nil
    }
    return place
  }
}

/// Waits for the event with a number, and compares it with what a trace says.
private final class EventCheck: EventSink {
  private let expected: NumberedEvent
  private var number: UInt64 = 0
  private(set) var isSame = false

  init(_ expected: NumberedEvent) { self.expected = expected }

  func record(_ event: Event) {
    if number == expected.number { isSame = event == expected.event }
    number &+= 1
  }
}
