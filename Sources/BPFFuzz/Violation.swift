import EBPFEngine

/// A promise of the engine that some input broke.
public struct Violation: Error, CustomStringConvertible, Sendable {
  public let description: String

  init(_ description: String, _ program: Program? = nil) {
    let text = program.map { "\n" + String(decoding: Disassembler.disassemble($0), as: UTF8.self) } ?? ""
    self.description = description + text
  }
}

/// How far an input got; libFuzzer needs none of it, tests count it.
public enum FuzzOutcome: Sendable {
  case notAProgram, refused, accepted
}
