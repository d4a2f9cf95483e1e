import EBPFEngine
import Hexadecimal

/// The steps of a verdict as lines, in the manner of the Linux verifier's log: what is known, then the instruction.
struct VerifierLog {
  private(set) var lines: [String] = []
  private let program: Program
  private let source: SourceLines
  private var previous = 0

  init(_ program: Program, _ source: SourceLines) {
    self.program = program
    self.source = source
  }

  mutating func note(_ event: VerifierEvent) {
    switch event {
    case .explores(let slot, let known):
      if let line = source.line(startingAt: slot) { lines.append(Verdict.Source(line).comment) }
      lines.append("\(slot): \(known)")
      if let index = program.index(ofSlot: slot) {
        let instruction = program.instructions[index]
        var text = TextWriter()
        Disassembler.write(instruction, to: &text)
        let opcode = (instruction.encoded?.0.opcode).map { $0.hexadecimalDigits(2) } ?? ""
        lines.append("\(slot): (\(opcode)) \(text.string)")
      }
      previous = slot
    case .covered(let slot): lines.append("from \(previous) to \(slot): safe")
    case .sumsUp(let slot): lines.append("from here on, all further rounds of the loop at \(slot):")
    case .beginsAgain:
      lines.append("this proof does not hold for all rounds at once; again from the start, with the rounds one by one:")
      previous = 0
    case .resumes(let slot):
      lines.append("now the way left for later to \(slot):")
      previous = slot
    }
  }
}
