/// The device that kvm-unit-tests drive themselves with, QEMU's `pc-testdev`: a port that keeps what is written, memory
/// that is reached as a device, and ports that set the interrupt lines.
public struct TestDevice: Equatable, Sendable, Codable {
  /// Four ports of one 32-bit latch.
  static let latchPorts: ClosedRange<UInt16> = 0xe0...0xe3
  /// What is written to one of these, in any size, sets the level of its line.
  static let linePorts: ClosedRange<UInt16> = 0x2000...0x2017
  static let memoryBase: UInt64 = 0xff00_0000
  static let memorySize = 0x10000

  public var latch: UInt32 = 0
  public var memory = [UInt8](repeating: 0, count: TestDevice.memorySize)

  var isPossible: Bool { memory.count == Self.memorySize }

  private func place(_ port: UInt16, size: Int) -> (shift: UInt32, mask: UInt32) {
    let shift = UInt32(port & 3) * 8
    return (shift, UInt32(truncatingIfNeeded: ((UInt64(1) << UInt64(8 * size)) - 1) << UInt64(shift)))
  }

  func readLatch(_ port: UInt16, size: Int) -> UInt32 {
    let (shift, mask) = place(port, size: size)
    return (latch & mask) >> shift
  }

  mutating func writeLatch(_ port: UInt16, size: Int, _ value: UInt32) {
    let (shift, mask) = place(port, size: size)
    latch = latch & ~mask | (value << shift) & mask
  }

  /// The offset of an access in the device's memory; nil if it is not wholly there.
  static func offset(_ address: UInt64, size: Int) -> Int? {
    guard address >= memoryBase, address - memoryBase <= UInt64(memorySize - size) else { return nil }
    return Int(address - memoryBase)
  }

  func read(_ offset: Int, size: Int) -> UInt64 {
    memory[offset..<offset + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func write(_ offset: Int, size: Int, _ value: UInt64) {
    for byte in 0..<size { memory[offset + byte] = UInt8(truncatingIfNeeded: value >> UInt64(8 * byte)) }
  }
}

extension Machine {
  func readTestPort(_ port: UInt16, size: Int) -> UInt32? {
    TestDevice.latchPorts.contains(port) ? testDevice?.readLatch(port, size: size) : nil
  }

  func writeTestPort(_ port: UInt16, size: Int, _ value: UInt32) {
    guard testDevice != nil else { return }
    if TestDevice.latchPorts.contains(port) {
      testDevice?.writeLatch(port, size: size, value)
    } else if TestDevice.linePorts.contains(port) {
      advanceTimers()
      drive(Int(port - TestDevice.linePorts.lowerBound), value != 0)
    }
  }
}
