import Foundation
import ShareModel
import Testing

/// The 9P server beside the host's own file system. `Scripts/fuzz shares` does a million operations.
struct ShareModelTests {
  @Test(arguments: [ShareComparison.usualFolder, FileManager.default.temporaryDirectory.path])
  func theServerAnswersAsLinuxDoes(_ folder: String) throws {
    let report = try ShareComparison(folder: folder).run(operations: 15_000, seed: 77)
    print("9P operations compared with Linux: \(report)")
    for difference in report.differences { Issue.record("\(difference)") }
    #expect(report.succeeded > 2000)
  }
}
