import GuestOS
import Scenarios
import SimMachine
import SimMemory

extension EndOfRun {
  /// - Parameter machine: when its script is done.
  init(_ machine: any ScenarioMachine, image: GuestImage) {
    (cycles, clockHertz) = (machine.time, machine.clockHertz)
    imageBytes = UInt64(image.bytes.count)
    if let machine = machine as? Machine { memoryBytes = machine.memory.usedBytes }
  }
}

extension GuestMemory {
  /// Of pages of 4 KiB that hold anything but zeros.
  fileprivate var usedBytes: UInt64 {
    stride(from: 0, to: size, by: 4096).reduce(0) { sum, address in
      let isUsed = withBytes(address, count: 4096) { page in
        page.withMemoryRebound(to: UInt64.self) { words in words.contains { $0 != 0 } }
      }
      return sum + (isUsed == true ? 4096 : 0)
    }
  }
}
