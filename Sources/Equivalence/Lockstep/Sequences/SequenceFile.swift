import Hexadecimal
import OutputFiles

/// A program that showed a disagreement, as a file that shows it again.
public struct SequenceFile: ProgramFile {
  public static let suffix = ".sequence.json"
  public static let kindName = "uio-lockstep-sequence"
  public static let content = "program for lockstep"

  public private(set) var kind = Self.kindName
  public let seed: UInt64
  public let index: UInt64
  var memorySeed: UInt64
  var privilege: UInt8
  var flags: UInt64
  /// RAX RCX RDX RBX RSP RBP RSI RDI R8…R15, hexadecimal.
  var registers: [String]
  /// One slot each: its bytes in hexadecimal, and what they are.
  var slots: [String]
  /// What was different when the file was written.
  var differences: [String]

  public init(seed: UInt64, _ disagreement: SequenceCheck.Disagreement) {
    let sequence = disagreement.sequence
    (self.seed, index, memorySeed) = (seed, disagreement.index, sequence.memorySeed)
    (privilege, flags) = (sequence.privilege, sequence.flags)
    registers = sequence.registers.map { $0.hexadecimal }
    slots = sequence.listing
    differences = disagreement.items
  }

  /// The program.
  ///
  /// - Throws: ``OutputError`` with what is wrong in the file.
  public static func sequence(path: String) throws(OutputError) -> Sequence {
    try read(path: path).sequence(path: path)
  }

  private func sequence(path: String) throws(OutputError) -> Sequence {
    guard privilege == 0 || privilege == 3 else {
      throw OutputError(path: path, problem: "the privilege is \(privilege), not 0 or 3")
    }
    guard slots.count <= Sequence.slotsMax else {
      throw OutputError(path: path, problem: "has \(slots.count) slots; at most \(Sequence.slotsMax) fit")
    }
    var program = Sequence(memorySeed: memorySeed, privilege: privilege, registers: [], flags: flags, slots: [])
    for (index, text) in registers.prefix(16).enumerated() {
      program.registers.append(try Self.register(text, path: path, place: "$.registers[\(index)]"))
    }
    for line in slots {
      let parts = line.split(separator: "  ", maxSplits: 1)
      guard let code = HexadecimalBytes.parse((parts.first ?? "").utf8), !code.isEmpty, code.count <= Sequence.codeMax
      else {
        throw OutputError(path: path, problem: "the slot \"\(line)\" is not 1 to \(Sequence.codeMax) bytes of code")
      }
      program.slots.append(.init(code: code, name: parts.count > 1 ? String(parts[1]) : ""))
    }
    return program
  }
}
