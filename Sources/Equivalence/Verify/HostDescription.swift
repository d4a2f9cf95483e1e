import Foundation
import SimKVM

/// The host that real runs depend on.
public struct HostDescription: Equatable, Sendable {
  public var processor: String
  public var kernel: String
  /// The module that answers /dev/kvm; empty if there is none.
  public var kvmModule: String
  /// Whether KVM offers guests protection keys, which a host whose own programs have them need not do. True where KVM
  /// cannot be asked: that it is missing is then what there is to say.
  public var hasProtectionKeys: Bool

  /// This host.
  public init() {
    let lines = Self.text("/proc/cpuinfo").split(separator: "\n")
    func field(_ name: String) -> String {
      let line = lines.first { $0.hasPrefix(name) }
      return line?.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
    }
    processor = field("model name")
    kernel = Self.text("/proc/sys/kernel/osrelease").trimmingCharacters(in: .whitespacesAndNewlines)
    kvmModule = Self.modules.first { FileManager.default.fileExists(atPath: "/sys/module/\($0)") } ?? ""
    hasProtectionKeys = (try? KVMHost())?.hasProtectionKeys ?? true
  }

  public init(processor: String, kernel: String, kvmModule: String, hasProtectionKeys: Bool) {
    (self.processor, self.kernel) = (processor, kernel)
    (self.kvmModule, self.hasProtectionKeys) = (kvmModule, hasProtectionKeys)
  }

  private static let modules = ["kvm_intel", "kvm_amd", "kvm_pvm"]

  private static func text(_ path: String) -> String {
    // Files of /proc have no size to read by.
    guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.read(upToCount: 1 << 16) else {
      return ""
    }
    return String(decoding: data, as: UTF8.self)
  }
}
