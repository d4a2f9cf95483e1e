import CKVM
import Glibc

/// KVM as this host has it.
public struct KVMHost: Sendable {
  /// KVM cannot be used here: why, and what the user can do about it.
  public struct Unavailable: Error, Equatable, Sendable, CustomStringConvertible {
    public var problem: String
    public var remedy: String

    public init(problem: String, remedy: String) {
      self.problem = problem
      self.remedy = remedy
    }

    /// One line.
    public var description: String { "\(problem); \(remedy)" }
  }

  /// The only version of the API there has ever been.
  private static let apiVersion: Int32 = 12

  /// CPUID announces protection keys for user pages.
  public let hasProtectionKeys: Bool
  public let hasXSAVE: Bool
  /// SYSCALL at CPL 3 of a guest works. The module kvm_pvm knows it of kernels only that are made for it: to others it leads to
  /// IA32_LSTAR with CPL 3 (seen on this project's machines).
  public let hasSystemCalls: Bool
  /// Stops after each instruction.
  public let canSingleStep: Bool

  /// Looks at /dev/kvm.
  public init() throws(Unavailable) {
    try self.init(ckvm_probe())
  }

  init(_ found: ckvm_abilities) throws(Unavailable) {
    guard found.version >= 0 else { throw Self.unavailable(errno: -found.version) }
    guard found.version == Self.apiVersion else {
      throw Unavailable(
        problem: "/dev/kvm speaks version \(found.version) of its API",
        remedy: "use a kernel with version \(Self.apiVersion)")
    }
    hasProtectionKeys = found.protection_keys
    hasXSAVE = found.xsave
    hasSystemCalls = access("/sys/module/kvm_pvm", F_OK) != 0
    canSingleStep = found.single_step
  }

  /// What opening the device failed with, and the way out.
  private static let causes: [Int32: (String, String)] = [
    ENOENT: (
      "there is no /dev/kvm",
      "switch on virtualisation in the firmware (or nested virtualisation in the hypervisor) and load kvm_intel or kvm_amd"
    ),
    ENODEV: ("/dev/kvm has no driver behind it", "load the kernel module kvm_intel or kvm_amd"),
    ENXIO: ("/dev/kvm has no driver behind it", "load the kernel module kvm_intel or kvm_amd"),
    EACCES: ("this user may not open /dev/kvm", "add the user to the group kvm and log in again"),
    EPERM: ("this user may not open /dev/kvm", "give the container access to the device"),
    EBUSY: ("another hypervisor holds the processor", "end it"),
  ]

  static func unavailable(errno: Int32) -> Unavailable {
    let (problem, remedy) =
      causes[errno] ?? ("/dev/kvm cannot be opened: \(String(cString: strerror(errno)))", "use the engine unicorn")
    return Unavailable(problem: problem, remedy: remedy)
  }

  static func failed(_ step: String, errno: Int32) -> Unavailable {
    Unavailable(
      problem: "KVM refuses a virtual machine (\(step): \(String(cString: strerror(errno))))",
      remedy: "see what the kernel's log says about kvm")
  }
}
