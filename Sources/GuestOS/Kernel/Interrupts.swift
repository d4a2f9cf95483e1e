import GuestBoot

/// The vectors in use beside the exceptions.
enum Vector {
  static var timer: UInt64 { 0x20 }
  static var serial: UInt64 { 0x21 }
  /// The first of the virtio devices', one each.
  static var devices: UInt64 { 0x30 }
  static var devicesEnd: UInt64 { 0x40 }
  static var overlayBudget: UInt64 { 0x81 }
  static var spurious: UInt64 { 0xff }
  static var exceptionsEnd: UInt64 { 32 }
}

/// Every interrupt and exception arrives here, on a stack of its own, with interrupts off and PKRU 0.
///
/// A handler only notes what happened: threads do the work when they run next.
@_cdecl("interrupt_dispatch")
func interruptDispatch(_ frame: UnsafeMutablePointer<interrupt_frame>) {
  let vector = frame.pointee.vector
  #if UIO_SHELL
    if vector == Vector.overlayBudget, Containment.endsHostFunction(frame) { return Containment.budgetSpent(frame) }
  #endif
  #if UIO_HARDENED
    if vector == Exception.nonMaskable, Containment.takesNonMaskable(frame) { return }
  #endif
  guard vector >= Vector.exceptionsEnd, LocalAPIC.isInService(vector) else {
    #if UIO_SHELL
      if Containment.stop(frame) { return }
    #endif
    // A spurious interrupt is in service nowhere (SDM vol. 3, 11.9).
    if vector == Vector.spurious { return }
    #if UIO_HARDENED
      if vector == Exception.nonMaskable, Watchdog.mayRaise { return }
    #endif
    Panic.stop(frame)
  }
  switch vector {
  case Vector.timer:
    Clock.timerExpired()
    Scheduler.timerExpired()
    LocalAPIC.endOfInterrupt()
    #if UIO_RING3
      publish_ticks(Clock.ticks)
    #endif
    #if UIO_SHELL
      Containment.checkBudget(frame)
    #endif
  case Vector.serial:
    Scheduler.signal(.serialInput)
    LocalAPIC.endOfInterrupt()
  case Vector.devices..<Vector.devicesEnd:
    VirtioBus.interrupt(Int(vector &- Vector.devices))
    LocalAPIC.endOfInterrupt()
  default: Panic.stop(frame)
  }
}
