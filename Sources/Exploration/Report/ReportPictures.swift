/// Distributions and time lines of some points, with all repeats of each together.
struct ReportPictures: Sendable {
  struct Point: Sendable {
    /// Its place among the results' points.
    var place: Int
    /// In the order of the run's spans.
    var distributions: [(name: String, value: Distribution)] = []
    /// The longest occurrence of each span.
    var timelines: [(name: String, value: Timeline)] = []

    fileprivate func hasSame(_ one: String, _ other: String) -> Bool {
      distributions.first { $0.name == one }?.value == distributions.first { $0.name == other }?.value
        && timelines.first { $0.name == one }?.value == timelines.first { $0.name == other }?.value
    }
  }

  let points: [Point]

  /// None.
  init() { points = [] }

  /// - Parameter places: of the points to read.
  init(_ store: ExplorationStore, _ results: ExplorationResults, places: [Int]) throws {
    let repeats = Int(results.plan.file.repeats)
    points = try places.map { place in
      var point = Point(place: place)
      let first = results.points[place].number * repeats
      try store.visit(runs: first..<first + repeats) { record in
        guard record.passed else { return }
        for (name, distribution) in record.measurements.distributions {
          if let known = point.distributions.firstIndex(where: { $0.name == name }) {
            point.distributions[known].value.add(distribution)
          } else {
            point.distributions.append((name, distribution))
          }
        }
        for (name, timeline) in record.measurements.timelines {
          if let known = point.timelines.firstIndex(where: { $0.name == name }) {
            if timeline.duration > point.timelines[known].value.duration { point.timelines[known].value = timeline }
          } else {
            point.timelines.append((name, timeline))
          }
        }
      }
      return point
    }
  }

  /// The names of spans, in the order in which points have them; those that are the same everywhere share a title.
  var spans: [(name: String, title: String)] {
    var names: [String] = []
    for (name, _) in points.flatMap(\.distributions) where !names.contains(name) { names.append(name) }
    var spans: [(name: String, title: String)] = []
    for name in names {
      if let same = spans.firstIndex(where: { span in points.allSatisfy { $0.hasSame(span.name, name) } }) {
        spans[same].title += ", \(name)"
      } else {
        spans.append((name, name))
      }
    }
    return spans
  }
}
