/// What executes the guest of a run.
public enum EngineKind: String, CaseIterable, Sendable {
  /// The simulator: exact and deterministic. Traces and injected faults need it.
  case unicorn
  /// The host's processor by /dev/kvm, with the simulator's devices.
  case kvm
  /// QEMU's own processor and devices.
  case qemuTCG = "qemu-tcg"
  /// QEMU's devices around the host's processor.
  case qemuKVM = "qemu-kvm"
}
