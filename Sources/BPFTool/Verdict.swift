import EBPFEngine
import Hexadecimal
import TerminalText

/// What the verifier says of one program; JSON has these fields, those that do not apply left out.
struct Verdict: Encodable {
  /// Function and section in an object.
  var name: String?
  var section: String?
  /// Type of the program, where it is not uIO's.
  var context: String?
  var accepted: Bool
  var slots: Int?

  // Accepted: what the proof took.
  var explored: Int?
  var states: Int?
  var depth: Int?
  /// Ways that ended at a state seen before, and branches that waited at one time.
  var pruned: Int?
  var branches: Int?

  // Refused: slot and text of the instruction, why, and registers and stack before it.
  var instruction: Int?
  var opcode: String?
  var assembly: String?
  var reason: String?
  var registers: String?
  /// Where the instruction comes from in the source, if the object tells.
  var source: Source?

  /// A line of the source.
  struct Source: Encodable {
    var file: String
    var line: Int
    var column: Int
    var text: String

    init(_ line: SourceLine) {
      file = String(decoding: line.file, as: UTF8.self)
      text = String(decoding: line.text, as: UTF8.self)
      (self.line, column) = (line.line, line.column)
    }

    /// As the Linux verifier's log shows it.
    var comment: String { "; \(text.terminalLine) @ \(file.terminalLine):\(line)" }
  }
  /// What was known before each instruction that was explored, if that is wanted.
  var log: [String]?

  /// Verifies a program.
  init(
    _ program: Program, _ environment: VerifierEnvironment, lines: SourceLines = SourceLines(), isLogged: Bool = false
  ) {
    var log = VerifierLog(program, lines)
    defer { if isLogged { self.log = log.lines } }
    slots = program.slotCount
    do throws(Refusal) {
      let report: VerificationReport
      if isLogged {
        report = try Verifier.verify(program, environment, telling: { log.note($0) })
      } else {
        report = try Verifier.verify(program, environment)
      }
      accepted = true
      explored = report.exploredInstructions
      states = report.rememberedStates
      depth = report.maximumDepth
      pruned = report.prunedPaths
      branches = report.maximumPendingBranches
    } catch {
      accepted = false
      instruction = error.slot
      reason = Self.text(error.writeReason)
      let registers = Self.text(error.writeState)
      self.registers = registers.isEmpty ? nil : registers
      source = lines.line(at: error.slot).map(Source.init)
      guard let index = program.index(ofSlot: error.slot) else { return }
      let instruction = program.instructions[index]
      assembly = Self.text { Disassembler.write(instruction, to: &$0) }
      opcode = (instruction.encoded?.0.opcode).map { $0.hexadecimalDigits(2) }
    }
  }

  /// A program that is none: one of its instructions is not valid by itself.
  init(_ reason: DecodingError.Reason, at slot: Int) {
    accepted = false
    instruction = slot
    self.reason = "\(reason.text)"
  }

  /// A function that is no program.
  init(_ failure: ProgramObject.Failure) {
    accepted = false
    name = String(decoding: failure.name, as: UTF8.self)
    section = String(decoding: failure.section, as: UTF8.self)
    if case .invalid(let decoding) = failure.error.reason {
      instruction = failure.error.place
      reason = "\(decoding.text)"
    } else {
      reason = "\(failure.error)"
    }
  }

  private static func text(_ write: (inout TextWriter) -> Void) -> String {
    var text = TextWriter()
    write(&text)
    return text.string
  }

  /// Accepted: one line. Refused: the registers, the instruction and the reason, as the Linux verifier's log ends.
  var text: String { (log ?? []).map { "\($0)\n" }.joined() + verdict }

  private var verdict: String {
    let title = name.map { "\($0.terminalLine) (section \((section ?? "").terminalLine)): " } ?? ""
    guard !accepted else {
      return title
        + "accepted: \(slots ?? 0) slots, \(explored ?? 0) instructions explored, \(states ?? 0) states kept, "
        + "call depth \(depth ?? 1)\n"
    }
    var text = title + "refused\n"
    guard let place = instruction else { return text + "  \((reason ?? "").terminalLine)\n" }
    if let source { text += "  \(source.comment)\n" }
    if let registers { text += "  \(place): \(registers)\n" }
    if let assembly { text += "  \(place): (\(opcode ?? "")) \(assembly)\n" }
    return text + "  instruction \(place): \(reason ?? "")\n"
  }
}
