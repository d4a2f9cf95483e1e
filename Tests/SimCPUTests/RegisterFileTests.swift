import Testing

@testable import SimCPU

/// A state in which no two words are equal, as far as their widths allow.
private func someState() -> CPUState {
  func segment(_ n: UInt16) -> CPUState.Segment {
    CPUState.Segment(selector: n, base: UInt64(n) << 20, limit: UInt32(n) << 8, attributes: UInt32(n) << 12)
  }
  return CPUState(
    general: (1...16).map { UInt64($0) << 40 }, rip: 0x10_0000, rflags: 0x202, cr0: 0x8001_0033, cr2: 5, cr3: 0x1000,
    cr4: 0x40_0220, efer: 0xd01, segments: (1...6).map { segment($0) }, ldtr: segment(7), tr: segment(8),
    gdtBase: 0x2000, gdtLimit: 0x37, idtBase: 0x3000, idtLimit: 0xfff, pkru: 4, pkrs: 8, debug: (1...8).map { $0 << 8 },
    modelSpecific: (1...10).map { $0 << 24 }, x87: (1...8).map { n in (0..<10).map { $0 + n * 10 } },
    x87Empty: [1, 0, 1, 0, 1, 1, 1, 1], fcw: 0x37f, fsw: 0x3800, fop: 3, fip: 77, fdp: 88,
    xmm: (1...16).map { n in (0..<16).map { $0 + n * 15 } }, mxcsr: 0x1f80, xcr0: 1,
    shadow: [], nmiBlocked: false)
}

@Suite struct RegisterFileTests {
  /// What changes each stored part of the state a little, by the word that shows it.
  private static func makeChanges() -> [(name: String, change: (inout CPUState) -> Void)] {
    var all: [(name: String, change: (inout CPUState) -> Void)] = [
      ("rip", { $0.rip += 1 }), ("rflags", { $0.rflags ^= 1 }), ("cr0", { $0.cr0 ^= 1 << 16 }),
      ("cr2", { $0.cr2 += 1 }), ("cr3", { $0.cr3 += 0x1000 }), ("cr4", { $0.cr4 ^= 1 << 22 }),
      ("efer", { $0.efer ^= 1 }), ("gdtr.base", { $0.gdt.base += 1 }), ("gdtr.limit", { $0.gdt.limit += 1 }),
      ("idtr.base", { $0.idt.base += 1 }), ("idtr.limit", { $0.idt.limit += 1 }), ("pkru", { $0.pkru ^= 1 << 31 }),
      ("pkrs", { $0.pkrs ^= 1 << 31 }),
      ("x87.empty", { $0.x87Empty[7] = 0 }), ("fcw", { $0.fcw ^= 1 }), ("fsw", { $0.fsw ^= 1 }),
      ("fop", { $0.fop ^= 1 }), ("fip", { $0.fip ^= 1 }), ("fdp", { $0.fdp ^= 1 }), ("mxcsr", { $0.mxcsr ^= 1 }),
      ("xcr0", { $0.xcr0 ^= 2 }),
      ("shadow", { $0.shadow = .interrupts }), ("nmiBlocked", { $0.nmiBlocked = true }),
    ]
    for n in 0..<16 {
      all.append((RegisterFile.names[n], { $0.general[n] ^= 1 << 63 }))
      all.append(("xmm\(n).low", { $0.xmm[n][7] ^= 1 }))
      all.append(("xmm\(n).high", { $0.xmm[n][15] ^= 1 }))
    }
    for n in 0..<8 {
      all.append(("dr\(n)", { $0.debug[n] ^= 1 }))
      all.append(("x87.r\(n).significand", { $0.x87[n][7] ^= 1 }))
      all.append(("x87.r\(n).exponent", { $0.x87[n][9] ^= 1 }))
    }
    var segments: [(String, WritableKeyPath<CPUState, CPUState.Segment>)] = [("ldtr", \.ldtr), ("tr", \.tr)]
    for (n, name) in ["es", "cs", "ss", "ds", "fs", "gs"].enumerated() { segments.append((name, \.segments[n])) }
    for (name, path) in segments {
      all.append((name, { $0[keyPath: path].selector ^= 1 }))
      all.append(("\(name).base", { $0[keyPath: path].base ^= 1 << 47 }))
      all.append(("\(name).limit", { $0[keyPath: path].limit ^= 1 }))
      all.append(("\(name).attributes", { $0[keyPath: path].attributes ^= 1 }))
    }
    let modelSpecific = [
      "star", "lstar", "cstar", "fmask", "kernelGSBase", "tscAux", "pat", "sysenterCS", "sysenterESP", "sysenterEIP",
    ]
    for (n, name) in modelSpecific.enumerated() { all.append((name, { $0.modelSpecific[n] ^= 1 })) }
    return all
  }

  @Test func everyRegisterHasItsWordInTheDigest() {
    let original = RegisterFile(someState(), cr8: 3)
    var names: Set<String> = []
    for (name, change) in Self.makeChanges() {
      var state = someState()
      change(&state)
      let changed = RegisterFile(state, cr8: 3)
      #expect(original.differences(to: changed).map(\.name) == [name])
      #expect(changed.digest != original.digest, "\(name)")
      names.insert(name)
    }
    #expect(original.differences(to: RegisterFile(someState(), cr8: 4)).map(\.name) == ["cr8"])
    #expect(names.union(["cr8"]) == Set(RegisterFile.names))
    print("\(names.count + 1) register words, each in the digest")
  }

  @Test func wordsMakeTheSameFileAgain() {
    let file = RegisterFile(someState(), cr8: 3)
    #expect(RegisterFile(words: file.words) == file)
    #expect(RegisterFile(words: Array(file.words.dropLast())) == nil)
    #expect(file["rip"] == 0x10_0000 && file["cr8"] == 3 && file["nothing"] == nil)
  }
}

/// A state of random values that keeps the forms: tags of one bit, registers of so many bytes.
private func randomState(_ random: inout some RandomNumberGenerator) -> CPUState {
  func word() -> UInt64 { random.next() }
  func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }
  func segment() -> CPUState.Segment {
    CPUState.Segment(
      selector: UInt16(truncatingIfNeeded: word()), base: word(), limit: UInt32(truncatingIfNeeded: word()),
      attributes: UInt32(truncatingIfNeeded: word()))
  }
  return CPUState(
    general: (0..<16).map { _ in word() }, rip: word(), rflags: word(), cr0: word(), cr2: word(), cr3: word(),
    cr4: word(), efer: word(), segments: (0..<6).map { _ in segment() }, ldtr: segment(), tr: segment(),
    gdtBase: word(), gdtLimit: UInt32(truncatingIfNeeded: word()), idtBase: word(),
    idtLimit: UInt32(truncatingIfNeeded: word()), pkru: UInt32(truncatingIfNeeded: word()),
    pkrs: UInt32(truncatingIfNeeded: word()),
    debug: (0..<8).map { _ in word() }, modelSpecific: (0..<10).map { _ in word() },
    x87: (0..<8).map { _ in bytes(10) },
    x87Empty: (0..<8).map { _ in UInt8.random(in: 0...1, using: &random) }, fcw: UInt16(truncatingIfNeeded: word()),
    fsw: UInt16(truncatingIfNeeded: word()), fop: UInt16(truncatingIfNeeded: word()), fip: word(), fdp: word(),
    xmm: (0..<16).map { _ in bytes(16) }, mxcsr: UInt32(truncatingIfNeeded: word()), xcr0: word(),
    shadow: ExecutionShadow(rawValue: UInt8(truncatingIfNeeded: word())), nmiBlocked: Bool.random(using: &random))
}

@Suite struct RegisterBitsTests {
  @Test func aStateComesBackFromItsRegisters() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2_000 {
      let state = randomState(&random)
      #expect(CPUState(RegisterFile(state, cr8: UInt64.random(in: 0...15, using: &random))) == state)
    }
  }

  @Test func oneWordIsReplacedAndNoOther() throws {
    let original = RegisterFile(someState(), cr8: 3)
    for name in RegisterFile.names {
      let changed = try #require(original.replacing(name, with: 0x1234))
      #expect(changed[name] == 0x1234)
      #expect(original.differences(to: changed).map(\.name) == [name])
    }
    #expect(original.replacing("none", with: 0) == nil)
  }

  /// Each bit is one of a register's width, and the names are those of registers.
  @Test func theBitsThatCanChangeAreThoseOfTheState() throws {
    let state = someState()
    for name in RegisterFile.changeable where name != "cr8" {
      let bits = try #require(RegisterFile.changeableBits(of: name))
      for bit in 0..<64 as Range<UInt64> where bits >> bit & 1 == 1 {
        let file = RegisterFile(state, cr8: 3)
        let old = try #require(file[name])
        let changed = try #require(file.replacing(name, with: old ^ 1 << bit))
        #expect(RegisterFile(CPUState(changed), cr8: 3) == changed, "\(name) bit \(bit) has a place in the state")
      }
    }
    for name in ["cs", "cs.limit", "ldtr.base", "shadow", "nmiBlocked", "xcr0", "none"] {
      #expect(RegisterFile.changeableBits(of: name) == nil)
    }
  }
}
