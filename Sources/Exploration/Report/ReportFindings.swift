/// What all parts of the page are made from.
struct ReportFindings {
  let results: ExplorationResults
  let pictures: ReportPictures
  /// The results that are shown.
  let shown: [Criterion]
  let cost: Criterion?
  let gain: Criterion?
  /// The places of points that have both cost and gain, and their front.
  let judged: [Int]
  let front: ParetoFront?
  /// The baseline's place among the points.
  private(set) var baseline: Int?
  /// Which parameters differ between points; all if none does.
  private let telling: [Int]

  /// Points whose distributions are drawn.
  static let pictureMax = 12

  init(_ results: ExplorationResults, readPictures: ([Int]) throws -> ReportPictures) rethrows {
    self.results = results
    shown = results.shownNames.map(results.criterion)
    (cost, gain) = (results.cost, results.gain)
    let points = results.points
    let number = results.baseline?.number
    baseline = number.flatMap { number in points.firstIndex { $0.number == number } }
    if let cost, let gain {
      judged = points.indices.filter {
        points[$0].estimates[cost.result] != nil && points[$0].estimates[gain.result] != nil
      }
      front =
        judged.isEmpty
        ? nil
        : ParetoFront(
          judged.compactMap { place in
            guard let x = points[place].estimates[cost.result], let y = points[place].estimates[gain.result] else {
              return nil
            }
            return (x, y)
          }, x: cost, y: gain)
    } else {
      (judged, front) = ([], nil)
    }
    let parameters = results.plan.file.parameters.indices
    let different = parameters.filter { place in points.contains { $0.labels[place] != points[0].labels[place] } }
    telling = different.isEmpty ? Array(parameters) : different
    var drawn = points.indices.filter { points[$0].runs > points[$0].failed }.prefix(Self.pictureMax).map { $0 }
    if let baseline, !drawn.contains(baseline) { drawn.append(baseline) }
    pictures = try readPictures(drawn)
  }

  /// A point by the values that tell it from others.
  func name(_ place: Int) -> String {
    let labels = results.points[place].labels
    return telling.map { labels[$0] }.joined(separator: ", ")
  }

  func estimate(_ place: Int, _ result: String) -> Estimate? { results.points[place].estimates[result] }

  /// The same, with nothing that points are compared with.
  var withoutBaseline: ReportFindings {
    var copy = self
    copy.baseline = nil
    return copy
  }

  /// The baseline's value of a result.
  func base(_ result: String) -> Estimate? { baseline.flatMap { estimate($0, result) } }

  /// The standing of each judged point, by its place.
  var standings: [Int: ParetoFront.Standing] {
    guard let front else { return [:] }
    return Dictionary(uniqueKeysWithValues: zip(judged, front.standings))
  }

  /// The places of points on the front, the cheapest first.
  var frontPlaces: [Int] { front?.front.map { judged[$0] } ?? [] }

  /// Points were run once each: nobody knows how much another seed would change.
  var isSingle: Bool { results.plan.file.repeats == 1 }

  /// Names of points, so many of them, and how many there are besides.
  func list(_ places: some Collection<Int>, max: Int = 8) -> String {
    let names = places.prefix(max).map { name($0) }.joined(separator: "; ")
    return places.count > max ? "\(names); and \(PageNumbers.count(places.count - max, "other"))" : names
  }
}
