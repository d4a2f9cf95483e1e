import Foundation
import Testing

@testable import SimQEMU

/// Several simulators on one host make and sweep up such folders beside each other.
@Suite struct LockedFolderTests {
  private func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

  @Test func whatIsInUseStaysAndWhatIsAbandonedGoes() throws {
    let used = try LockedFolder()
    let abandoned = FileManager.default.temporaryDirectory.appending(path: "sim-qemu-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: abandoned, withIntermediateDirectories: false)
    let next = try LockedFolder()
    #expect(exists(used.url) && exists(next.url) && !exists(abandoned))
    used.remove()
    #expect(!exists(used.url))
  }

  /// A bare run takes some seconds, in which others begin.
  @Test(.enabled(if: QEMUProgram.url != nil)) func aBareRunKeepsItsFolder() async throws {
    // No image at all: QEMU ends by itself, and has its folder until then.
    async let run = BareRun.run([], port: 0xe9, patienceSeconds: 20)
    for _ in 0..<50 {
      _ = try LockedFolder()
      try await Task.sleep(for: .milliseconds(5))
    }
    let ended = try await run
    guard case .other(let said) = ended.ending else {
      Issue.record("\(ended)")
      return
    }
    // It complains of an empty file, and not that there is none.
    #expect(said.contains("image.elf") && !said.contains("No such file"), "\(said)")
  }
}
