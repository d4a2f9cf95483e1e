import Foundation
import Processes
import TestSupport
import Testing

@testable import Exploration

/// The page as a browser shows it. Without one the tests say so and end.
@Suite(.serialized) struct ReportBrowserTests {
  /// What a browser measured of a page.
  private struct Measured: Decodable {
    var width: Int
    var pageWidth: Int
    var height: Int
    /// Texts of drawings that cover each other, or leave their drawing.
    var clashes: [String]
    var background: String
    var sorted: [String]
  }

  /// Measures, then sorts the table of points by its third result's column, and leaves the numbers in the page's title.
  private static let probe = """
    <script>
    addEventListener("load", function () {
      var clashes = [];
      document.querySelectorAll("svg.drawing").forEach(function (svg) {
        var room = svg.getBoundingClientRect();
        var boxes = Array.from(svg.querySelectorAll("text")).map(function (text) {
          return { text: text.textContent, box: text.getBoundingClientRect() };
        });
        boxes.forEach(function (one, place) {
          if (one.box.left < room.left - 1 || one.box.right > room.right + 1) clashes.push("outside: " + one.text);
          boxes.slice(place + 1).forEach(function (other) {
            var x = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
            var y = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
            if (x > 1 && y > 4) clashes.push(one.text + " | " + other.text);
          });
        });
      });
      var table = document.querySelector(".points table");
      table.querySelectorAll("thead th")[3].querySelector("button").click();
      table.querySelectorAll("thead th")[3].querySelector("button").click();
      document.title = "MEASURED" + JSON.stringify({
        width: innerWidth, pageWidth: document.documentElement.scrollWidth, height: document.body.scrollHeight,
        clashes: clashes, background: getComputedStyle(document.body).backgroundColor,
        sorted: Array.from(table.tBodies[0].rows).map(function (row) { return row.cells[3].getAttribute("data-value"); }),
      }) + "MEASURED";
    });
    </script></body>
    """

  private static func browser() -> URL? {
    let found = ["chromium", "chromium-browser", "google-chrome"].lazy.compactMap { InstalledProgram.url(named: $0) }
      .first
    if found == nil { print("no Chromium here (apt-get install chromium): the report was not looked at in a browser") }
    return found
  }

  private static func run(_ browser: URL, _ folder: ReportFolder, _ arguments: [String]) throws -> Data {
    let fixed = [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
      "--disable-background-networking", "--user-data-dir=\(folder.path("profile"))",
    ]
    let limit = try #require(InstalledProgram.url(named: "timeout"))
    return try ChildProcess.run(limit, ["-k", "5", "120", browser.path] + fixed + arguments).output
  }

  /// Four designs, two tables of costs and three repeats with noise, attacks, a failed point, and labels of all lengths.
  private static func page(_ folder: ReportFolder) throws -> String {
    var example = ExampleExploration()
    example.parameters = [
      (
        "design", ["none", "uio-mpk", "a design with a rather long name, of which nobody knows where it ends", "ring3"]
      ),
      ("costs", ["default", "slow"]),
    ]
    example.repeats = 3
    var generator = SeededGenerator(seed: 5)
    return try folder.page(
      example,
      attacks: [
        AttackCounts(design: "none", counts: [("escaped", 40)]),
        AttackCounts(design: "uio-mpk", counts: [("escaped", 21)]),
        AttackCounts(design: "ring3", counts: [("contained", 40)]),
      ]
    ) { run, labels in
      let point = run / 3
      if point == 5 {
        return .failure(run, "a reason that is so long that it has to go on in another line, " + labels[0])
      }
      let base = UInt64(1000 * (point + 1))
      let durations = (0..<50).map { _ in base + generator.next() % base + (generator.next() % 20 == 0 ? 9000 : 0) }
      let lines = (0..<60).map { place in
        Timeline.Line(
          time: UInt64(place * 37), lane: Timeline.Lane.allCases[place / 2 % 3],
          text:
            "\(["interrupt", "descriptorChain", "ninePRequest", "mmioAccess"][place % 4]) address=\"0xfeb00050\" size=4"
        )
      }
      return .example(
        run, design: labels[0], durations: durations, timeline: Timeline(from: 99, duration: 2500, lines: lines))
    }
  }

  /// A page that shows another one in a frame of a width, as windows have a least width.
  private static func framed(_ folder: ReportFolder, _ html: String, width: Int) throws
    -> String
  {
    try Data(html.utf8).write(to: URL(fileURLWithPath: folder.path("inner.html")))
    let outer = """
      <!DOCTYPE html><title>-</title><body style="margin:0" onload="document.title = frames[0].document.title">
      <iframe src="inner.html" style="border:0;width:\(width)px;height:3000px;display:block"></iframe>
      """
    try Data(outer.utf8).write(to: URL(fileURLWithPath: folder.path("outer.html")))
    return "file://\(folder.path("outer.html"))"
  }

  private static func measure(
    _ browser: URL, _ folder: ReportFolder, _ html: String, width: Int, _ arguments: [String]
  ) throws -> Measured {
    let place = try framed(folder, html.replacing("</body>", with: probe), width: width)
    let open = [
      "--window-size=1400,3000", "--disable-web-security", "--allow-file-access-from-files", "--dump-dom", place,
    ]
    let page = String(decoding: try run(browser, folder, arguments + open), as: UTF8.self)
    let parts = page.components(separatedBy: "MEASURED")
    let text = try #require(parts.count > 2 ? parts[1] : nil, "the browser measured nothing")
    let json = text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
    return try JSONDecoder().decode(Measured.self, from: Data(json.utf8))
  }

  /// A picture of the page.
  ///
  /// - Returns: its width and height in pixels, and its bytes.
  private static func picture(
    _ browser: URL, _ folder: ReportFolder, _ html: String, _ name: String, width: Int,
    _ arguments: [String]
  ) throws -> (width: Int, height: Int, bytes: Data) {
    let image = folder.path("\(name).png")
    let place = try framed(folder, html, width: width)
    _ = try run(browser, folder, arguments + ["--window-size=\(width),3000", "--screenshot=\(image)", place])
    let bytes = try Data(contentsOf: URL(fileURLWithPath: image))
    try keep(bytes, "\(name).png")
    // PNG (ISO/IEC 15948) has width and height in the first chunk.
    func number(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    return (number(16), number(20), bytes)
  }

  /// Somebody who wants to look at the pictures names a folder for them.
  private static func keep(_ bytes: Data, _ name: String) throws {
    guard let kept = ProcessInfo.processInfo.environment["REPORT_PICTURES"] else { return }
    try bytes.write(to: URL(fileURLWithPath: kept).appending(path: name))
  }

  @Test func itIsLegibleInABrowser() throws {
    guard let browser = Self.browser() else { return }
    let folder = try ReportFolder()
    let html = try Self.page(folder)
    for width in [1280, 400] {
      for isDark in [false, true] {
        let dark = isDark ? ["--blink-settings=preferredColorScheme=0"] : []
        let found = try Self.measure(browser, folder, html, width: width, dark)
        #expect(found.width == width && found.pageWidth <= width, "at \(width): \(found)")
        #expect(found.clashes.isEmpty, "at \(width): \(found.clashes)")
        #expect(found.background == (isDark ? "rgb(18, 23, 30)" : "rgb(255, 255, 255)"))
        // The greatest is the first after the second click; what there is not is the last.
        let numbers = found.sorted.dropLast().compactMap { Double($0) }
        #expect(found.sorted.count == 8 && found.sorted.last == "" && numbers == numbers.sorted(by: >))
      }
    }
  }

  @Test func picturesOfIt() throws {
    guard let browser = Self.browser() else { return }
    let folder = try ReportFolder()
    let html = try Self.page(folder)
    let dark = ["--blink-settings=preferredColorScheme=0"]
    let scriptless = try html.replacing(Regex("(?s)<script>.*</script>"), with: "")
    #expect(!scriptless.contains("<script") && html.contains("<script"))
    for (name, width, html, arguments) in [
      ("wide", 1280, html, []), ("narrow", 400, html, []), ("dark", 1280, html, dark),
      ("scriptless", 1280, scriptless, []),
    ] as [(String, Int, String, [String])] {
      let found = try Self.picture(browser, folder, html, name, width: width, arguments)
      #expect(found.width == width && found.height == 3000)
      // An empty page of this size is a few thousand bytes.
      #expect(found.bytes.count > 60_000, "\(name): \(found.bytes.count) bytes")
    }
    let paper = folder.path("page.pdf")
    _ = try Self.run(browser, folder, ["--print-to-pdf=\(paper)", "file://\(folder.path("inner.html"))"])
    let bytes = try Data(contentsOf: URL(fileURLWithPath: paper))
    #expect(bytes.starts(with: Array("%PDF".utf8)) && bytes.count > 20_000)
    try Self.keep(bytes, "paper.pdf")
  }
}
