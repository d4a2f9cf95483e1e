/// What virtual time was for, beside the instructions themselves.
///
/// The raw values are those that an engine's profile keeps (``SimCPU/ProfileSample/use``).
public enum TimeUse: UInt32, Sendable, CaseIterable {
  /// Instructions of which nobody knows where they were: none, unless the simulator is wrong.
  case unplaced = 0
  case instructions = 1
  /// An access to a port or a device register.
  case exit = 2
  case exception = 3
  case interrupt = 4
  case wrpkru = 5
  case controlRegister = 6
  /// HLT, until something happened.
  case idle = 7
  /// A fault of the scenario's has moved the clock.
  case fault = 8
  /// An access to an MSR that a hypervisor intercepts.
  case msr = 9
  /// What an instruction costs beside its retirement, such as SYSCALL or RDTSC.
  case instruction = 10
  /// An interrupt has ended HLT.
  case wakeUp = 11
  /// A device has moved bytes of guest memory.
  case deviceBytes = 12
}
