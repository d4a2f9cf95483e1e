import CSilicon
import Glibc

/// What two processors may end a program differently in, and why that is no disagreement.
public enum NativeDifference: String, CaseIterable, Sendable {
  case undefinedFlags = "undefined-flags"
  case x87Pointers = "x87-pointers"
  case approximation = "approximation"
  case transcendental = "transcendental"

  /// Why it is no disagreement.
  public var reason: String {
    switch self {
    case .undefinedFlags:
      "the manual leaves some flags undefined: the one table is InstructionForm.undefinedFlags (SDM vol. 1, A)"
    case .x87Pointers:
      "FOP, FIP and FDP: when processors keep them differs by vendor and model (SDM vol. 1, 8.1.8; APM vol. 2, 11.5.4)"
    case .approximation:
      "RCPPS and RSQRTPS give any value with a relative error of 1.5 * 2^-12, each processor its own (SDM vol. 2, RCPPS)"
    case .transcendental:
      "FSIN and its like may be off by one unit in the last place, each processor in its own way (SDM vol. 1, 8.3.10)"
    }
  }
}

/// Compares how one program ended on both sides.
struct NativeComparison {
  var hasKeys: Bool
  /// Flags that the last instruction leaves undefined.
  var ignoredFlags: UInt64 = 0

  private(set) var known: Set<NativeDifference> = []

  init(hasKeys: Bool, ignoredFlags: UInt64 = 0) {
    (self.hasKeys, self.ignoredFlags) = (hasKeys, ignoredFlags)
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
    var items: [String] = []
    func item(_ name: String, _ one: UInt64, _ other: UInt64) {
      if one != other { items.append("\(name): host \(hexadecimal(one)), simulator \(hexadecimal(other))") }
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
    for index in 0..<6 { item(Self.segments[index], UInt64(hostSegments[index]), UInt64(simulatorSegments[index])) }
    item("fs base", host.state.fs_base, simulator.state.fs_base)
    item("gs base", host.state.gs_base, simulator.state.gs_base)
    compareFX(Self.bytes(host.state.fx), Self.bytes(simulator.state.fx), &items)
    compareMemory(hostMemory, simulatorMemory, &items)
    return Array(items.prefix(Self.itemsMax))
  }

  /// Whether everything but what ``items(_:_:_:_:)`` looks away from is the same: the quick way to most programs' answer.
  func isSame(
    _ host: NativeOutcome, _ simulator: NativeOutcome, _ hostMemory: UnsafeRawBufferPointer,
    _ simulatorMemory: UnsafeRawBufferPointer
  ) -> Bool {
    guard host.end.vector == simulator.end.vector, host.end.address == simulator.end.address || host.end.vector != 14,
      host.end.error_code == simulator.end.error_code || !Self.vectorsWithErrorCode.contains(host.end.vector),
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
      if one != other { items.append("\(name): host \(hexadecimal(one)), simulator \(hexadecimal(other))") }
    }
    if host[6..<24] != simulator[6..<24] { known.insert(.x87Pointers) }
    func register(_ name: String, _ at: Int, _ count: Int) {
      guard host[at..<at + count] != simulator[at..<at + count] else { return }
      let texts = [host, simulator].map { bytes in
        bytes[at..<at + count].reversed().map { hexadecimalByte($0) }.joined()
      }
      items.append("\(name): host 0x\(texts[0]), simulator 0x\(texts[1])")
    }
    for index in 0..<8 { register("st\(index)", 32 + 16 * index, 10) }
    for index in 0..<16 { register("xmm\(index)", 160 + 16 * index, 16) }
  }

  private func compareMemory(
    _ host: UnsafeRawBufferPointer, _ simulator: UnsafeRawBufferPointer, _ items: inout [String]
  ) {
    guard let first = zip(host, simulator).enumerated().first(where: { $0.element.0 != $0.element.1 }) else { return }
    let range = first.offset..<min(first.offset + 8, host.count)
    items.append(
      "memory at \(hexadecimal(Self.address(first.offset))): host \(hexadecimal(Array(host[range]))), "
        + "simulator \(hexadecimal(Array(simulator[range])))")
  }

  /// Where a byte of the writable pages is.
  static func address(_ offset: Int) -> UInt64 {
    let offset = UInt64(offset)
    return offset < NativePlace.dataBytes ? NativePlace.data + offset : NativePlace.keyed + offset - NativePlace.dataBytes
  }

  private static let vectorsWithErrorCode: Set<UInt32> = [10, 11, 12, 13, 14]

  static func ending(_ end: silicon_end) -> String {
    let name = name(ofVector: end.vector)
    if end.vector == 14 { return "#PF(\(hexadecimal(UInt64(end.error_code)))) at \(hexadecimal(end.address))" }
    return vectorsWithErrorCode.contains(end.vector) ? "\(name)(\(hexadecimal(UInt64(end.error_code))))" : name
  }

  private static let endings: [Int: String] = [
    0: "#DE", 1: "#DB", 3: "INT3", 4: "#OF", 5: "#BR", 6: "#UD", 7: "#NM", 10: "#TS", 11: "#NP", 12: "#SS", 13: "#GP",
    14: "#PF", 16: "#MF", 17: "#AC", 19: "#XM", SILICON_HUNG: "no end", SILICON_LOST: "loss of the process",
  ]

  static func name(ofVector vector: UInt32) -> String { endings[Int(vector)] ?? "vector \(vector)" }

  static func words<T>(_ tuple: T) -> [UInt64] { withUnsafeBytes(of: tuple) { Array($0.bindMemory(to: UInt64.self)) } }
  static func halves<T>(_ tuple: T) -> [UInt16] { withUnsafeBytes(of: tuple) { Array($0.bindMemory(to: UInt16.self)) } }
  static func bytes<T>(_ tuple: T) -> [UInt8] { withUnsafeBytes(of: tuple) { Array($0) } }
}
