import TerminalText

/// What came of several scenarios, as the XML that continuous integration reads: one `testcase` each.
///
/// The elements and attributes are those of the schema that Jenkins' plugin xunit publishes as junit-10.xsd.
public struct JUnitReport: Sendable {
  /// One scenario.
  public struct Case: Sendable {
    public var name: String
    /// The scenario's file as the user gave it.
    public var file: String
    /// What the host took.
    public var seconds: Double
    public var verdict: Verdict
    /// What the consoles showed.
    public var output: String

    public init(name: String, file: String, seconds: Double, verdict: Verdict, output: String = "") {
      self.name = name
      self.file = file
      self.seconds = seconds
      self.verdict = verdict
      self.output = output
    }
  }

  public enum Verdict: Equatable, Sendable {
    case passed
    /// The run is not as the scenario expects: the outcome, and every expectation that did not hold.
    case failed(outcome: String, failures: [String])
    /// There is no result: what kind of obstacle, and what was in the way.
    case error(kind: String, message: String)
    /// There was nothing to run.
    case skipped(String)
  }

  public var cases: [Case]

  public init(_ cases: [Case]) {
    self.cases = cases
  }

  /// The document, in UTF-8.
  public var text: String {
    let counts =
      "tests=\"\(cases.count)\" failures=\"\(count { if case .failed = $0 { true } else { false } })\" "
      + "errors=\"\(count { if case .error = $0 { true } else { false } })\""
    let skipped = count { if case .skipped = $0 { true } else { false } }
    let time = Self.decimal(cases.reduce(0) { $0 + $1.seconds })
    let lines =
      [
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
        "<testsuites name=\"sim\" \(counts) time=\"\(time)\">",
        "  <testsuite name=\"scenarios\" \(counts) skipped=\"\(skipped)\" time=\"\(time)\">",
      ] + cases.map(Self.element) + ["  </testsuite>", "</testsuites>", ""]
    return lines.joined(separator: "\n")
  }

  private func count(_ isCounted: (Verdict) -> Bool) -> Int { cases.count { isCounted($0.verdict) } }

  private static func element(_ item: Case) -> String {
    let start =
      "    <testcase classname=\"scenarios\" name=\"\(escaped(item.name))\" file=\"\(escaped(item.file))\" "
      + "time=\"\(decimal(item.seconds))\""
    var content: [String] = []
    switch item.verdict {
    case .passed: break
    case .failed(let outcome, let failures):
      content.append(tag("failure", message: failures.first ?? outcome, type: outcome, text: failures))
    case .error(let kind, let message):
      content.append(
        tag(
          "error", message: message.split(separator: "\n").first.map(String.init) ?? kind, type: kind, text: [message]))
    case .skipped(let reason): content.append("      <skipped message=\"\(escaped(reason))\"/>")
    }
    if !item.output.isEmpty {
      content.append("      <system-out>\(escaped(item.output, isAttribute: false))</system-out>")
    }
    return content.isEmpty ? start + "/>" : ([start + ">"] + content + ["    </testcase>"]).joined(separator: "\n")
  }

  private static func tag(_ name: String, message: String, type: String, text: [String]) -> String {
    "      <\(name) message=\"\(escaped(message))\" type=\"\(escaped(type))\">"
      + "\(escaped(text.joined(separator: "\n"), isAttribute: false))</\(name)>"
  }

  /// Thousandths, rounded down.
  private static func decimal(_ seconds: Double) -> String {
    let thousandths = Int(seconds * 1000)
    let fraction = "\(thousandths % 1000)"
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }

  /// For text and attributes. XML 1.0 has no way to write most control characters, nor U+FFFE and U+FFFF, so they are
  /// spelt out; an attribute's ends of lines would become blanks.
  private static func escaped(_ text: String, isAttribute: Bool = true) -> String {
    var escaped = ""
    for scalar in text.terminalText.unicodeScalars {
      switch scalar {
      case "\n" where isAttribute: escaped += "&#10;"
      case "\t" where isAttribute: escaped += "&#9;"
      default: escaped += scalar.markupEscape ?? String(scalar)
      }
    }
    return escaped
  }
}
