import CodeScanner
import SeededRandom
import Testing

private typealias Finding = CodeScanner.Finding

private func scan(_ pieces: [[UInt8]]) -> [Finding] {
  var scanner = CodeScanner()
  var findings: [Finding] = []
  for piece in pieces { piece.withUnsafeBytes { scanner.scan($0) { findings.append($0) } } }
  #expect(scanner.count == UInt64(pieces.joined().count))
  return findings
}

/// The same written a second time, and otherwise: every sequence of bytes that is an instruction, spelt out from the manual's notation
/// ("/2 m": the ModRM byte has 2 in its middle and names memory; "/3": memory or a register), and looked up at each place.
private let sequences: [[UInt8]: PrivilegedInstruction] = {
  let notations: [(String, PrivilegedInstruction)] = [
    ("0f 01 ef", .wrpkru), ("0f 01 d1", .xsetbv), ("0f ae /5 m", .xrstor), ("0f c7 /3 m", .xrstors),
    ("0f 20", .movFromControl), ("0f 21", .movFromDebug), ("0f 22", .movToControl), ("0f 23", .movToDebug),
    ("0f 30", .wrmsr), ("0f 32", .rdmsr), ("0f ae /2 r", .wrfsbase), ("0f ae /3 r", .wrgsbase), ("0f 01 f8", .swapgs),
    ("0f 01 /2 m", .lgdt), ("0f 01 /3 m", .lidt), ("0f 00 /2", .lldt), ("0f 00 /3", .ltr), ("0f 01 /6", .lmsw),
    ("0f 06", .clts), ("0f 05", .syscall), ("0f 07", .sysret), ("0f 34", .sysenter), ("0f 35", .sysexit),
    ("0f 08", .invd), ("0f 09", .wbinvd),
  ]
  var all: [[UInt8]: PrivilegedInstruction] = [:]
  for (notation, instruction) in notations {
    let words = notation.split(separator: " ")
    let fixed = words.prefix { $0.count == 2 && !$0.hasPrefix("/") }.map { UInt8($0, radix: 16)! }
    guard let group = words.dropFirst(fixed.count).first else {
      all[fixed] = instruction
      continue
    }
    let extended = UInt8(String(group.dropFirst()))!
    for mode in UInt8(0)..<4 where words.last == group || (words.last == "r") == (mode == 3) {
      for register in UInt8(0)..<8 { all[fixed + [mode << 6 | extended << 3 | register]] = instruction }
    }
  }
  return all
}()

private func naive(_ code: [UInt8]) -> [Finding] {
  code.indices.compactMap { place in
    for length in 2...3 where place + length <= code.count {
      if let instruction = sequences[Array(code[place..<place + length])] {
        return Finding(offset: UInt64(place), instruction: instruction)
      }
    }
    return nil
  }
}

@Test func everyInstructionIsFoundAtEveryOffsetAndAcrossEveryBorder() {
  #expect(Set(sequences.values) == Set(PrivilegedInstruction.allCases))
  for (bytes, instruction) in sequences {
    for offset in [0, 1, 2, 4093, 4094, 4095, 4096] {
      let code = [UInt8](repeating: 0x90, count: offset) + bytes + [0xcc, 0xcc]
      let expected = [Finding(offset: UInt64(offset), instruction: instruction)]
      #expect(scan([code]) == expected)
      for border in 1..<bytes.count {
        #expect(scan([Array(code[..<(offset + border)]), Array(code[(offset + border)...])]) == expected)
      }
    }
    // Cut off it is none, and neither is one with a gap in it.
    #expect(scan([Array(bytes.dropLast())]) == [])
    for border in 1..<bytes.count {
      var scanner = CodeScanner()
      var found = 0
      Array(bytes[..<border]).withUnsafeBytes { scanner.scan($0) { _ in found += 1 } }
      scanner.skip(4096)
      Array(bytes[border...]).withUnsafeBytes { scanner.scan($0) { _ in found += 1 } }
      #expect(found == 0 && scanner.count == UInt64(4096 + bytes.count))
    }
  }
}

@Test func whatLooksAlikeIsLeftAlone() {
  for code: [UInt8] in [
    [0x0f, 0x01, 0xee], [0x0f, 0x01, 0xd0], [0x0f, 0x01, 0xf9],  // RDPKRU, XGETBV, RDTSCP
    [0x0f, 0x01, 0x38], [0x0f, 0xae, 0xe8], [0x0f, 0xae, 0x20],  // INVLPG, LFENCE, XSAVE
    [0x0f, 0xc7, 0x08], [0x0f, 0x31], [0x0f, 0xa2], [0x0f, 0x0b],  // CMPXCHG8B, RDTSC, CPUID, UD2
  ] {
    #expect(scan([code]) == [])
  }
}

/// Bytes from which instructions are likely to come about, in pieces of drawn lengths, against the naive scanner.
@Test func drawnCodeGivesWhatANaiveScannerFinds() {
  let likely: [UInt8] = [
    0x0f, 0x0f, 0x0f, 0x00, 0x01, 0xae, 0xc7, 0x20, 0x22, 0x30, 0xef, 0xd1, 0xf8, 0x28, 0x18, 0x10,
  ]
  var random = SeededGenerator(seed: 14)
  var found = 0
  for _ in 0..<100_000 {
    let code = (0..<Int(random.next() % 24)).map { _ in
      let draw = random.next()
      return draw % 4 == 0 ? UInt8(truncatingIfNeeded: draw >> 8) : likely[Int(draw >> 8) % likely.count]
    }
    var pieces: [[UInt8]] = []
    var rest = code[...]
    while !rest.isEmpty {
      let length = min(Int(random.next() % 5), rest.count)
      pieces.append(Array(rest.prefix(length)))
      rest = rest.dropFirst(length)
    }
    let expected = naive(code)
    guard scan(pieces) == expected else {
      Issue.record("\(code) in pieces \(pieces.map(\.count))")
      return
    }
    found += expected.count
  }
  #expect(found > 20_000)
}
