/// The guest's variants, as the build makes them from one source.
public enum GuestVariant: String, CaseIterable, Sendable {
  case noshell, ushell, ushellmpk
  case ushellmpkBPF = "ushellmpk-bpf"
  case ushellmpkHardened = "ushellmpk-hardened"
  case ushellRing3 = "ushell-ring3"
  case ushellpksHardened = "ushellpks-hardened"

  /// The file that the build makes, in its folder of images.
  public var fileName: String { "uio-\(rawValue).elf" }
}
