import SimEvents
import SimMachine

@testable import Scenarios

/// A machine whose behaviour is a list of things that happen at fixed times; what is typed can add to it.
final class FakeMachine: ScenarioMachine {
  enum Happening {
    case event(EventPayload)
    case symbol(UInt64)
    case stop(MachineStop)
  }

  private(set) var time: UInt64 = 0
  /// One instruction a cycle.
  var instructions: UInt64 { time }
  let clockHertz: UInt64 = 1_000_000_000
  private var happenings: [(time: UInt64, what: Happening)]
  private var stop: Moment?
  private var isStopRequested = false
  private(set) var typed: [(time: UInt64, text: String)] = []
  private(set) var events: [Event] = []
  var memory: [UInt64: [UInt8]] = [:]
  weak var sink: (any EventSink)?
  /// What the guest does some time after a line was typed.
  var answers: [String: [(after: UInt64, what: Happening)]] = [:]

  init(_ happenings: [(time: UInt64, what: Happening)] = []) {
    self.happenings = happenings
  }

  func run(until deadline: UInt64) -> MachineStop {
    isStopRequested = false
    while let next = happenings.first, next.time <= deadline {
      happenings.removeFirst()
      time = max(time, next.time)
      switch next.what {
      case .event(let payload):
        record(payload)
        if isStopRequested { return .requested }
      case .symbol(let address): if stop == .address(address, hit: 1) { return .appointment }
      case .stop(let stop): return stop
      }
    }
    time = max(time, deadline)
    return .deadline
  }

  func requestStop() { isStopRequested = true }

  func type(_ bytes: [UInt8], into console: Console) {
    let line = String(decoding: bytes, as: UTF8.self)
    typed.append((time, line))
    record(.consoleInput(console: console, bytes: bytes))
    for answer in answers[line] ?? [] { happenings.append((time + answer.after, answer.what)) }
    happenings.sort { $0.time < $1.time }
  }

  func stop(at moment: Moment?) { stop = moment }

  func record(_ payload: EventPayload) {
    let event = Event(time: time, instruction: instructions, payload: payload)
    events.append(event)
    sink?.record(event)
  }

  func readMemory(at address: UInt64, count: Int) -> [UInt8]? {
    memory[address].map { Array($0.prefix(count)) }
  }
}

extension FakeMachine.Happening {
  static func shows(_ text: String, on console: Console = .virtio) -> Self {
    .event(.consoleOutput(console: console, bytes: Array(text.utf8)))
  }
}
