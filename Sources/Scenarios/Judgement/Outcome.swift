/// How a run ended, in design's words, the first that holds.
public enum Outcome: String, CaseIterable, Sendable {
  case simulatorDefect = "simulator-defect"
  /// An extension changed what the design promises that it does not.
  case escaped
  /// A secret reached where it must not be.
  case leaked
  case crashed
  case hung
  /// A value is another than expected, and nobody complained.
  case corrupted
  /// A fault or a refused load, and the application showed no sign of life afterwards.
  case detected
  /// The design stopped an extension, by the host's own evidence, and the application went on.
  case contained
  case completed
}
