/// An expectation of a scenario that did not hold, or a step of its script that could not be played.
public struct UnmetExpectation: Equatable, Sendable {
  /// What was expected, without what came instead: the same for the same expectation wherever it stands in a scenario,
  /// whenever it failed.
  public var subject: String
  /// All about it, for people.
  public var text: String

  /// - Parameter subject: the text itself, if that holds nothing but what was expected.
  public init(_ text: String, subject: String? = nil) {
    self.text = text
    self.subject = subject ?? text
  }

  /// The subject where the outcome is another one than expected.
  public static let outcome = "outcome"
}
