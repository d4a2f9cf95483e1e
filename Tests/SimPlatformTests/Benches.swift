import SimPlatform

/// Devices on a bench: the same calls on a reference, so that an expectation may contain one that changes the device.
@dynamicMemberLookup
final class Bench<Device> {
  var device: Device

  init(_ device: Device) {
    self.device = device
  }

  subscript<Value>(dynamicMember path: WritableKeyPath<Device, Value>) -> Value {
    get { device[keyPath: path] }
    set { device[keyPath: path] = newValue }
  }

  subscript<Value>(dynamicMember path: KeyPath<Device, Value>) -> Value { device[keyPath: path] }
}

extension Bench where Device == LocalAPIC {
  func read(_ offset: UInt64, size: Int = 4) -> UInt64 { device.read(offset, size: size) }
  func write(_ offset: UInt64, _ value: UInt64, size: Int = 4) -> LocalAPIC.Effect? {
    device.write(offset, value, size: size)
  }
  func accept(_ vector: UInt8, levelTriggered: Bool) -> Bool { device.accept(vector, levelTriggered: levelTriggered) }
  func readMSR(_ index: UInt32) -> UInt64? { device.readMSR(index) }
  func writeMSR(_ index: UInt32, _ value: UInt64) -> Bool { device.writeMSR(index, value).isTaken }
  func acknowledge() -> UInt8 { device.acknowledge() }
  func eoi() -> LocalAPIC.Effect? { device.eoi() }
  func advance(to cycle: UInt64) { device.advance(to: cycle) }
  func writeBase(_ value: UInt64) -> Bool { device.writeBase(value) }
  func setLine(_ line: LocalAPIC.LocalVector, high: Bool) -> LocalAPIC.Effect? { device.setLine(line, high: high) }
  func isAddressed(by destination: UInt8, logical: Bool) -> Bool {
    device.isAddressed(by: destination, logical: logical)
  }
}

extension Bench where Device == UART16550 {
  func read(_ offset: UInt16) -> UInt8 { device.read(offset) }
  func write(_ offset: UInt16, _ value: UInt8) -> UInt8? { device.write(offset, value) }
  @discardableResult
  func receive(_ bytes: [UInt8]) -> Int { device.receive(bytes) }
}

/// An APIC that software has enabled, with 0xff as the spurious vector.
func enabledAPIC(hasTimeStampDeadline: Bool = false) -> Bench<LocalAPIC> {
  let apic = Bench(LocalAPIC(hasTimeStampDeadline: hasTimeStampDeadline))
  _ = apic.write(0xf0, 0x1ff)
  return apic
}
