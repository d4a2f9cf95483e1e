/// A part of the page of an exploration: what its template reads, by the names of the template.
protocol ReportSection {
  /// By which the page's template finds it.
  static var name: String { get }
  static var title: String { get }
  /// Between the title and the end of the section, in Mustache's language. No value may be written without being escaped.
  static var template: String { get }
  /// Rules beyond those that all reports have.
  static var style: String { get }
}

extension ReportSection {
  static var style: String { "" }
}
