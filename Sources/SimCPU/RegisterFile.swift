import CXXHash

/// All architectural registers of a CPU as named 64-bit words, in an order that never changes.
///
/// This is the form that digests, recordings and comparisons share. It knows nothing of any engine: what an engine derives
/// or caches is not here, and what the architecture hides (the segments' cached descriptors) is.
public struct RegisterFile: Equatable, Sendable {
  /// One for each of ``names``.
  public private(set) var words: [UInt64]

  /// - Parameter cr8: the task priority, which lives in the local APIC.
  public init(_ state: CPUState, cr8: UInt64) {
    words = []
    words.reserveCapacity(Self.names.count)
    words += state.general
    words += [state.rip, state.rflags, state.cr0, state.cr2, state.cr3, state.cr4, cr8, state.efer]
    for segment in state.segments + [state.ldtr, state.tr] {
      words += [UInt64(segment.selector), segment.base, UInt64(segment.limit), UInt64(segment.attributes)]
    }
    words += [state.gdtBase, UInt64(state.gdtLimit), state.idtBase, UInt64(state.idtLimit)]
    words += [UInt64(state.pkru), UInt64(state.pkrs)]
    words += state.debug
    words += state.modelSpecific
    words += state.x87.flatMap { [Self.word($0, 0, 8), Self.word($0, 8, 2)] }
    words.append(state.x87Empty.enumerated().reduce(0) { $0 | ($1.element != 0 ? 1 << UInt64($1.offset) : 0) })
    words += [UInt64(state.fcw), UInt64(state.fsw), UInt64(state.fop), state.fip, state.fdp]
    words += state.xmm.flatMap { [Self.word($0, 0, 8), Self.word($0, 8, 8)] }
    words += [UInt64(state.mxcsr), state.xcr0, UInt64(state.shadow.rawValue), state.nmiBlocked ? 1 : 0]
    precondition(words.count == Self.names.count, "every word has a name")
  }

  /// Registers that were written down; nil if there are not as many as there are names.
  public init?(words: [UInt64]) {
    guard words.count == Self.names.count else { return nil }
    self.words = words
  }

  private static func word(_ bytes: [UInt8], _ first: Int, _ count: Int) -> UInt64 {
    bytes.dropFirst(first).prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The names of the words. The x87 registers are the physical ones, R0 to R7; `x87.empty` has a bit for each.
  public static let names: [String] = {
    let general = ["rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi"] + (8...15).map { "r\($0)" }
    let segments = ["es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"].flatMap {
      [$0, "\($0).base", "\($0).limit", "\($0).attributes"]
    }
    return general + ["rip", "rflags", "cr0", "cr2", "cr3", "cr4", "cr8", "efer"] + segments
      + ["gdtr.base", "gdtr.limit", "idtr.base", "idtr.limit", "pkru", "pkrs"] + (0...7).map { "dr\($0)" }
      + [
        "star", "lstar", "cstar", "fmask", "kernelGSBase", "tscAux", "pat", "sysenterCS", "sysenterESP", "sysenterEIP",
      ] + (0...7).flatMap { ["x87.r\($0).significand", "x87.r\($0).exponent"] }
      + ["x87.empty", "fcw", "fsw", "fop", "fip", "fdp"] + (0...15).flatMap { ["xmm\($0).low", "xmm\($0).high"] }
      + ["mxcsr", "xcr0", "shadow", "nmiBlocked"]
  }()

  static let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })

  /// The word with this name; nil if there is none.
  public subscript(name: String) -> UInt64? { Self.places[name].map { words[$0] } }

  public var instructionPointer: UInt64 {
    guard let pointer = self["rip"] else { preconditionFailure("the names of registers have no rip") }
    return pointer
  }

  /// XXH3-64 of the words in order, each as 8 little-endian bytes.
  public var digest: UInt64 {
    words.map { $0.littleEndian }.withUnsafeBytes { XXH3_64bits($0.baseAddress, $0.count) }
  }

  /// A register that is not the same in two files.
  public struct Difference: Equatable, Sendable {
    public var name: String
    public var old: UInt64
    public var new: UInt64
  }

  /// The registers in which `other` differs, in order.
  public func differences(to other: RegisterFile) -> [Difference] {
    zip(Self.names, zip(words, other.words)).compactMap { name, values in
      values.0 == values.1 ? nil : Difference(name: name, old: values.0, new: values.1)
    }
  }
}

extension RegisterFile {
  /// All words 0.
  public static let zero = RegisterFile(zeros: ())

  private init(zeros: ()) { words = [UInt64](repeating: 0, count: Self.names.count) }
}
