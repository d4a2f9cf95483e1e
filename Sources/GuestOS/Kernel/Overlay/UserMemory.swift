import GuestBoot

/// The unikernel's own accesses to an extension's memory. Under `ring3` that is user pages, which CR4.SMAP keeps from code at CPL 0
/// everywhere else; under the other designs there is nothing to open.
enum UserMemory {
  @inline(__always)
  static func access<Result>(_ body: () -> Result) -> Result {
    #if UIO_RING3
      Processor.openUserMemory()
      defer { Processor.closeUserMemory() }
    #endif
    return body()
  }
}
