import Pages

extension AttackMatrix {
  /// One HTML file that needs nothing else (``ReportDocument``).
  public var html: String {
    ReportDocument(title: "Attacks and isolation designs", body: MatrixTemplate.body, style: MatrixTemplate.style)
      .render(MatrixPage(self))
  }
}
