/// What things cost in virtual time.
///
/// The library's TLB and its translated code are not visible here, and there are no caches: what they would cost is not
/// in the table, and nothing stands for it (docs/cost-tables.md).
public struct CostTable: Equatable, Sendable, Codable {
  /// For each instruction retired, more than 0.
  public var instruction = CycleRate(cycles: 1)
  /// For each byte of a chain of descriptors that a device may read, and for each that it writes.
  public var deviceByte = CycleRate(cycles: 0)

  // What follows is in cycles.

  /// IN or OUT: an exit to the host and the way back.
  public var portAccess: UInt64 = 0
  /// A read or a write of a device's register, the interrupt controllers' among them.
  public var deviceAccess: UInt64 = 0
  /// At least 1: a guest whose handlers cannot run raises exceptions without end and retires nothing.
  public var exception: UInt64 = 1
  public var interrupt: UInt64 = 0
  /// An interrupt that ends HLT, beside what the interrupt costs.
  public var halt: UInt64 = 0
  /// WRPKRU, or XRSTOR of PKRU.
  public var wrpkru: UInt64 = 0
  public var rdpkru: UInt64 = 0
  /// SYSCALL, and SYSRET: each of the two.
  public var systemCall: UInt64 = 0
  /// A write of CR0 to CR8, EFER, XCR0 or a debug register.
  public var controlRegister: UInt64 = 0
  /// WRMSR of another register than EFER; RDMSR of one that is not the CPU's own.
  public var msr: UInt64 = 0
  /// RDTSC or RDTSCP. The time that it reads is that before.
  public var timestampCounter: UInt64 = 0
  public var cpuid: UInt64 = 0
  /// RDRAND or RDSEED.
  public var rdrand: UInt64 = 0
  public var invlpg: UInt64 = 0

  /// Every instruction and every exception takes a cycle, and nothing else takes any.
  public init() {}
}

extension CostTable {
  /// Those that are counted in whole cycles, by the names that tables give them.
  public static let wholeCosts: [(name: String, path: WritableKeyPath<CostTable, UInt64> & Sendable)] = [
    ("portAccess", \.portAccess), ("deviceAccess", \.deviceAccess), ("exception", \.exception),
    ("interrupt", \.interrupt), ("halt", \.halt), ("wrpkru", \.wrpkru), ("rdpkru", \.rdpkru),
    ("systemCall", \.systemCall), ("controlRegister", \.controlRegister), ("msr", \.msr),
    ("timestampCounter", \.timestampCounter), ("cpuid", \.cpuid), ("rdrand", \.rdrand), ("invlpg", \.invlpg),
  ]

  /// Those that may be fractions of a cycle.
  public static let rates: [(name: String, path: WritableKeyPath<CostTable, CycleRate> & Sendable)] = [
    ("instruction", \.instruction), ("deviceByte", \.deviceByte),
  ]

  /// The greatest cost in cycles that a table may have, but for rates.
  public static let cyclesMax: UInt64 = 1 << 32

  /// Refuses what would let time stand still, or run away.
  func check() throws(MachineError) {
    guard instruction.thousandths > 0, exception > 0 else { throw MachineError("time would stand still") }
    for (name, path) in Self.wholeCosts where self[keyPath: path] > Self.cyclesMax {
      throw MachineError("the cost \(name) of more than \(Self.cyclesMax) cycles")
    }
    for (name, path) in Self.rates where self[keyPath: path].thousandths > CycleRate.max * 1_000 {
      throw MachineError("the cost \(name) of more than \(CycleRate.max) cycles")
    }
  }
}
