import Foundation
import OutputFiles

/// A program started by us, which never outlives us: it is ended with SIGKILL when this value goes, and when a signal
/// ends us.
final class ChildProcess {
  let identifier: pid_t
  /// What it writes to its standard error.
  let errors: Channel
  /// How it ended, as `waitpid` tells it; nil while it runs.
  private var waitStatus: Int32?
  private let cleanup: EndingSignals.Work

  /// - Parameters:
  ///   - folder: removed when a signal ends us.
  ///   - output: the file that its standard output goes to.
  init(_ program: URL, _ arguments: [String], folder: URL, output: String = "/dev/null") throws(QEMUFailure) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw QEMUFailure("no pipe: \(String(cString: strerror(errno)))") }
    errors = Channel(ends[0])
    defer { close(ends[1]) }
    _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A group of its own: what a terminal sends on Ctrl-C reaches us only, and we end it. No signal is blocked in it.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
    var child: pid_t = 0
    let environment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
    let result = Self.withArguments([program.path] + arguments) { words in
      Self.withArguments(environment) { posix_spawn(&child, program.path, &actions, &attributes, words, $0) }
    }
    guard result == 0 else {
      throw QEMUFailure("\(program.path) can't be started: \(String(cString: strerror(result)))")
    }
    identifier = child
    cleanup = EndingSignals.add { [child] in
      Glibc.kill(child, SIGKILL)
      try? FileManager.default.removeItem(at: folder)
    }
  }

  deinit { kill() }

  /// Whether it has ended. Does not wait.
  var hasEnded: Bool {
    if waitStatus == nil {
      var status: Int32 = 0
      if waitpid(identifier, &status, WNOHANG) == identifier { waitStatus = status }
    }
    return waitStatus != nil
  }

  /// The exit code, or nil if it runs or a signal ended it.
  var exitCode: Int32? {
    guard hasEnded, let status = waitStatus, status & 0x7f == 0 else { return nil }
    return status >> 8 & 0xff
  }

  func kill() {
    if !hasEnded {
      Glibc.kill(identifier, SIGKILL)
      var status: Int32 = 0
      if waitpid(identifier, &status, 0) == identifier { waitStatus = status }
    }
    EndingSignals.remove(cleanup)
  }

  private static func withArguments<Result>(
    _ words: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = words.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }
}
