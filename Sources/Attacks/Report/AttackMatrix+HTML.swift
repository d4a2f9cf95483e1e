import Campaigns
import Mustache

extension AttackMatrix {
  /// One HTML file that needs nothing else: no network, no scripts. It is well-formed XML too.
  public var html: String {
    MustacheContentTypes.register(ReportEscaping(), named: ReportEscaping.name)
    do {
      let template = try MustacheTemplate(string: MatrixTemplate.page)
      let library = MustacheLibrary(templates: [
        "style": try MustacheTemplate(string: ReportTemplate.style + "\n" + MatrixTemplate.style)
      ])
      return template.render(MatrixPage(self), library: library)
    } catch {
      preconditionFailure("the template is a constant: \(error)")
    }
  }
}
