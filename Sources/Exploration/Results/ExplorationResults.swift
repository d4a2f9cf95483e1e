import ResultDatabases
import Scenarios

/// What an exploration's database has so far, by points.
public struct ExplorationResults: Sendable {
  /// One point with the estimates of all its runs that were done.
  public struct Point: Sendable {
    public var number: Int
    /// In the order of the parameters.
    public var labels: [String]
    public var design: String
    public var runs: Int
    /// Runs that did not come to what the scenario expects; their results do not count.
    public var failed: Int
    /// Why the first of them failed; empty if none has.
    public var reason: String
    /// By names of results.
    public var estimates: [String: Estimate]
  }

  public let header: ExplorationHeader
  public let plan: ExplorationPlan
  /// The names of all results, in the order in which runs have them.
  public let names: [String]
  /// Those of which runs are done, in the order of the plan.
  public private(set) var points: [Point]
  public let attacks: [String: AttackCounts]
  /// By the numbers of the points.
  public let campaigns: [Int: PointCampaign]
  /// Runs that are done.
  public let done: Int
  /// Runs of this part.
  public let wanted: Int

  public var isDone: Bool { done == wanted }
  public var failed: Int { points.reduce(0) { $0 + $1.failed } }

  /// - Parameter isShort: of the points only what reports show is kept: a large exploration has more than anybody has memory for.
  public init(_ store: ExplorationStore, isShort: Bool = false) throws {
    let header = try store.requireHeader()
    let plan = try header.plan()
    let kept = isShort ? Self.shortNames(plan.file) : nil
    let attacks = try store.attacks()
    let campaigns = try store.campaigns()
    var names = NameOrder()
    var points: [Point] = []
    var current: (point: Point, values: [String: [Double]])?
    func finish() {
      guard let (begun, values) = current else { return }
      var point = begun
      point.estimates = values.mapValues { Estimate($0) }
      points.append(point)
      current = nil
    }
    var done = 0
    try store.visit(withPictures: false) { record in
      done += 1
      let number = plan.pointNumber(ofRun: record.number)
      if current?.point.number != number {
        finish()
        current = (
          Point(
            number: number, labels: plan.labels(ofPoint: number), design: record.design, runs: 0, failed: 0, reason: "",
            estimates: [:]), [:]
        )
      }
      current?.point.runs += 1
      guard record.passed else {
        current?.point.failed += 1
        if current?.point.reason.isEmpty == true { current?.point.reason = "\(record.outcome): \(record.reason)" }
        return
      }
      let results = Self.results(of: record, plan, attacks, campaigns)
      names.add(results.values.map(\.name))
      for (name, value) in results.values where kept?.contains(name) ?? true {
        current?.values[name, default: []].append(value)
      }
    }
    finish()
    (self.header, self.plan, self.attacks, self.campaigns) = (header, plan, attacks, campaigns)
    (self.points, self.done, self.names) = (points, done, names.names)
    wanted = (0..<header.runCount).count { header.part.contains($0) }
  }

  /// The labels of a point that are contexts.
  private func context(of point: Point) -> [String] {
    zip(plan.file.parameters, point.labels).filter { $0.0.role == .context }.map(\.1)
  }

  /// The results by contexts, in the order in which points have them, each with what tells it from others: what is compared
  /// is compared within one. Empty names if there is but one.
  var byContext: [(name: String, results: ExplorationResults)] {
    var order: [[String]] = []
    var members: [[String]: [Point]] = [:]
    for point in points {
      let context = context(of: point)
      if members[context] == nil { order.append(context) }
      members[context, default: []].append(point)
    }
    guard order.count > 1 else { return [("", self)] }
    let parameters = plan.file.parameters.filter { $0.role == .context }.map(\.name)
    let telling = parameters.indices.filter { place in order.contains { $0[place] != order[0][place] } }
    return order.map { context in
      var part = self
      part.points = members[context] ?? []
      return (telling.map { "\(parameters[$0]) = \(context[$0])" }.joined(separator: ", "), part)
    }
  }

  /// All results of a run.
  func results(of record: RunRecord) -> RunResults { Self.results(of: record, plan, attacks, campaigns) }

  private static func results(
    of record: RunRecord, _ plan: ExplorationPlan, _ attacks: [String: AttackCounts], _ campaigns: [Int: PointCampaign]
  ) -> RunResults {
    let campaign = campaigns[plan.pointNumber(ofRun: record.number)]
    return RunResults(
      record, attacks: attacks[record.design],
      campaign: campaign?.results(confidence: plan.file.campaign?.confidence ?? 0.95) ?? [])
  }

  /// The point that others are compared with: the first that has the labels of the exploration's baseline; nil if there is none.
  public var baseline: Point? {
    plan.file.baseline.isEmpty ? nil : point(plan.file.baseline)
  }

  /// The first point with these labels.
  public func point(_ labels: [String: String]) -> Point? {
    points.first { plan.file.has(labels, in: $0.labels) }
  }

  /// What is shown first: the exploration's goals, or else throughput and latency of each span.
  public var shownNames: [String] {
    Self.candidates(plan.file).lazy.map { $0.filter(names.contains) }.first { !$0.isEmpty } ?? []
  }

  /// What reports show.
  private static func shortNames(_ file: ExplorationFile) -> Set<String> {
    let others =
      ["attacks.succeeded", "attacks.held", "campaign.lower", "campaign.upper", "clockHertz"]
      + file.references.map(\.result)
    return Set(candidates(file).joined() + others)
  }

  /// What may be shown first, the best choice first.
  private static func candidates(_ file: ExplorationFile) -> [[String]] {
    [
      file.goals.map(\.result), file.spans.flatMap { ["\($0.name).perSecond", "\($0.name).p50", "\($0.name).p99"] },
      ["cycles", "instructions"],
    ]
  }
}

/// Names in the order in which they first came, each before those that follow it in any list.
private struct NameOrder {
  private(set) var names: [String] = []
  private var places: Set<String> = []

  mutating func add(_ more: [String]) {
    var last: String?
    for name in more {
      if places.insert(name).inserted {
        let place = last.flatMap { names.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
        names.insert(name, at: place)
      }
      last = name
    }
  }
}
