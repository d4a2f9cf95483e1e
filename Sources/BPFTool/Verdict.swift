import EBPFEngine
import Hexadecimal
import TerminalText

/// What the verifier says of one program; JSON has these fields, those that do not apply left out.
struct Verdict: Encodable {
  /// Function and section in an object.
  var name: String?
  var section: String?
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
  /// What was known before each instruction that was explored, if that is wanted.
  var log: [String]?

  /// Verifies a program.
  init(_ program: Program, _ environment: VerifierEnvironment, isLogged: Bool = false) {
    var log = VerifierLog(program)
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
    let place = instruction ?? 0
    var text = title + "refused\n"
    if let registers { text += "  \(place): \(registers)\n" }
    if let assembly { text += "  \(place): (\(opcode ?? "")) \(assembly)\n" }
    return text + "  instruction \(place): \(reason ?? "")\n"
  }
}
