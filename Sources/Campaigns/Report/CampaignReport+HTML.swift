import Mustache

extension CampaignReport {
  /// One HTML file that needs nothing else: no network, no scripts. It is well-formed XML too.
  public var html: String {
    MustacheContentTypes.register(ReportEscaping(), named: ReportEscaping.name)
    do {
      let template = try MustacheTemplate(string: ReportTemplate.page)
      let library = MustacheLibrary(templates: [
        "style": try MustacheTemplate(string: ReportTemplate.style),
        "map": try MustacheTemplate(string: ReportTemplate.map),
        "drawing": try MustacheTemplate(string: ReportTemplate.drawing),
      ])
      return template.render(ReportPage(self), library: library)
    } catch {
      preconditionFailure("the template is a constant: \(error)")
    }
  }
}
