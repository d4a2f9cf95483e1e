import Hexadecimal
import SimVirtio

extension Machine {
  /// Has a fault wait for the operation of a device that it is about.
  func wait(for fault: DeviceFault, _ happened: @escaping SlotFaults.Report) {
    guard let slot = slots.last(where: { $0.device.name == fault.device }) else {
      return happened(self, .failure(FaultMissed("the machine has no device \(fault.device)")))
    }
    if case .status(let change) = fault.change {
      let old = UInt64(slot.status.rawValue)
      slot.disturb(status: UInt8(truncatingIfNeeded: change.applied(to: old)))
      let injection = Injection(
        target: "\(fault.device) status", change: change.text, before: old.hexadecimal,
        after: slot.status.rawValue.hexadecimal)
      return happened(self, .success(injection))
    }
    let faults = slot.faults as? SlotFaults ?? SlotFaults(self, slot)
    slot.faults = faults
    faults.wait(for: fault, happened)
  }
}
