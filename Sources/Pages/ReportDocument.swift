import Mustache

/// A report as one HTML file that needs nothing else: no network, no scripts. It is well-formed XML too.
package struct ReportDocument {
  /// What stands in the page's head, and between `<body>` and its end: in Mustache's language. Values are escaped by ``ReportEscaping``;
  /// none may be written without.
  var title: String
  var body: String
  /// Rules beyond those that all reports have.
  var style: String
  /// Templates that the body includes, by name. The library gives a partial its own escaping unless the partial names another.
  var partials: [String: String]

  package init(title: String, body: String, style: String = "", partials: [String: String] = [:]) {
    (self.title, self.body, self.style, self.partials) = (title, body, style, partials)
  }

  private var template: String {
    """
    {{% CONTENT_TYPE:REPORT}}<!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8"/>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <meta name="color-scheme" content="light dark"/>
    <title>\(title)</title>
    <style>
    {{> style}}
    </style>
    </head>
    <body>
    \(body)
    </body>
    </html>

    """
  }

  /// - Parameter page: has what the templates name.
  package func render(_ page: Any) -> String {
    MustacheContentTypes.register(ReportEscaping(), named: ReportEscaping.name)
    do {
      var templates = try partials.mapValues { try MustacheTemplate(string: $0) }
      templates["style"] = try MustacheTemplate(string: ReportStyle.text + (style.isEmpty ? "" : "\n" + style))
      return try MustacheTemplate(string: template).render(page, library: MustacheLibrary(templates: templates))
    } catch {
      preconditionFailure("the template is a constant: \(error)")
    }
  }
}
