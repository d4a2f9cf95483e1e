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
    faults(of: slot).wait(for: fault, happened)
  }

  private func faults(of slot: MMIOTransport) -> SlotFaults {
    let faults = slot.faults as? SlotFaults ?? SlotFaults(self, slot)
    slot.faults = faults
    return faults
  }

  /// Has somebody told of what devices do and of the interrupts that the processor takes from its local APIC, each right before it is
  /// done. The run can't tell.
  public func observeOperations(_ look: @escaping (Machine, MachineOperation) -> Void) {
    for (index, slot) in slots.enumerated() {
      let name = slot.device.name
      // Faults find a device by its name, and so the last one that has it.
      guard !slots[(index + 1)...].contains(where: { $0.device.name == name }) else { continue }
      faults(of: slot).witness = { [unowned self] in look(self, .device(name, $0)) }
    }
    interruptWitness = { look($0, .interrupt(vector: $1)) }
  }

  /// Forgets the faults that wait for devices or interrupts. What they have done stays; what is delayed comes in its time, and messages
  /// that wait for the next one go on.
  public func withdrawFaults() {
    interruptFaults = []
    for slot in slots { (slot.faults as? SlotFaults)?.withdraw() }
  }
}

/// What happens in a machine at which faults can wait to happen too.
public enum MachineOperation: Equatable, Hashable, Sendable {
  /// Of the device with this name.
  case device(String, DeviceOperation)
  /// The processor takes an interrupt from its local APIC.
  case interrupt(vector: UInt8)
}
