import CSilicon
import Glibc
import Hexadecimal

/// Compares how one program ended on both sides.
struct NativeComparison {
  var hasKeys: Bool
  /// Flags that the last instruction leaves undefined.
  var ignoredFlags: UInt64 = 0
  /// What else is looked away from.
  private let tolerance: NativeTolerance

  private(set) var known: Set<NativeDifference> = []

  init(hasKeys: Bool, ignoredFlags: UInt64 = 0, tolerance: NativeTolerance = .none) {
    (self.hasKeys, self.ignoredFlags, self.tolerance) = (hasKeys, ignoredFlags, tolerance)
  }

  private static let names = [
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
  ]
  private static let segments = ["es", "cs", "ss", "ds", "fs", "gs"]
  private static let itemsMax = 12

  /// What is different, a line each; none if both agree.
  mutating func items(
    _ host: NativeOutcome, _ simulator: NativeOutcome, _ hostMemory: UnsafeRawBufferPointer,
    _ simulatorMemory: UnsafeRawBufferPointer
  ) -> [String] {
    if let difference = tolerance.excuse {
      known.insert(difference)
      return []
    }
    var simulator = simulator
    if tolerance.forgive(host, &simulator), let difference = tolerance.difference {
      known.insert(difference)
    }
    var items: [String] = []
    func item(_ name: String, _ one: UInt64, _ other: UInt64) {
      if one != other { items.append("\(name): host \(one.hexadecimal), simulator \(other.hexadecimal)") }
    }
    let (h, s) = (host.end, simulator.end)
    if h.vector != s.vector { items.append("ended by: host \(Self.ending(h)), simulator \(Self.ending(s))") }
    if h.vector == s.vector {
      if Self.vectorsWithErrorCode.contains(h.vector) {
        item("error code", UInt64(h.error_code), UInt64(s.error_code))
      }
      if h.vector == 14 { item("cr2", h.address, s.address) }
    }
    item("rip", host.state.rip, simulator.state.rip)
    let (hostGeneral, simulatorGeneral) = (Self.words(host.state.gpr), Self.words(simulator.state.gpr))
    for index in 0..<16 { item(Self.names[index], hostGeneral[index], simulatorGeneral[index]) }
    let flags = (host.state.rflags ^ simulator.state.rflags) & ~ignoredFlags
    if (host.state.rflags ^ simulator.state.rflags) & ignoredFlags != 0 { known.insert(.undefinedFlags) }
    if flags != 0 { item("rflags", host.state.rflags, simulator.state.rflags) }
    if hasKeys { item("pkru", UInt64(host.state.pkru), UInt64(simulator.state.pkru)) }
    let (hostSegments, simulatorSegments) = (Self.halves(host.state.segment), Self.halves(simulator.state.segment))
    for index in 0..<6 {
      let (one, other) = (hostSegments[index], simulatorSegments[index])
      if one != other, one | other < 4, index != 1, index != 2 {
        known.insert(.nullSelector)
      } else {
        item(Self.segments[index], UInt64(one), UInt64(other))
      }
    }
    item("fs base", host.state.fs_base, simulator.state.fs_base)
    item("gs base", host.state.gs_base, simulator.state.gs_base)
    compareFX(Self.bytes(host.state.fx), Self.bytes(simulator.state.fx), &items)
    compareMemory(hostMemory, simulatorMemory, &items)
    return Array(items.prefix(Self.itemsMax))
  }

  /// Whether everything but what ``items(_:_:_:_:)`` looks away from is the same: the quick way to most programs' answer.
  static func isSame(
    _ host: NativeOutcome, _ simulator: NativeOutcome, _ hostMemory: UnsafeRawBufferPointer,
    _ simulatorMemory: UnsafeRawBufferPointer, hasKeys: Bool
  ) -> Bool {
    guard host.end.vector == simulator.end.vector, host.end.address == simulator.end.address || host.end.vector != 14,
      host.end.error_code == simulator.end.error_code || !vectorsWithErrorCode.contains(host.end.vector),
      host.state.rip == simulator.state.rip, host.state.rflags == simulator.state.rflags,
      !hasKeys || host.state.pkru == simulator.state.pkru,
      host.state.fs_base == simulator.state.fs_base, host.state.gs_base == simulator.state.gs_base
    else { return false }
    func same<T>(_ one: T, _ other: T, _ range: Range<Int>) -> Bool {
      withUnsafeBytes(of: one) { one in
        withUnsafeBytes(of: other) { other in
          memcmp(one.baseAddress! + range.lowerBound, other.baseAddress! + range.lowerBound, range.count) == 0
        }
      }
    }
    return same(host.state.gpr, simulator.state.gpr, 0..<128)
      && same(host.state.segment, simulator.state.segment, 0..<12)
      && same(host.state.fx, simulator.state.fx, 0..<5) && same(host.state.fx, simulator.state.fx, 24..<28)
      && same(host.state.fx, simulator.state.fx, 32..<416)
      && memcmp(hostMemory.baseAddress!, simulatorMemory.baseAddress!, hostMemory.count) == 0
  }

  private mutating func compareFX(_ host: [UInt8], _ simulator: [UInt8], _ items: inout [String]) {
    func number(_ bytes: [UInt8], _ at: Int, _ count: Int) -> UInt64 {
      (0..<count).reduce(0) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * $1) }
    }
    for (name, at, count) in [("fcw", 0, 2), ("fsw", 2, 2), ("x87 registers in use", 4, 1), ("mxcsr", 24, 4)] {
      let (one, other) = (number(host, at, count), number(simulator, at, count))
      if one != other { items.append("\(name): host \(one.hexadecimal), simulator \(other.hexadecimal)") }
    }
    if host[6..<24] != simulator[6..<24] { known.insert(.x87Pointers) }
    func register(_ name: String, _ at: Int, _ count: Int) {
      guard host[at..<at + count] != simulator[at..<at + count] else { return }
      let texts = [host, simulator].map { bytes in
        bytes[at..<at + count].reversed().hexadecimal(separator: "")
      }
      items.append("\(name): host 0x\(texts[0]), simulator 0x\(texts[1])")
    }
    for index in 0..<8 { register("st\(index)", 32 + 16 * index, 10) }
    for index in 0..<16 { register("xmm\(index)", 160 + 16 * index, 16) }
  }

  private mutating func compareMemory(
    _ host: UnsafeRawBufferPointer, _ simulator: UnsafeRawBufferPointer, _ items: inout [String]
  ) {
    let differing = zip(host, simulator).enumerated().filter { $0.element.0 != $0.element.1 }
    guard let first = differing.first else { return }
    // The mask's third byte, alone.
    if tolerance == .stateOperand, differing.count == 1, first.element.0 ^ first.element.1 == 2 {
      known.insert(.mxcsrMask)
      return
    }
    let range = first.offset..<min(first.offset + 8, host.count)
    items.append(
      "memory at \(Self.address(first.offset).hexadecimal): host \(host[range].hexadecimal()), "
        + "simulator \(simulator[range].hexadecimal())")
  }

  /// Where a byte of the writable pages is.
  static func address(_ offset: Int) -> UInt64 {
    let offset = UInt64(offset)
    return offset < NativePlace.dataBytes
      ? NativePlace.data + offset : NativePlace.keyed + offset - NativePlace.dataBytes
  }

  private static let vectorsWithErrorCode: Set<UInt32> = [10, 11, 12, 13, 14]

  static func ending(_ end: silicon_end) -> String {
    let name = name(ofVector: end.vector)
    if end.vector == 14 { return "#PF(\(end.error_code.hexadecimal)) at \(end.address.hexadecimal)" }
    return vectorsWithErrorCode.contains(end.vector) ? "\(name)(\(end.error_code.hexadecimal))" : name
  }

  private static let endings: [Int: String] = [
    0: "#DE", 1: "#DB", 3: "INT3", 4: "#OF", 5: "#BR", 6: "#UD", 7: "#NM", 10: "#TS", 11: "#NP", 12: "#SS", 13: "#GP",
    14: "#PF", 16: "#MF", 17: "#AC", 19: "#XM", SILICON_HUNG: "no end", SILICON_LOST: "loss of the process",
    SILICON_CALLED: "a call of the kernel",
  ]

  static func name(ofVector vector: UInt32) -> String { endings[Int(vector)] ?? "vector \(vector)" }

  /// A number of the state of x87 and SSE.
  static func number<T>(_ fx: T, _ at: Int, _ count: Int) -> UInt64 {
    withUnsafeBytes(of: fx) { bytes in (0..<count).reduce(0) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * $1) } }
  }

  static func words<T>(_ tuple: T) -> [UInt64] { withUnsafeBytes(of: tuple) { Array($0.bindMemory(to: UInt64.self)) } }
  static func halves<T>(_ tuple: T) -> [UInt16] { withUnsafeBytes(of: tuple) { Array($0.bindMemory(to: UInt16.self)) } }
  static func bytes<T>(_ tuple: T) -> [UInt8] { withUnsafeBytes(of: tuple) { Array($0) } }
}
