import CodeScanner
import SeededRandom
import Testing

@Suite struct BundleCheckerTests {
  private static let place: UInt64 = 0x8000_2000
  private static let mask: [UInt8] = [0x41, 0x81, 0xe3, 0xe0, 0xff, 0xff, 0x00, 0x41, 0x0f, 0xba, 0xeb, 0x1f]
  private static let jump: [UInt8] = [0x41, 0xff, 0xe3]
  private static let call: [UInt8] = [0x41, 0xff, 0xd3]

  /// The code filled up to whole bundles with INT3.
  private static func violation(_ code: [UInt8], entries: [UInt64] = []) -> BundleChecker.Violation? {
    let whole = code + [UInt8](repeating: 0xcc, count: (32 - code.count % 32) % 32)
    return whole.withUnsafeBytes { bytes in
      var checker = BundleChecker(bytes, at: place)
      return checker.check(entries: entries)
    }
  }

  private static func nops(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x90, count: count) }

  @Test func theMaskIsWhatTheInstructionsHave() {
    #expect(BundleChecker.mask == 0xff_ffe0 && BundleChecker.window == 0x8000_0000..<0x8100_0000)
  }

  @Test(
    arguments: [
      mask + jump, nops(17) + mask + jump, nops(17) + mask + call, nops(27) + [0xe8, 0, 0, 0, 0], [0xeb, 0xfe],
      // Back to the mask, and to a bundle of somebody else's.
      mask + jump + [0xeb, 0xef], [0xe9, 0xfb, 0x0f, 0, 0], [0x0f, 0x84, 0xfa, 0x0f, 0, 0],
      [0x0f, 0x01, 0xee, 0x0f, 0x31, 0x0f, 0xa2, 0x0f, 0x0b], [0x8c, 0xc8], [],
    ] as [[UInt8]])
  func codeThatKeepsToBundlesIsTaken(code: [UInt8]) {
    #expect(Self.violation(code) == nil)
  }

  @Test(
    arguments: [
      ([0xc3], .isReturn, 0), ([0xc2, 8, 0], .isReturn, 0),
      ([0x90, 0xff, 0xe0], .isUnmasked, 1), (jump, .isUnmasked, 0), ([0xff, 0x25, 0, 0, 0, 0], .isUnmasked, 0),
      // Another register, another mask, the same bytes as a constant's, an edge in between, something in between.
      (mask + [0x41, 0xff, 0xe2], .isUnmasked, 12), (Array(mask.dropFirst(7)) + jump, .isUnmasked, 5),
      ([0x41, 0x81, 0xe3, 0xff, 0xff, 0xff, 0x00] + Array(mask.dropFirst(7)) + jump, .isUnmasked, 12),
      ([0x48, 0xb8, 0, 0, 0] + mask.prefix(5) + mask.suffix(7) + jump, .isUnmasked, 17),
      (nops(24) + mask.prefix(7) + [0x90] + mask.suffix(5) + jump, .isUnmasked, 37),
      (nops(20) + mask + jump, .isUnmasked, 32), (mask + [0x90] + jump, .isUnmasked, 13),
      // A masked call, and a direct one, that do not end their bundle.
      (mask + call, .isUnmasked, 12), ([0xe8, 0xfb, 0xff, 0xff, 0xff], .callWithinBundle, 0),
      (nops(30) + [0x89, 0xc0, 0x89, 0xc0], nil, 0), (nops(31) + [0x89, 0xc0], .crossesBundle, 31),
      // Into the mask, into an instruction, into what fills up, to nobody's bundle, to a byte of somebody else's.
      (mask + jump + [0xeb, 0xf6], .wrongTarget, 15), (mask + jump + [0xeb, 0xfb], .wrongTarget, 15),
      ([0xb8, 1, 2, 3, 4, 0xeb, 0xfb], .wrongTarget, 5), ([0xeb, 0x02], .wrongTarget, 0),
      ([0xe9, 0xfb, 0xdf, 0xff, 0x7f], .wrongTarget, 0), ([0xe9, 0xfc, 0x0f, 0, 0], .wrongTarget, 0),
      ([0xe9, 0xfb, 0xbf, 0xff, 0xff], .wrongTarget, 0),
      // Privileged, of another world, or with prefixes that vendors read in their own ways.
      ([0xfa], .notAllowed, 0), ([0x9d], .notAllowed, 0), ([0xee], .notAllowed, 0), ([0xcf], .notAllowed, 0),
      ([0xcb], .notAllowed, 0), ([0xff, 0x28], .notAllowed, 0), ([0xcd, 0x80], .notAllowed, 0),
      ([0x0f, 0x01, 0xef], .notAllowed, 0), ([0x0f, 0x05], .notAllowed, 0), ([0x8e, 0xd0], .notAllowed, 0),
      ([0x66, 0xe9, 0, 0], .notAllowed, 0), ([0xe2, 0xfe], .notAllowed, 0), ([0xc5, 0xf8, 0x77], .notAllowed, 0),
      ([0x48, 0x66, 0x90], .notAllowed, 0), ([0x8f, 0xe9, 0x78], .notAllowed, 0), ([0xd9, 0xc0], .notAllowed, 0),
    ] as [([UInt8], BundleChecker.Rule?, Int)])
  func whatBreaksARuleIsTold(code: [UInt8], rule: BundleChecker.Rule?, offset: Int) {
    let found = Self.violation(code)
    #expect(found?.rule == rule && found?.offset ?? 0 == offset, "\(String(describing: found))")
  }

  @Test func entriesBeginBundles() {
    #expect(Self.violation(Self.nops(64), entries: [Self.place, Self.place + 32]) == nil)
    #expect(Self.violation(Self.nops(64), entries: [Self.place + 8])?.rule == .wrongEntry)
    let odd: [UInt8] = [0x90, 0x90]
    odd.withUnsafeBytes { bytes in
      var checker = BundleChecker(bytes, at: Self.place)
      #expect(checker.check(entries: [])?.rule == .codeSize)
    }
  }

  /// What is taken can't get to anything else: from each bundle's start all ways are gone, with no knowledge of what the checker has
  /// marked. Programs of honest pieces, of which some have a byte changed, so that many are taken and many are not.
  @Test func whatIsTakenStaysWithinItsInstructions() {
    var random = SeededGenerator(seed: 2009)
    let pieces: [[UInt8]] = [
      [0x90], [0x89, 0xc0], [0x48, 0x8b, 0x44, 0x24, 0x08], [0xb8, 1, 0xfa, 3, 0xee], [0x41, 0x5b],
      Self.mask + Self.jump,
      [0xeb, 0x04], [0x74, 0xf0], [0xe9, 0x10, 0, 0, 0], [0x66, 0x90], [0x0f, 0x1f, 0x40, 0], [0xcc], [0x57],
      [0x0f, 0xaf, 0xc1],
      [0xf3, 0xaa], [0x0f, 0x85, 0xe0, 0xff, 0xff, 0xff],
    ]
    var taken = 0
    for _ in 0..<100_000 {
      var code: [UInt8] = []
      while code.count < 64 {
        let piece = pieces[Int(random.next() % UInt64(pieces.count))]
        let room = 32 - code.count % 32
        if piece.count > room, random.next() % 16 != 0 { code += Self.nops(room) }
        code += piece
      }
      if random.next() % 4 == 0 { code[Int(random.next() % 64)] = UInt8(truncatingIfNeeded: random.next()) }
      code = Array(code.prefix(64))
      guard Self.violation(code) == nil else { continue }
      taken += 1
      if let wrong = Escape.first(in: code, at: Self.place) {
        Issue.record("\(wrong) is reached in \(code)")
        return
      }
    }
    #expect((1_000..<90_000).contains(taken), "\(taken)")
  }

  /// Any bytes at all: the checker ends, and names a place within them.
  @Test func anyBytesHaveAnAnswer() {
    var random = SeededGenerator(seed: 2012)
    for _ in 0..<20_000 {
      let code = (0..<Int(random.next() % 100)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      if let found = Self.violation(code) { #expect(found.offset >= 0 && found.offset < max(code.count, 1) + 32) }
    }
  }
}

/// All ways through code, by brute force.
private struct Escape: Hashable {
  var offset: Int
  /// How much of the mask has just been executed.
  var masked = 0

  /// The first place at which something is executed that must not be.
  static func first(in code: [UInt8], at place: UInt64) -> Escape? {
    var seen: Set<Escape> = []
    var open = stride(from: 0, to: code.count, by: 32).map { Escape(offset: $0) }
    while let state = open.popLast() {
      guard seen.insert(state).inserted else { continue }
      guard let next = state.next(in: code, at: place) else { return state }
      open += next
    }
    return nil
  }

  private static let forbidden: Set<UInt8> = [
    0x6c, 0x6d, 0x6e, 0x6f, 0x9d, 0xc2, 0xc3, 0xca, 0xcb, 0xcd, 0xcf, 0xe4, 0xe5, 0xe6, 0xe7, 0xea, 0xec, 0xed, 0xee,
    0xef, 0xf1,
    0xf4, 0xfa, 0xfb, 0x8e,
  ]

  /// Where it can go on, nowhere for what leaves by the rules or stops; nil if it must not be.
  private func next(in code: [UInt8], at place: UInt64) -> [Escape]? {
    // Behind the code is what can't be executed.
    guard offset < code.count else { return offset == code.count ? [] : nil }
    guard offset >= 0 else { return nil }
    let rest = Array(code[offset...])
    let step = rest.withUnsafeBytes { bytes in
      var walk = InstructionWalk(bytes)
      return walk.next()
    }
    guard let step, step.finding == nil, step.length <= rest.count else { return nil }
    let bytes = Array(rest.prefix(step.length))
    let opcode = bytes.drop {
      [0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65].contains($0) || $0 & 0xf0 == 0x40
    }
    guard let first = opcode.first, !Self.forbidden.contains(first) else { return nil }
    let end = offset + step.length
    func target(_ distance: Int) -> [Escape]? {
      let goal = end + distance
      if goal >= 0, goal < code.count { return [Escape(offset: goal)] }
      let address = place &+ UInt64(bitPattern: Int64(goal))
      return address >> 24 == 0x80 && address % 32 == 0 ? [] : nil
    }
    let byte = Int(Int8(bitPattern: bytes[bytes.count - 1]))
    let word = bytes.count < 4 ? 0 : bytes.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let distance = Int(Int32(bitPattern: word))
    switch first {
    case 0xcc: return []
    case 0xeb: return target(byte)
    case 0xe9: return target(distance)
    case 0x70...0x7f: return target(byte).map { $0 + [Escape(offset: end)] }
    case 0xe8: return end % 32 == 0 ? target(distance).map { $0 + [Escape(offset: end)] } : nil
    case 0xff where [2, 3, 4, 5].contains(opcode[opcode.startIndex + 1] >> 3 & 7):
      guard masked == 2, bytes == [0x41, 0xff, 0xe3] || bytes == [0x41, 0xff, 0xd3] && end % 32 == 0 else { return nil }
      return bytes[2] == 0xd3 ? [Escape(offset: end)] : []
    case 0x0f:
      let second = opcode[opcode.startIndex + 1]
      if second & 0xf0 == 0x80 { return target(distance).map { $0 + [Escape(offset: end)] } }
      if [0x05, 0x07, 0x20, 0x21, 0x22, 0x23, 0x30, 0x32, 0x34, 0x35].contains(second) { return nil }
      if second == 0x01, opcode[opcode.startIndex + 2] != 0xee, opcode[opcode.startIndex + 2] != 0xf9 { return nil }
    default: break
    }
    var behind = Escape(offset: end)
    if bytes == [0x41, 0x81, 0xe3, 0xe0, 0xff, 0xff, 0x00] { behind.masked = 1 }
    if bytes == [0x41, 0x0f, 0xba, 0xeb, 0x1f], masked == 1 { behind.masked = 2 }
    return [behind]
  }
}
