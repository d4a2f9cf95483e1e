import SimCPU

/// Where a case's bytes are executed: a mode of the processor and a privilege level.
public enum InstructionMode: Int, CaseIterable, Sendable, CustomStringConvertible {
  case long, longUser, compatibility, compatibilityUser, protected, protectedUser

  /// EFER.LMA: the IDT's and the TSS's form follow it.
  var isLong: Bool { self != .protected && self != .protectedUser }
  /// CS.L: 64-bit code.
  var is64Bit: Bool { self == .long || self == .longUser }
  var isUser: Bool { self == .longUser || self == .compatibilityUser || self == .protectedUser }

  public var description: String {
    switch self {
    case .long: "64-bit, CPL 0"
    case .longUser: "64-bit, CPL 3"
    case .compatibility: "compatibility, CPL 0"
    case .compatibilityUser: "compatibility, CPL 3"
    case .protected: "32-bit, CPL 0"
    case .protectedUser: "32-bit, CPL 3"
    }
  }
}
