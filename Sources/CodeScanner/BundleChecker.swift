/// Whether code can only execute the instructions that a disassembly from its first byte finds: bundles, as of Native Client (Yee et al.,
/// Native Client: A Sandbox for Portable, Untrusted x86 Native Code, IEEE S&P 2009, section 2.2.1; Morrisett et al., RockSalt, PLDI 2012).
///
/// No instruction crosses the edge of a bundle, so an instruction begins at each bundle's start. Jumps to a register go there only: what
/// clears the register's low bits and puts it into the window lies with the jump in one bundle, and nothing jumps between the two. What
/// else can be executed in the window must keep to that as well.
public struct BundleChecker: ~Copyable {
  /// In bytes.
  public static var bundle: Int { 32 }
  /// Where masked jumps lead, and nowhere else.
  public static var window: Range<UInt64> { 0x8000_0000..<0x8100_0000 }
  /// What a masked jump keeps of an address, and what it sets.
  public static var mask: UInt64 { window.upperBound - window.lowerBound - UInt64(bundle) }

  /// `andl $0xffffe0, %r11d` and `btsl $31, %r11d`, which clear the upper half of R11; a jump or call of three bytes comes behind them.
  private static let masking: (first: [UInt8], second: [UInt8]) = (
    [0x41, 0x81, 0xe3, 0xe0, 0xff, 0xff, 0x00], [0x41, 0x0f, 0xba, 0xeb, 0x1f]
  )

  public enum Rule: UInt8, CaseIterable, Sendable {
    case notAllowed, crossesBundle, isReturn, isUnmasked, wrongTarget, callWithinBundle, codeSize, wrongEntry

    /// What is found, for a person.
    public var text: StaticString {
      switch self {
      case .notAllowed: "an instruction that is not allowed in bundles"
      case .crossesBundle: "an instruction across the edge of a bundle"
      case .isReturn: "a return, which is no masked jump,"
      case .isUnmasked: "an indirect jump or call without a mask"
      case .wrongTarget: "a jump or call to where no instruction of its begins"
      case .callWithinBundle: "a call that does not end its bundle"
      case .codeSize: "a part of a bundle"
      case .wrongEntry: "an entry that does not begin a bundle"
      }
    }
  }

  public struct Violation: Equatable, Sendable {
    public var rule: Rule
    /// Of the instruction, from the code's first byte.
    public var offset: Int
    /// In bytes.
    public var length: Int

    public init(rule: Rule, offset: Int, length: Int) {
      self.rule = rule
      self.offset = offset
      self.length = length
    }
  }

  private let code: UnsafeRawBufferPointer
  private let address: UInt64
  /// One bit for each byte: whether a jump may lead there.
  private var starts: [UInt8]

  /// - Parameter address: where the code's first byte is when it runs.
  public init(_ code: UnsafeRawBufferPointer, at address: UInt64) {
    self.code = code
    self.address = address
    starts = [UInt8](repeating: 0, count: (code.count + 7) / 8)
  }

  /// The first thing that breaks a rule: what can be told of an instruction by itself, then targets, then entries.
  ///
  /// - Parameter entries: addresses in the code that the unikernel enters it at.
  public mutating func check(entries: [UInt64]) -> Violation? {
    guard code.count % Self.bundle == 0, address % UInt64(Self.bundle) == 0 else {
      return Violation(
        rule: .codeSize, offset: code.count / Self.bundle * Self.bundle, length: code.count % Self.bundle)
    }
    if let violation = checkInstructions() ?? checkTargets() { return violation }
    for entry in entries where entry % UInt64(Self.bundle) != 0 {
      return Violation(rule: .wrongEntry, offset: Int(entry &- address), length: 1)
    }
    return nil
  }

  private mutating func checkInstructions() -> Violation? {
    var walk = InstructionWalk(code)
    // Where the last instruction and the one before it began.
    var (previous, previousButOne) = (-1, -1)
    walk.passFilling()
    while let step = walk.next() {
      if let rule = rule(brokenBy: step) { return Violation(rule: rule, offset: step.offset, length: step.length) }
      if BundledInstruction(step.encoding) == .indirect {
        guard isMasked(step, previous, previousButOne) else {
          return Violation(rule: .isUnmasked, offset: step.offset, length: step.length)
        }
        setStart(previous, false)
      } else {
        setStart(step.offset, true)
      }
      (previousButOne, previous) = (previous, step.offset)
      walk.passFilling()
    }
    return nil
  }

  /// What can be told of an instruction alone.
  private func rule(brokenBy step: InstructionWalk.Step) -> Rule? {
    guard let instruction = BundledInstruction(step.encoding) else { return .notAllowed }
    let end = step.offset + step.length
    guard step.length <= 15, step.offset / Self.bundle == (end - 1) / Self.bundle else { return .crossesBundle }
    switch instruction {
    case .return: return .isReturn
    case .call: return end % Self.bundle == 0 ? nil : .callWithinBundle
    default: return nil
    }
  }

  /// Whether it is the end of a masked jump or call: the two instructions before it are the mask, in the same bundle.
  private func isMasked(_ step: InstructionWalk.Step, _ previous: Int, _ previousButOne: Int) -> Bool {
    let masking = Self.masking
    let start = step.offset - masking.first.count - masking.second.count
    guard step.length == 3, code[step.offset] == 0x41, step.encoding.modRM == 0xe3 || step.encoding.modRM == 0xd3,
      previous == step.offset - masking.second.count, previousButOne == start,
      start / Self.bundle == step.offset / Self.bundle
    else { return false }
    // A return address that a masked call leaves begins a bundle too.
    guard step.encoding.modRM == 0xe3 || (step.offset + step.length) % Self.bundle == 0 else { return false }
    return matches(masking.first, at: start) && matches(masking.second, at: previous)
  }

  private func matches(_ bytes: [UInt8], at offset: Int) -> Bool {
    for index in bytes.indices where code[offset + index] != bytes[index] { return false }
    return true
  }

  private func checkTargets() -> Violation? {
    var walk = InstructionWalk(code)
    walk.passFilling()
    while let step = walk.next() {
      if let distance = distance(of: step), !isTarget(step, distance) {
        return Violation(rule: .wrongTarget, offset: step.offset, length: step.length)
      }
      walk.passFilling()
    }
    return nil
  }

  /// How far a direct jump or call leads, from its end on.
  private func distance(of step: InstructionWalk.Step) -> Int64? {
    let end = step.offset + step.length
    switch BundledInstruction(step.encoding) {
    case .jump(bytes: 1): return Int64(Int8(bitPattern: code[end - 1]))
    case .jump, .call: return Int64(code.loadUnaligned(fromByteOffset: end - 4, as: Int32.self))
    default: return nil
    }
  }

  /// An instruction of this code, or what begins a bundle of the window, where all that can be executed begins one.
  private func isTarget(_ step: InstructionWalk.Step, _ distance: Int64) -> Bool {
    let offset = Int64(step.offset + step.length) + distance
    if offset >= 0, offset < Int64(code.count) { return isStart(Int(offset)) }
    let target = address &+ UInt64(bitPattern: offset)
    return Self.window.contains(target) && target % UInt64(Self.bundle) == 0
  }

  private mutating func setStart(_ offset: Int, _ isStart: Bool) {
    let bit: UInt8 = 1 << UInt8(offset & 7)
    starts[offset >> 3] = isStart ? starts[offset >> 3] | bit : starts[offset >> 3] & ~bit
  }

  /// Whether a jump may lead to a byte of the code, once it has been checked.
  public func isStart(_ offset: Int) -> Bool { starts[offset >> 3] >> UInt8(offset & 7) & 1 != 0 }
}
