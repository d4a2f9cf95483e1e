import CChildren
import Foundation
import OutputFiles

/// A program started by us, which never outlives us: it is ended with SIGKILL when this value goes, and by the system
/// when this process ends, even by a SIGKILL of its own.
public final class ChildProcess {
  public let identifier: pid_t
  /// How it ended, as `waitpid` tells it; nil while it runs.
  private var waitStatus: Int32?
  private let cleanup: EndingSignals.Work

  /// Starts a program in a process group of its own: what a terminal sends on Ctrl-C reaches us only, and we end it.
  ///
  /// - Parameters:
  ///   - folder: removed when a signal ends us.
  public init(
    _ program: URL, _ arguments: [String], input: StandardStream = .nothing, output: StandardStream = .nothing,
    errors: StandardStream = .nothing, folder: URL? = nil
  ) throws(ProcessError) {
    let child = try input.withDescriptor(for: STDIN_FILENO) { (input) throws(ProcessError) in
      try output.withDescriptor(for: STDOUT_FILENO) { (output) throws(ProcessError) in
        try errors.withDescriptor(for: STDERR_FILENO) { (errors) throws(ProcessError) in
          try Self.start(program.path, arguments, input, output, errors)
        }
      }
    }
    identifier = child
    cleanup = EndingSignals.add {
      Glibc.kill(child, SIGKILL)
      if let folder { try? FileManager.default.removeItem(at: folder) }
    }
  }

  deinit { kill() }

  private static func start(
    _ path: String, _ arguments: [String], _ input: Int32, _ output: Int32, _ errors: Int32
  ) throws(ProcessError) -> pid_t {
    let environment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
    var child: pid_t = 0
    let failure = withWords([path] + arguments) { arguments in
      withWords(environment) { environment in
        path.withCString { path in
          var program = children_program(
            path: path, arguments: arguments, environment: environment, input: input, output: output, errors: errors)
          return children_start(&program, &child)
        }
      }
    }
    guard failure == 0 else { throw ProcessError("\(path) can't be started: \(String(cString: strerror(failure)))") }
    return child
  }

  private static func withWords<Result>(
    _ words: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    let copies = words.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return (copies + [nil]).withUnsafeBufferPointer { body($0.baseAddress!) }
  }

  /// Whether it has ended. Does not wait.
  public var hasEnded: Bool {
    take(WNOHANG)
    return waitStatus != nil
  }

  /// Waits for its end.
  ///
  /// - Returns: the exit code, or nil if a signal ended it.
  @discardableResult
  public func wait() -> Int32? {
    take(0)
    return exitCode
  }

  private func take(_ options: Int32) {
    var status: Int32 = 0
    while waitStatus == nil {
      let result = waitpid(identifier, &status, options)
      if result == identifier { waitStatus = status }
      if result == 0 || result < 0 && errno != EINTR { return }
    }
  }

  /// The exit code, or nil if it runs or a signal ended it.
  public var exitCode: Int32? {
    guard hasEnded, let status = waitStatus, status & 0x7f == 0 else { return nil }
    return status >> 8 & 0xff
  }

  /// Ends it at once. Does nothing if it has ended.
  public func kill() {
    if !hasEnded {
      Glibc.kill(identifier, SIGKILL)
      take(0)
    }
    EndingSignals.remove(cleanup)
  }
}
