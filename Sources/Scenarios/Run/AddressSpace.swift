import Glibc
import SimMachine

/// Whether the host lets this process have the memory that a run takes.
///
/// It is asked for before the run, since a run can't tell what an allocation that fails in its midst has left undone:
/// the engine's library aborts, and the language's runtime traps.
enum AddressSpace {
  /// What a run takes beside the guest's RAM: 64 MiB of translated code, the engine, queues, events, text.
  static let overheadBytes: UInt64 = 256 << 20

  static func require(_ configuration: MachineConfiguration) throws(MachineRefusal) {
    let bytes = configuration.memoryBytes &+ overheadBytes
    let address = mmap(nil, Int(clamping: bytes), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let address, address != MAP_FAILED else {
      let reason = String(cString: strerror(errno))
      throw MachineRefusal(
        problem: "the host refuses the \(bytes >> 20) MiB of address space that a run takes (\(reason))\(limit)",
        remedy: "raise the limit (ulimit -v), or give the guest less memory", isHostShortage: true)
    }
    munmap(address, Int(bytes))
  }

  private static var limit: String {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur != .max else { return "" }
    return ": this process may have \(limit.rlim_cur >> 20) MiB"
  }
}
