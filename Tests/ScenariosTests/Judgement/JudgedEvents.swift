import Foundation
import GuestOS
import SimEvents

@testable import Scenarios

/// Events as a run would have them, and what becomes of them.
struct JudgedEvents {
  static let rogue = Actor.extension("rogue.o")

  private static let image: GuestImage = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    guard let bytes = try? Data(contentsOf: root.appending(path: ".build/images/uio-ushellmpk.elf")),
      let image = try? GuestImage(Array(bytes))
    else { fatalError("the guest's images are not built: run Scripts/build") }
    return image
  }()

  let oracle: Oracle
  private let stream = EventStream()
  private var time: UInt64 = 0

  init(_ promise: DesignPromise = .uioMPK, secrets: [Secret] = [], console: Console? = .serial) {
    oracle = Oracle(
      promise: promise, image: Self.image, secrets: secrets, applicationConsole: console,
      second: 1000, events: stream)
    stream.add(oracle)
  }

  mutating func add(_ payload: EventPayload, by actor: Actor = .unikernel, after pause: UInt64 = 1) {
    time += pause
    stream.emit(Event(time: time, instruction: time, payload: payload, actor: actor, instructionPointer: 0x1000))
  }

  mutating func cross(_ how: Crossing, _ from: Actor, _ to: Actor, pkru: UInt32 = 2) {
    add(.crossing(how: how, from: from, to: to, instructionPointer: 0x8000_0000, pkru: pkru))
  }

  mutating func enter() { cross(.enter, .unikernel, Self.rogue) }
  mutating func leave() { cross(.leave, Self.rogue, .unikernel) }
  mutating func abort() { cross(.abort, Self.rogue, .unikernel, pkru: 0) }

  var rules: [Rule] { oracle.broken.compactMap(\.rule) }

  func verdict(_ change: (inout OutcomeJudge.End) -> Void = { _ in }, successCode: UInt32? = nil)
    -> OutcomeJudge.Verdict
  {
    var end = OutcomeJudge.End()
    end.time = time
    change(&end)
    return OutcomeJudge(oracle: oracle, successCode: successCode).judge(end)
  }
}
