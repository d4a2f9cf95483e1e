import Foundation
import Processes

/// An emulator's process, with what it complains of.
final class EmulatorProcess {
  /// What it writes to its standard error.
  let errors: Channel
  private let process: ChildProcess

  /// - Parameter folder: removed when a signal ends us.
  init(_ program: URL, _ arguments: [String], folder: URL) throws(QEMUFailure) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw QEMUFailure("no pipe: \(String(cString: strerror(errno)))") }
    errors = Channel(ends[0])
    defer { close(ends[1]) }
    _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
    do throws(ProcessError) {
      process = try ChildProcess(
        program, arguments, errors: .descriptor(ends[1]), folder: folder)
    } catch {
      throw QEMUFailure(error.description)
    }
  }

  /// Whether it has ended. Does not wait.
  var hasEnded: Bool { process.hasEnded }
  /// The exit code, or nil if it runs or a signal ended it.
  var exitCode: Int32? { process.exitCode }

  func kill() { process.kill() }
}
