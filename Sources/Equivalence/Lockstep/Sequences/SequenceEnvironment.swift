import SimCPU
import SimEvents
import SimMachine

/// What surrounds a generated program: ports and devices that answer at random, the same for the same seed.
final class SequenceEnvironment: CPUEnvironment {
  private var random = RandomStream(seed: 0, name: "bus")
  var taskPriority: UInt64 = 0

  func reset(seed: UInt64) {
    random = RandomStream(seed: seed, name: "bus")
    taskPriority = 0
  }

  private func answer(_ size: Int) -> UInt64 {
    let value = random.next()
    return size >= 8 ? value : value & (1 << UInt64(size * 8) - 1)
  }

  func deviceRead(_ address: UInt64, size: Int) -> UInt64 { answer(size) }
  func deviceWrite(_ address: UInt64, size: Int, value: UInt64) {}
  func portRead(_ port: UInt16, size: Int) -> UInt32 { UInt32(truncatingIfNeeded: answer(size)) }
  func portWrite(_ port: UInt16, size: Int, value: UInt32) {}
  func observe(_ event: EventPayload) {}
  func timestampCounter() -> UInt64 { 0 }
  func randomNumber() -> UInt64 { 0 }
  func readMSR(_ index: UInt32) -> UInt64? { nil }
  func writeMSR(_ index: UInt32, _ value: UInt64) -> Bool { false }
  func breakpointReached(_ address: UInt64) -> Bool { false }
}
