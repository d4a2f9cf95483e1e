import Foundation
import OutputFiles
import Scenarios

/// A program that showed a disagreement, as a file that shows it again.
public struct SequenceFile: Codable, Sendable {
  /// What such files are called at their end.
  public static let suffix = ".sequence.json"
  private static let kindName = "uio-lockstep-sequence"
  private static let bytesMax = 1 << 20

  var kind = Self.kindName
  /// Where the program came from.
  var seed: UInt64
  var index: UInt64
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
    registers = sequence.registers.map { "0x" + String($0, radix: 16) }
    slots = sequence.listing
    differences = disagreement.items
  }

  /// The program.
  ///
  /// - Throws: ``OutputError`` with what is wrong in the file.
  public static func sequence(path: String) throws(OutputError) -> Sequence {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw OutputError(path: path, problem: "cannot be read")
    }
    guard data.count <= bytesMax else { throw OutputError(path: path, problem: "is larger than any program") }
    let file: SequenceFile
    do { file = try JSONDecoder().decode(SequenceFile.self, from: data) } catch {
      throw OutputError(path: path, problem: "is no program for lockstep: \(error.localizedDescription)")
    }
    return try file.sequence(path: path)
  }

  private func sequence(path: String) throws(OutputError) -> Sequence {
    guard kind == Self.kindName else { throw OutputError(path: path, problem: "is of the kind \"\(kind)\"") }
    guard privilege == 0 || privilege == 3 else {
      throw OutputError(path: path, problem: "the privilege is \(privilege), not 0 or 3")
    }
    guard slots.count <= Sequence.slotsMax else {
      throw OutputError(path: path, problem: "has \(slots.count) slots; at most \(Sequence.slotsMax) fit")
    }
    var program = Sequence(memorySeed: memorySeed, privilege: privilege, registers: [], flags: flags, slots: [])
    for text in registers.prefix(16) {
      guard text.hasPrefix("0x"), let value = UInt64(text.dropFirst(2), radix: 16) else {
        throw OutputError(path: path, problem: "the register \"\(text)\" is no hexadecimal number")
      }
      program.registers.append(value)
    }
    for line in slots {
      let parts = line.split(separator: "  ", maxSplits: 1)
      let code = (parts.first ?? "").split(separator: " ").map { UInt8($0, radix: 16) }
      guard !code.contains(nil), !code.isEmpty, code.count <= Sequence.codeMax else {
        throw OutputError(path: path, problem: "the slot \"\(line)\" is not 1 to \(Sequence.codeMax) bytes of code")
      }
      program.slots.append(.init(code: code.compactMap { $0 }, name: parts.count > 1 ? String(parts[1]) : ""))
    }
    return program
  }

  /// Writes the file into `folder`, and returns its path.
  public func write(into folder: String) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let path = "\(folder)/\(seed)-\(index)\(Self.suffix)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path), options: .atomic)
    return path
  }
}
