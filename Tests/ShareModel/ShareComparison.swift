import Foundation
import TestSupport

/// Random histories of operations on the 9P server and on folders of the host.
///
/// The host's file system is the model: whatever Linux answers, the server has to answer.
public struct ShareComparison {
  public struct Report: Sendable {
    public var operations = 0
    public var succeeded = 0
    /// Refused because of a share's limits, and so not asked of the host.
    public var limited = 0
    public var histories = 0
    /// One for each kind of operation that shows one.
    public var differences: [ShareDifference] = []
  }

  /// A run ends with so many differences.
  private static let differencesMax = 8
  /// Operations in one history, which begins with an empty folder.
  public static let historyLength = 1500
  /// All files are compared after so many operations.
  private static let treePeriod = 100

  private let environment = HostEnvironment()
  private let parent: String

  /// - Parameter folder: where folders for the histories are made; a file system in memory is fastest.
  public init(folder: String) throws(ShareComparisonError) {
    parent = folder
    try TemporaryFolder(in: folder).remove()
  }

  /// A file system in memory, if there is one.
  public static var usualFolder: String { access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp" }

  /// Runs histories until `operations` were done. Each has its own seed, so that any can be run alone.
  public func run(
    operations: Int, seed: UInt64, progress: (Report) -> Void = { _ in }
  ) throws -> Report {
    var report = Report()
    while report.operations < operations, report.differences.count < Self.differencesMax {
      let length = min(Self.historyLength, operations - report.operations)
      try runHistory(seed: seed &+ UInt64(report.histories), length: length, into: &report)
      report.histories += 1
      progress(report)
    }
    return report
  }

  private func runHistory(seed: UInt64, length: Int, into report: inout Report) throws {
    var draw = OperationDraw(random: SeededGenerator(seed: seed), environment: environment)
    let operations = (0..<length).map { _ in draw.next() }
    guard let found = try difference(in: operations, into: &report) else { return }
    let kind = found.what.prefix { $0 != "(" }
    guard !report.differences.contains(where: { $0.what.hasPrefix(kind) }) else { return }
    var small = try shrink(Array(operations.prefix(found.count)))
    var unused = Report()
    let what = try difference(in: small, into: &unused)?.what ?? found.what
    if small.count > 200 { small = Array(small.suffix(200)) }
    report.differences.append(ShareDifference(history: small, what: what, seed: seed))
  }

  /// Carries the operations out in a new folder, until one shows a difference: how many that took, and what it is.
  private func difference(
    in operations: [ShareOperation], into report: inout Report
  ) throws -> (count: Int, what: String)? {
    let folder = try TemporaryFolder(in: parent)
    defer { folder.remove() }
    var history = try ShareHistory(folder: folder.path)
    defer {
      report.succeeded += history.succeeded
      report.limited += history.limited
    }
    for (index, operation) in operations.enumerated() {
      report.operations += 1
      if let what = try history.step(operation) { return (index + 1, what) }
      guard (index + 1) % Self.treePeriod == 0 || index + 1 == operations.count else { continue }
      if let what = try history.compareTrees() { return (index + 1, what) }
    }
    return nil
  }

  /// Leaves operations out as long as what is left differs too.
  private func shrink(_ operations: [ShareOperation]) throws -> [ShareOperation] {
    var small = operations
    var part = small.count / 2
    var unused = Report()
    while part > 0 {
      var start = 0
      while start < small.count {
        var shorter = small
        shorter.removeSubrange(start..<min(start + part, small.count))
        if let found = try difference(in: shorter, into: &unused) {
          small = Array(shorter.prefix(found.count))
        } else {
          start += part
        }
      }
      part /= 2
    }
    return small
  }
}

/// Why nothing could be compared.
public struct ShareComparisonError: Error, CustomStringConvertible, Sendable {
  public var problem: String
  public var description: String { problem }
}

/// A new folder of the host.
struct TemporaryFolder {
  let path: String

  init(in parent: String) throws(ShareComparisonError) {
    var template = Array((parent + "/share-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw ShareComparisonError(problem: "no folder can be made in \(parent): \(String(cString: strerror(errno)))")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Removes it with all that is in it.
  func remove() {
    try? FileManager.default.removeItem(atPath: path)
  }
}
