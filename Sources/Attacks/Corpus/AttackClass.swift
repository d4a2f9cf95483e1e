/// What an attack goes against: the folder that it lies in.
public enum AttackClass: String, CaseIterable, Sendable {
  case rightsRegister = "rights-register"
  case gates
  case systemRegisters = "system-registers"
  case trustedData = "trusted-data"
  case stacks
  case interrupts
  case confidentiality
  case deputies
  case devices
  case loader
  case keys
  case exhaustion
  /// What no program on this machine can show, with what is published about it.
  case notModelled = "not-modelled"
  case bpf

  /// In words, as a heading.
  public var title: String {
    switch self {
    case .rightsRegister: "The rights register"
    case .gates: "Gates"
    case .systemRegisters: "System registers"
    case .trustedData: "Trusted data"
    case .stacks: "Stacks"
    case .interrupts: "Interrupts and exceptions"
    case .confidentiality: "Confidentiality"
    case .deputies: "Confused deputies"
    case .devices: "Devices and DMA"
    case .loader: "The loader"
    case .keys: "Keys and mappings over time"
    case .exhaustion: "Exhaustion"
    case .notModelled: "Not modelled"
    case .bpf: "BPF programs"
    }
  }
}
