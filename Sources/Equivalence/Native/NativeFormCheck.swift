import CSilicon
import Hexadecimal
import Scenarios

/// The systematic scan: every opcode of every map with every kind of operand and prefix, on both processors.
public struct NativeFormReport: Sendable {
  /// Forms that differ alike: the same opcode, and register or memory.
  public struct Kind: Sendable {
    public var title: String
    public var count: UInt64
    /// The first of them: its bytes.
    public var bytes: String
    /// What is different in it, a line each.
    public var items: [String]
  }

  public var vendor: String
  /// Forms that were compared with the host's processor, and forms that must be #UD.
  public var compared: UInt64 = 0
  public var refused: UInt64 = 0
  public var runs: UInt64 = 0
  /// Forms that were not run, by reason.
  public var leftOut: [String: UInt64] = [:]
  public var known: [NativeDifference: UInt64] = [:]
  public var kinds: [Kind] = []
  /// Forms that differ.
  public var disagreementCount: UInt64 = 0

  public var passed: Bool { disagreementCount == 0 }
  private static let kindsShown = 60

  mutating func add(_ form: NativeForm, _ items: [String]) {
    disagreementCount += 1
    let title = form.title
    if let index = kinds.firstIndex(where: { $0.title == title }) {
      kinds[index].count += 1
    } else {
      kinds.append(.init(title: title, count: 1, bytes: form.bytes.hexadecimal(), items: items))
    }
  }

  /// For people.
  ///
  /// - Parameter paint: wraps a text in a colour where that is wanted.
  public func text(paint: (_ text: String, _ isGood: Bool) -> String = { text, _ in text }) -> String {
    var lines = [
      "\(paint(passed ? "same" : "DIFFERENT", passed)) \(compared) forms of instructions on \(vendor) in \(runs) runs, "
        + "\(refused) forms that are not announced: \(disagreementCount) disagreements"
    ]
    for (reason, count) in leftOut.sorted(by: { $0.key < $1.key }) {
      lines.append("  left out: \(count) forms: \(reason)")
    }
    for kind in kinds.prefix(Self.kindsShown) {
      lines.append("  - \(kind.title): \(kind.count) forms, the first \(kind.bytes)")
      lines += kind.items.map { "      \($0)" }
    }
    if kinds.count > Self.kindsShown { lines.append("  and \(kinds.count - Self.kindsShown) more kinds") }
    lines += NativeDifference.lines(known)
    return lines.joined(separator: "\n")
  }

  /// For programs.
  public var json: JSONText {
    .object([
      ("vendor", .string(vendor)), ("same", .boolean(passed)), ("compared", .integer(compared)),
      ("refused", .integer(refused)), ("runs", .integer(runs)), ("disagreements", .integer(disagreementCount)),
      ("leftOut", .object(leftOut.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })),
      (
        "kinds",
        .array(
          kinds.map {
            .object([
              ("title", .string($0.title)), ("count", .integer($0.count)), ("first", .string($0.bytes)),
              ("items", .array($0.items.map { .string($0) })),
            ])
          })
      ),
    ])
  }
}

extension NativeForm {
  private static let names = ["", "0F ", "0F38 ", "0F3A ", "VEX.0F ", "VEX.0F38 ", "VEX.0F3A "]

  /// What forms of one kind share.
  var title: String {
    let first = operand.first ?? 0
    return Self.names[map.rawValue] + opcode.hexadecimalDigits(2) + " /\(first >> 3 & 7)"
      + (first >= 0xc0 ? " register" : " memory")
  }
}

extension NativeCheck {
  /// Runs every `step`th form.
  ///
  /// - Parameters:
  ///   - step: 1 for all of them.
  ///   - offset: the number of the first.
  /// - Throws: ``MachineRefusal`` if the host's side is lost for good.
  public func runForms(step: Int = 1, offset: Int = 0) throws -> NativeFormReport {
    var report = NativeFormReport(vendor: SiliconHost.vendor)
    var waiting: [NativeForm] = []
    var number = 0
    for map in NativeForm.Map.allCases {
      for form in NativeForm.all(map) {
        defer { number += 1 }
        guard number % step == offset % step else { continue }
        switch form.treatment(features: features) {
        case .leftOut(let reason): report.leftOut[reason, default: 0] += 1
        case .refused: expectRefusal(form, number, &report)
        case .compared:
          waiting.append(form)
          if waiting.count == Self.batch { try flush(&waiting, &report) }
        }
      }
    }
    try flush(&waiting, &report)
    return report
  }

  private func flush(_ forms: inout [NativeForm], _ report: inout NativeFormReport) throws {
    guard !forms.isEmpty else { return }
    let programs = forms.map(program)
    var runs = NativeReport(seed: 0, vendor: "", hasProtectionKeys: host.hasProtectionKeys)
    for difference in try compare(programs, &runs) { report.add(forms[difference.program], difference.items) }
    report.compared += UInt64(forms.count)
    report.runs += runs.runs
    report.known.merge(runs.known) { $0 + $1 }
    forms.removeAll()
  }

  /// What the simulated processor does not announce is #UD there.
  private func expectRefusal(_ form: NativeForm, _ number: Int, _ report: inout NativeFormReport) {
    let program = program(form)
    simulator.load(program.page)
    let contents = [UInt8](repeating: 0, count: NativePlace.writableBytes)
    let outcome = contents.withUnsafeBytes { simulator.run(program.starts[0].silicon, $0) }
    report.refused += 1
    if outcome.end.vector != 6 {
      report.add(form, ["ended by: simulator \(NativeComparison.ending(outcome.end)), and it is not announced"])
    }
  }

  private func program(_ form: NativeForm) -> NativeProgram {
    let seed = form.bytes.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    var generator = NativeGenerator(seed: seed, index: 0, features: features)
    var program = NativeProgram(
      memorySeed: 1, groups: [.init(code: form.bytes, name: form.title)],
      starts: (0..<NativeGenerator.startsMax).map { generator.formStart($0) })
    program.ignoresUndefinedFlags = true
    return program
  }
}

extension NativeGenerator {
  /// RBX, RSP, RBP, RSI and RDI point at operands: plain, misaligned, read-only, non-canonical, over the edge of a page.
  fileprivate mutating func formStart(_ number: Int) -> NativeStart {
    var start = start(number)
    (start.pkru, start.flags) = (0, start.flags & ~(1 << 18 | 1 << 10))
    let data = NativePlace.data
    var (operand, stack, frame, source, target) = (
      data + 0x100, NativePlace.stack, data + 0x200, data + 0x400, data + 0x800
    )
    var count = UInt64(1 + below(6))
    switch number {
    case 1: (start.registers[0], start.registers[2], count) = (0, 0, 0)
    case 2:
      (operand, stack, frame, count) = (operand + 3, stack + 1, frame + 5, 31 + UInt64(below(35)))
      start.flags |= 1 << 10
    case 3:
      let page = NativePlace.readOnly
      (operand, stack, frame, target, count) = (page + 0x100, page + 0x200, page + 0x300, page + 0x340, 3)
    case 4:
      (operand, stack, frame, count) = (0x0000_9000_0000_0010, 0x8000_0000_0000_1008, 0x00ff_0000_0000_0010, 2)
      source = operand
    case 5:
      operand = NativePlace.readOnly - 1 - UInt64(below(15))
      (stack, frame, target, count) = (NativePlace.readOnly - 4, operand, NativePlace.readOnly - 3, 2)
    case 6:
      operand = data + 0x101 + UInt64(below(14))
      (stack, frame, source, target) = (stack + 2, frame + 1, source + 1, target + 1)
      start.flags |= 1 << 18
    default: start.pkru = 0
    }
    start.registers[1] = start.registers[1] & ~0xff | count
    for (register, value) in [(3, operand), (4, stack), (5, frame), (6, source), (7, target), (11, operand)] {
      start.registers[register] = value
    }
    return start
  }
}
