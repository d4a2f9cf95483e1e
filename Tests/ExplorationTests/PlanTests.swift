import Testing

@testable import Exploration

@Suite struct PlanTests {
  private func plan(_ members: String) throws -> ExplorationPlan {
    try ExplorationPlan(ExplorationFile(path: "x.json", text: Array("{\"scenario\": \"s.json\", \(members)}".utf8)))
  }

  private let two =
    #""parameters": [{"name": "a", "pointer": "/a", "values": ["x", "y", "z"]}, {"name": "b", "pointer": "/b", "from": 1, "to": 100, "steps": 3, "scale": "log"}]"#

  @Test func aGridHasEachWithEach() throws {
    let labels = try plan(two).points.map { $0.map(\.label) }
    #expect(
      labels == [
        ["x", "1"], ["x", "10"], ["x", "100"], ["y", "1"], ["y", "10"], ["y", "100"], ["z", "1"], ["z", "10"],
        ["z", "100"],
      ])
    let left = try plan(#"\#(two), "skip": [{"a": ["x", "y"], "b": "10"}, {"a": "z"}]"#).points.map { $0.map(\.label) }
    #expect(left == [["x", "1"], ["x", "100"], ["y", "1"], ["y", "100"]])
  }

  private static func range(_ name: String) -> String {
    #"{"name": "\#(name)", "pointer": "/\#(name)", "from": 0, "to": 50000, "integer": true}"#
  }

  /// Each parameter's range has exactly one point in each of as many equal parts.
  @Test func aLatinHypercubeHasEveryPartOnce() throws {
    let plan = try plan(
      #""sampling": {"latinHypercube": 50}, "seed": 3, "parameters": [\#(Self.range("a")), \#(Self.range("b"))]"#
    )
    for column in 0..<2 {
      let parts = plan.points.map { Int(Double($0[column].label)! / 1000) }
      #expect(Set(parts).count >= 49)
    }
    #expect(plan.points.map { $0.map(\.label) } != plan.points.map { $0.map(\.label) }.sorted { $0[0] < $1[0] })
  }

  @Test func theSameSeedDrawsTheSamePoints() throws {
    let members =
      #""sampling": {"random": 20}, "parameters": [{"name": "a", "pointer": "/a", "from": 0, "to": 1, "integer": false}]"#
    let first = try plan(#""seed": 1, \#(members)"#).points.map { $0[0].label }
    #expect(try plan(#""seed": 1, \#(members)"#).points.map { $0[0].label } == first)
    #expect(try plan(#""seed": 2, \#(members)"#).points.map { $0[0].label } != first)
    #expect(first.allSatisfy { (0...1).contains(Double($0)!) })
  }

  @Test func runsOfAPointHaveSeedsThatFollowEachOther() throws {
    let plan = try plan(#"\#(two), "repeats": 3, "seed": 7"#)
    #expect(plan.runCount == 27)
    #expect((0..<4).map { plan.seed(ofRun: $0) } == [7, 8, 9, 7])
    #expect(plan.pointNumber(ofRun: 5) == 1)
  }

  @Test func quantilesAreExactToAThirtySecond() throws {
    var distribution = Distribution()
    for value in 1...100_000 { distribution.add(UInt64(value)) }
    for share in [0.01, 0.5, 0.9, 0.99, 0.999] {
      let exact = 100_000 * share
      #expect(abs(Double(distribution.quantile(share)) - exact) <= exact / 32)
    }
    #expect(distribution.quantile(0) == 1)
    #expect(distribution.quantile(1) == 100_000)
    #expect(Distribution(distribution.text) == distribution)
    #expect(Distribution("1 2") == nil)
    #expect(Distribution("1 0 1 99999:1") == nil)
  }

  @Test func intervalsAreStudents() {
    let estimate = Estimate([10, 12, 14])
    #expect(estimate.mean == 12)
    // 4.303 times the standard deviation 2 by the root of 3.
    #expect(abs(estimate.halfWidth! - 4.303 * 2 / 3.0.squareRoot()) < 1e-9)
    #expect(!estimate.differs(from: Estimate([11, 13, 15])))
    #expect(estimate.differs(from: Estimate([30, 31, 32])))
    #expect(Estimate([1]).differs(from: Estimate([2])))
    #expect(!Estimate([1]).differs(from: Estimate([1])))
  }
}
