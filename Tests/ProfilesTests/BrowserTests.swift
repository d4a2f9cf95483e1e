import Foundation
import Pages
import Processes
import Testing

@testable import Profiles

/// A browser of this host, if it has one.
private let browser: URL? = {
  for name in ["chromium", "chromium-browser", "google-chrome"] {
    if let url = InstalledProgram.url(named: name) { return url }
  }
  print("no flame graph is opened: there is no Chromium on this host (Debian's package chromium)")
  return nil
}()

/// The browser's own words about the page after its script has run.
@Test(.enabled(if: browser != nil && imagesAreBuilt)) func chromiumShowsTheFlameGraphWithTheRunsCycles() throws {
  let run = try profile("bpf-count")
  let folder = FileManager.default.temporaryDirectory.appending(path: "flame-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let page = folder.appending(path: "flame.html")
  try Data(run.profile.html().utf8).write(to: page)
  let output = try ChildProcess.run(
    #require(browser),
    [
      "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder.path)/browser", "--window-size=400,800",
      "--dump-dom", page.absoluteString,
    ]
  ).output
  let shown = String(decoding: output, as: UTF8.self)
  let cycles = ProfileSummary(run.profile).actors.reduce(ProfileSummary(run.profile).idle) { $0 + $1.own }
  #expect(cycles == run.result.virtualTimeNs)
  #expect(shown.contains("\(cycles.grouped) cycles of virtual time"))
  // The root is the whole run, and what is below it adds up to it: idle time too.
  func boxes(_ row: Int) throws -> [UInt64] {
    let pattern = try Regex(
      "<svg class=\"[a-z]*\" data-cycles=\"([0-9]+)\" x=\"[0-9.]*%\" y=\"\(row * FlamePage.rowHeight)\"")
    return shown.matches(of: pattern).compactMap { $0.output[1].substring.flatMap { UInt64($0) } }
  }
  #expect(try boxes(0) == [cycles])
  #expect(try boxes(1).reduce(0, +) == cycles)
  #expect(shown.contains("\(run.profile.name), the whole run: \(cycles.grouped) cycles, 100.00 %"))
  #expect(shown.contains("<svg class=\"idle\" data-cycles=\"\(ProfileSummary(run.profile).idle)\""))
  #expect(!shown.contains(">$e"))
  // Only the script shows the tools.
  #expect(shown.contains("<p class=\"tools\">"))
  #expect(shown.contains("<svg class=\"unikernel\""))
}
