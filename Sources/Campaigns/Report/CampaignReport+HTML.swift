import Pages

extension CampaignReport {
  /// One HTML file that needs nothing else (``ReportDocument``).
  public var html: String {
    ReportDocument(
      title: "{{title}}: fault injection campaign", body: ReportTemplate.body,
      partials: ["map": ReportTemplate.map, "drawing": ReportTemplate.drawing]
    ).render(ReportPage(self))
  }
}
