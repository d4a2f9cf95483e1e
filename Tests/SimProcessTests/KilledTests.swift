import Foundation
import Testing

/// What a simulator leaves that is killed without a chance to clean up.
@Suite(.enabled(if: canRun)) final class KilledTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "killed \(UUID().uuidString)")
  private static let hasQEMU = FileManager.default.isExecutableFile(atPath: "/usr/bin/qemu-system-x86_64")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(endlessRun.utf8).write(to: folder.appending(path: "slow.json"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Programs that `parent` has started, by what /proc tells (proc(5)).
  private func children(of parent: pid_t) -> [pid_t] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.filter { state(of: $0)?.parent == parent }
  }

  /// nil once the process is gone; one that nobody has waited for is in state Z.
  private func state(of process: pid_t) -> (letter: String, parent: pid_t)? {
    guard let line = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return nil }
    // The name, in parentheses, may hold anything.
    let fields = line[line.index(after: line.lastIndex(of: ")")!)...].split(separator: " ")
    return pid_t(fields[1]).map { (String(fields[0]), $0) }
  }

  private func waitUntil(_ condition: () -> Bool) -> Bool {
    for _ in 0..<6000 {
      if condition() { return true }
      usleep(10_000)
    }
    return false
  }

  @Test(.enabled(if: hasQEMU, "qemu-system-x86_64 is not installed")) func noEmulatorOutlivesIt() throws {
    let process = Process()
    process.executableURL = program
    process.arguments = ["run", "slow.json", "--engine", "qemu-tcg"]
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": folder.path]) { $1 }
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    try process.run()
    let parent = process.processIdentifier
    var emulators: [pid_t] = []
    let isUnderWay = waitUntil {
      emulators = children(of: parent)
      return !emulators.isEmpty || !process.isRunning
    }
    #expect(isUnderWay)
    try #require(emulators.count == 1, "the simulator ended or started something else: \(emulators)")
    // Long enough to be QEMU, no longer the copy of ourselves.
    usleep(300_000)
    kill(parent, SIGKILL)
    process.waitUntilExit()
    #expect(waitUntil { ["Z", nil].contains(state(of: emulators[0])?.letter) }, "QEMU lives on")
    // Its folder goes with the next one's making.
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("sim-qemu-") }
    #expect(left.count == 1)
    let environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": folder.path]) { $1 }
    let answer = try sim(["run", "scenarios/hello.json", "--engine", "qemu-tcg"], environment: environment)
    #expect(answer.status == 0, "\(answer.output)\(answer.error)")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("sim-qemu-") } == [])
  }
}
