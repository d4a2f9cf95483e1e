import SimCPU

extension EngineMaker {
  /// The host's own processor.
  public static func kvm(on host: KVMHost) -> EngineMaker {
    EngineMaker(capabilities: KVMEngine.capabilities(on: host)) {
      memory, environment, cpuid throws(EngineUnavailable) in
      do throws(KVMHost.Unavailable) {
        return try KVMEngine(memory: memory, environment: environment, cpuid: cpuid)
      } catch { throw EngineUnavailable("\(error)") }
    }
  }
}

extension KVMEngine {
  /// What any engine on this host promises.
  static func capabilities(on host: KVMHost) -> EngineCapabilities { host.hasProtectionKeys ? [.protectionKeys] : [] }
}
