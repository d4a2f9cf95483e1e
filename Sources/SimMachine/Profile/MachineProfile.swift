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
  /// Instructions of which the time was handed over, and of those that were retired before the profile began: a part of a cycle
  /// belongs to the instruction that makes it whole.
  private var counted: UInt64

  /// - Parameter retired: instructions.
  init(_ engine: any ProfilingEngine, image: GuestImage, retired: UInt64) {
    self.engine = engine
    counted = retired
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

  /// The time of some more instructions: together those of all are the time of all.
  func cycles(ofInstructions count: UInt64, at rate: CycleRate) -> UInt64 {
    let before = rate.cycles(for: counted)
    counted &+= count
    return rate.cycles(for: counted) &- before
  }

  func charge(_ cycles: UInt64, for use: TimeUse) { engine.chargeProfile(use.rawValue, cycles: cycles) }
}
