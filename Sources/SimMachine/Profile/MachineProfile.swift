import GuestOS
import SimCPU
import SimEvents

/// A machine's profile while it is made: who acts has a number, which the engine keeps with what it counts.
final class MachineProfile {
  let engine: any ProfilingEngine
  /// By their numbers.
  private(set) var actors: [Actor] = []
  private var numbers: [Actor: UInt32] = [:]
  private var current: Actor?

  init(_ engine: any ProfilingEngine, image: GuestImage) {
    self.engine = engine
    // The function that switches threads ends where the next symbol begins.
    let switches = (image.gateTable?.switches ?? []).map { entry in
      entry..<max(image.symbols.first { $0.address > entry }?.address ?? 0, entry + 1)
    }
    engine.startProfile(switches: switches)
  }

  /// Somebody acts from now on.
  func acts(_ actor: Actor) {
    guard actor != current else { return }
    current = actor
    let number = numbers[actor] ?? UInt32(actors.count)
    if numbers.updateValue(number, forKey: actor) == nil { actors.append(actor) }
    engine.setProfileTag(number)
  }

  func charge(_ cycles: UInt64, for use: TimeUse) { engine.chargeProfile(use.rawValue, cycles: cycles) }
}
