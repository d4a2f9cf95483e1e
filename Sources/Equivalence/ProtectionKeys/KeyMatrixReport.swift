import Scenarios
import SimQEMU

/// What all voices say of the trials, beside the manual's rules.
public struct KeyMatrixReport: Sendable {
  public struct Row: Equatable, Sendable {
    public var action: String
    public var voice: String
    public var count: Int
    public var equal: Int
    /// Trials in which the voice is known to differ (``KnownKeyDifference``).
    public var known: Int
  }

  public private(set) var rows: [Row] = []
  /// The first trials that differ and should not, a line each.
  public private(set) var disagreements: [String] = []
  /// Voices that could not be heard, with the reason.
  public private(set) var notHeard: [String] = []
  /// Runs that end in a triple fault, or not: how many there were, and how many ended as the model says.
  public private(set) var tripleFaults: [(voice: String, count: Int, equal: Int)] = []

  /// User mode on the host's own processor, or on a recorded one, and on the simulator.
  public private(set) var userRuns: [UserKeyRun] = []

  static let simulator = "simulator"
  static let qemu = "qemu-tcg"
  static let bochs = "bochs"

  private static let disagreementsMax = 5

  /// Runs all trials on the simulator, on QEMU, and on Bochs; what user mode can try, on the host's own processor.
  ///
  /// - Parameter record: of a processor with keys, for hosts without.
  public init(record: String = UserKeyRun.recordPath) throws {
    let image = KeyMatrixImage()
    let trials = KeyTrial.all
    compare(try KeyMatrixRun.simulator(image), trials)
    do {
      compare(try KeyMatrixRun.qemu(image), trials)
    } catch let missing as QEMUMissing {
      notHeard.append("qemu-tcg: \(missing)")
    }
    do {
      // The models of Bochs 2.7 have no PKS.
      compare(
        try KeyMatrixRun.bochs(KeyMatrixImage(supervisorKeys: false)), KeyTrial.all(supervisorKeys: false))
    } catch let missing as BochsMissing {
      notHeard.append("bochs: \(missing)")
    }
    try compareTripleFaults()
    try compareUserMode(record: record)
  }

  mutating func compareUserMode(record: String) throws {
    do throws(MachineRefusal) {
      userRuns.append(try UserKeyRun.host())
    } catch {
      notHeard.append("silicon: \(error.problem); \(error.remedy)")
      hearRecord(record)
    }
    userRuns.append(try UserKeyRun.simulator(key: userRuns.first?.key ?? 1))
    disagreements += userRuns.flatMap(\.disagreements).prefix(Self.disagreementsMax)
  }

  private mutating func hearRecord(_ path: String) {
    do {
      userRuns.append(try UserKeyRun.recorded(path: path))
    } catch { notHeard.append("recorded silicon: \(error)") }
  }

  /// What this host's own processor decided, if it has been asked.
  public var siliconRun: UserKeyRun? { userRuns.first { $0.voice == UserKeyRun.silicon } }

  /// Nothing compared yet.
  init(empty: ()) {}

  public var agrees: Bool { disagreements.isEmpty }

  mutating func compare(_ run: KeyMatrixRun, _ trials: [KeyTrial]) {
    for action in KeyTrial.Action.allCases {
      var row = Row(action: action.rawValue, voice: run.name, count: 0, equal: 0, known: 0)
      for (trial, result) in zip(trials, run.results) where trial.action == action {
        row.count += 1
        if result == trial.expected {
          row.equal += 1
        } else if result == trial.expected(of: run.name) {
          row.known += 1
        } else if disagreements.count < Self.disagreementsMax {
          disagreements.append(
            "\(run.name): \(trial.description): \(KeyResult.text(result)), by the manual \(KeyResult.text(trial.expected))"
          )
        }
      }
      rows.append(row)
    }
  }

  /// A double fault whose handler's stack may not be written either: each is a run of its own.
  private static let tripleTrials = [
    (7, 1, 3), (7, 2, 3), (7, 0, 3), (3, 3, 0), (5, 0, 3), (0, 0, 0), (23, 0, 0), (7, 1, 1), (3, 0, 66), (3, 3, 67),
  ]
  .flatMap { entry, pkruBits, controls in
    [0, 3].map { cpl in
      KeyTrial(
        action: .faultStack, controls: controls, pkruBits: UInt32(pkruBits), cpl: UInt8(cpl), entry: entry)
    }
  }

  private mutating func compareTripleFaults() throws {
    var counts = ["simulator": 0, "qemu-tcg": 0]
    for trial in Self.tripleTrials {
      let image = KeyMatrixImage(tripleFault: trial)
      let expected = trial.expected == KeyResult.doubleFault
      let (_, stop) = try KeyMatrixRun.run(image)
      note(trial, "simulator", expected, stop == .tripleFault, stop == .exited(0), &counts)
      guard QEMUProgram.url != nil else { continue }
      let ending = try BareRun.run(image.bytes, port: KeyMatrixLayout.resultPort).ending
      note(trial, "qemu-tcg", expected, ending == .tripleFault, ending == .exited, &counts)
    }
    for voice in counts.keys.sorted(by: >) where QEMUProgram.url != nil || voice == "simulator" {
      tripleFaults.append((voice, Self.tripleTrials.count, counts[voice] ?? 0))
    }
  }

  private mutating func note(
    _ trial: KeyTrial, _ voice: String, _ expected: Bool, _ isTriple: Bool, _ isEnd: Bool, _ counts: inout [String: Int]
  ) {
    if isTriple == expected, isEnd != expected {
      counts[voice, default: 0] += 1
    } else if disagreements.count < Self.disagreementsMax {
      let says = isTriple ? "a triple fault" : isEnd ? "an orderly end" : "something else"
      disagreements.append("\(voice): both stacks on the page, \(trial.description): \(says)")
    }
  }
}

extension KeyMatrixReport {
  public func text(paint: (_ text: String, _ isGood: Bool) -> String = { text, _ in text }) -> String {
    var lines = ["\(paint(agrees ? "agree" : "DISAGREE", agrees)) protection keys: PKRUModel beside processors"]
    for row in rows {
      let known = row.known == 0 ? "" : ", \(row.known) known to differ"
      lines.append("  \(row.action) on \(row.voice): \(row.equal) of \(row.count) equal\(known)")
    }
    for run in userRuns {
      lines.append("  user mode on \(run.voice): \(run.equalCount) of \(run.results.count) equal")
    }
    for (voice, count, equal) in tripleFaults {
      lines.append("  triple faults on \(voice): \(equal) of \(count) equal")
    }
    lines += disagreements.map { "  - \($0)" }
    if rows.contains(where: { $0.known > 0 }) { lines += KnownKeyDifference.allCases.map { "  known: \($0.reason)" } }
    return (lines + notHeard.map { "  not heard: \($0)" }).joined(separator: "\n")
  }

  public var json: JSONText {
    .object([
      ("agrees", .boolean(agrees)),
      (
        "rows",
        .array(
          rows.map {
            .object([
              ("action", .string($0.action)), ("voice", .string($0.voice)), ("count", .integer(UInt64($0.count))),
              ("equal", .integer(UInt64($0.equal))), ("known", .integer(UInt64($0.known))),
            ])
          })
      ),
      (
        "tripleFaults",
        .array(
          tripleFaults.map {
            .object([
              ("voice", .string($0.voice)), ("count", .integer(UInt64($0.count))),
              ("equal", .integer(UInt64($0.equal))),
            ])
          })
      ),
      (
        "userMode",
        .array(
          userRuns.map {
            .object([
              ("voice", .string($0.voice)), ("count", .integer(UInt64($0.results.count))),
              ("equal", .integer(UInt64($0.equalCount))),
            ])
          })
      ),
      ("disagreements", .array(disagreements.map { .string($0) })),
      ("notHeard", .array(notHeard.map { .string($0) })),
    ])
  }
}
