/// How a run ended, in design's words.
public enum Outcome: String, CaseIterable, Sendable {
  case completed
  case contained
  case detected
  case escaped
  case corrupted
  case hung
  case crashed
  case simulatorDefect = "simulator-defect"
}
