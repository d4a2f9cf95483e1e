import Scenarios

/// What somebody has measured on a real machine: lines of tab-separated group, name, value and unit, with a line of titles.
public struct MeasurementTable: Equatable, Sendable {
  public struct Entry: Equatable, Sendable {
    public var group: String
    public var name: String
    public var value: Double
    public var unit: String
  }

  public let text: String
  public let entries: [Entry]

  private static let titles = ["group", "name", "median", "unit"]
  private static let units = ["seconds", "cycles", "requests/s", "bytes"]
  private static let bytesMax = 1 << 20

  /// - Throws: ``ScenarioProblems`` that name the file, the line and the mend.
  public init(path: String) throws(ScenarioProblems) {
    let bytes = try readText(path: path, bytesMax: Self.bytesMax)
    try self.init(String(decoding: bytes, as: UTF8.self), path: path)
  }

  /// - Parameter path: what messages call it.
  public init(_ text: String, path: String) throws(ScenarioProblems) {
    let problems = ProblemList(file: path)
    self.text = text
    var entries: [Entry] = []
    var names: Set<String> = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let place = JSONPosition(line: index + 1, column: 1)
      func complain(_ problem: String, _ remedy: String) { problems.add(place, "line", problem, remedy) }
      if index == 0 {
        if fields != Self.titles {
          complain("is no line of titles", "write \(Self.titles.joined(separator: ", ")) with tabs between them")
        }
        continue
      }
      if line.isEmpty { continue }
      guard fields.count == 4, let value = Double(fields[2]), value.isFinite, value > 0 else {
        complain("has no group, name, positive number and unit", "write these four with tabs between them")
        continue
      }
      let name = "\(fields[0])/\(fields[1])"
      if !Self.units.contains(fields[3]) {
        complain(
          "\"\(fields[3])\" is no unit that results have", remedyForName(fields[3], among: Self.units, noun: "unit"))
      }
      if !names.insert(name).inserted { complain("\"\(name)\" is there twice", "keep one of them") }
      entries.append(Entry(group: fields[0], name: fields[1], value: value, unit: fields[3]))
    }
    guard problems.problems.isEmpty else { throw ScenarioProblems(problems.problems) }
    self.entries = entries
  }

  /// The measurement of a name, or of `GROUP/NAME`; nil if there is none, or several groups have the name.
  public subscript(name: String) -> Entry? {
    let named = entries.filter { $0.name == name || "\($0.group)/\($0.name)" == name }
    return named.count == 1 ? named[0] : nil
  }

  /// - Throws: for references to what the table has not.
  func check(_ references: [Reference], file: String) throws(ScenarioProblems) {
    let problems = ProblemList(file: file)
    for (index, reference) in references.enumerated() {
      if reference.base == nil, reference.part != .notModelled, let entry = self[reference.side.measured] {
        let isRate = reference.result.hasSuffix(".perSecond")
        if isRate != (entry.unit == "requests/s") || reference.result.hasSuffix(".bytes") != (entry.unit == "bytes") {
          problems.add(
            nil, "$.references[\(index)].result", "\"\(reference.result)\" is not measured in \(entry.unit)",
            "name a result of the same kind, or a base")
        }
      }
      for (key, name) in [("measured", reference.side.measured), ("baseMeasured", reference.base?.measured)] {
        guard let name, self[name] == nil else { continue }
        problems.add(
          nil, "$.references[\(index)].\(key)", "no one thing called \"\(name)\" was measured",
          remedyForName(name, among: entries.map { "\($0.group)/\($0.name)" }, noun: "measurement"))
      }
    }
    guard problems.problems.isEmpty else { throw ScenarioProblems(problems.problems) }
  }
}
