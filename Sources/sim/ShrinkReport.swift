import Campaigns
import Foundation
import OutputFiles
import Scenarios

/// What came of making a scenario smaller, for people and for programs.
struct ShrinkReport {
  private let shrinking: ScenarioShrinking
  private let name: String
  /// The folder that the original's paths start from.
  private let folder: URL
  private let output: String?
  private let othersFolder: String?

  init(_ shrinking: ScenarioShrinking, _ file: ScenarioFile, output: String?, others: String?) {
    self.shrinking = shrinking
    name = file.scenario.name
    folder = file.folder
    self.output = output
    othersFolder = others
  }

  var hasDefect: Bool { shrinking.others.contains { $0.failure.outcome == .simulatorDefect } }

  /// The smallest scenario for the file that was asked for; nil if none was.
  var outputText: String? {
    output.map { shrinking.smallest.text(in: URL(fileURLWithPath: $0).deletingLastPathComponent(), from: folder) }
  }

  /// Writes each other failure as a scenario to the folder that was asked for.
  func writeOthers() throws {
    guard let othersFolder else { return }
    try requireWritableFolder(othersFolder)
    for (index, other) in shrinking.others.enumerated() {
      try AtomicFile.write(
        other.text(in: URL(fileURLWithPath: othersFolder, isDirectory: true), from: folder),
        to: path(ofOther: index, in: othersFolder))
    }
  }

  private func path(ofOther index: Int, in folder: String) -> String {
    let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    return "\(base)/\(index + 1)-\(shrinking.others[index].failure.outcome.rawValue).json"
  }

  // MARK: Text

  var text: String {
    let (before, after) = (shrinking.originalSize.counts, shrinking.smallest.size.counts)
    var lines = ["\(name): " + shrinking.original.lines[0]] + shrinking.original.lines.dropFirst()
    lines += zip(before, after).filter { $0.0.count + $0.1.count > 0 }.map { before, after in
      let title = before.name.padding(toLength: 12, withPad: " ", startingAt: 0)
      return "  \(title) \(before.count) -> \(after.count)"
    }
    lines.append("  \(counts); \(ending)")
    lines += ["smallest: " + shrinking.smallest.failure.lines[0]] + shrinking.smallest.failure.lines.dropFirst()
    if !shrinking.others.isEmpty { lines.append("other failures: \(shrinking.others.count)") }
    for (index, other) in shrinking.others.enumerated() {
      let file = othersFolder.map { ": \(path(ofOther: index, in: $0))" } ?? ""
      lines.append("  \(other.failure.signature.cause.line)\(file)")
    }
    if let output {
      lines.append("\(output): written")
    } else {
      lines.append(shrinking.smallest.text(in: nil, from: folder).trimmingCharacters(in: .newlines))
    }
    return lines.joined(separator: "\n")
  }

  private var counts: String {
    let counts = shrinking.counts
    let refused = counts.refused == 0 ? "" : ", \(counts.refused) that were no scenarios"
    let exhausted = counts.exhausted == 0 ? "" : ", \(counts.exhausted) ended at their limit"
    return "\(counts.runs) runs\(exhausted)\(refused)"
  }

  private var ending: String {
    switch shrinking.end {
    case nil: "each part that is left is needed"
    case .runs(let limit): "CUT SHORT after \(limit) runs (--limit): it may get smaller still"
    case .time: "CUT SHORT by --time: it may get smaller still, and another time it ends elsewhere"
    }
  }

  // MARK: JSON

  var json: JSONText {
    var members: [(key: String, value: JSONText)] = [
      ("scenario", .string(name)), ("signature", shrinking.original.signature.json),
      ("original", shrinking.original.json.adding([("size", shrinking.originalSize.json)])),
      ("smallest", shrinking.smallest.failure.json.adding([("size", shrinking.smallest.size.json)])),
      ("runs", .integer(UInt64(shrinking.counts.runs))), ("refused", .integer(UInt64(shrinking.counts.refused))),
      ("exhausted", .integer(UInt64(shrinking.counts.exhausted))), ("minimal", .boolean(shrinking.end == nil)),
    ]
    switch shrinking.end {
    case nil: break
    case .runs: members.append(("cutBy", .string("limit")))
    case .time: members.append(("cutBy", .string("time")))
    }
    members.append(("otherFailures", .array(shrinking.others.indices.map(json))))
    if let output { members.append(("output", .string(output))) }
    let place = output.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
    members.append(("result", shrinking.smallest.json(in: place, from: folder)))
    return .object(members)
  }

  private func json(_ index: Int) -> JSONText {
    let other = shrinking.others[index]
    let members: [(key: String, value: JSONText)] = [
      ("signature", other.failure.signature.json), ("size", other.size.json),
    ]
    return other.failure.json.adding(
      members + (othersFolder.map { [("file", .string(path(ofOther: index, in: $0)))] } ?? []))
  }
}
