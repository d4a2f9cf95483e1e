/// One thing that is wrong with a scenario: where, what, and how to mend it.
public struct ScenarioProblem: Equatable, Sendable, CustomStringConvertible {
  /// The scenario's path as the user gave it.
  public var file: String
  public var position: JSONPosition?
  /// Where in the value: `$.script[2].within`.
  public var path: String
  public var problem: String
  public var remedy: String
  /// The scenario is sound, but this host has too little of something for it.
  public var isHostShortage: Bool

  public init(
    file: String, position: JSONPosition?, path: String, problem: String, remedy: String, isHostShortage: Bool = false
  ) {
    self.file = file
    self.position = position
    self.path = path
    self.problem = problem
    self.remedy = remedy
    self.isHostShortage = isHostShortage
  }

  /// `FILE:LINE:COLUMN: PATH: problem; remedy`, one line.
  public var description: String {
    let place = position.map { "\(file):\($0)" } ?? file
    return "\(place): \(path): \(problem); \(remedy)"
  }
}

/// Everything that is wrong with one scenario; never empty.
public struct ScenarioProblems: Error, Equatable, Sendable, CustomStringConvertible {
  public var problems: [ScenarioProblem]

  public init(_ problems: [ScenarioProblem]) {
    self.problems = problems
  }

  /// Nothing is wrong but that the host has too little of something.
  public var isHostShortage: Bool { problems.allSatisfy(\.isHostShortage) }

  public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Collects the problems of one file while it is read, so that one run of `validate` shows them all.
package final class ProblemList {
  /// More would only bury the first.
  static let countMax = 20

  package let file: String
  package private(set) var problems: [ScenarioProblem] = []

  package init(file: String) {
    self.file = file
  }

  package func add(_ position: JSONPosition?, _ path: String, _ problem: String, _ remedy: String) {
    guard problems.count < Self.countMax else { return }
    problems.append(.init(file: file, position: position, path: path, problem: problem, remedy: remedy))
  }

  package func add(_ node: JSONNode, _ path: String, _ problem: String, _ remedy: String) {
    add(node.position, path, problem, remedy)
  }
}
