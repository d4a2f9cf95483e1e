/// Whose processor CPUID says this is. Software chooses MSRs and workarounds by it; what executes is the same.
public enum CPUVendor: String, CaseIterable, Sendable, Codable {
  /// The simulator's own name, which no software knows.
  case uio
  case intel
  case amd

  /// Leaf 0: 12 characters in EBX, EDX, ECX.
  var identification: String {
    switch self {
    case .uio: "uIO simulated"
    case .intel: "GenuineIntel"
    case .amd: "AuthenticAMD"
    }
  }

  /// EAX of leaf 1: family, model and stepping (SDM volume 2A, CPUID, figure 3-6).
  ///
  /// Models that have protection keys: Intel's family 6, model 55H (Skylake-SP); AMD's family 19H, model 1 (Zen 3).
  var signature: UInt32 {
    switch self {
    case .uio, .intel: 0x0005_0654
    case .amd: 0x00a0_0f11
    }
  }
}
