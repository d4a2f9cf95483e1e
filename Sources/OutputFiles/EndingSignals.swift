import Foundation
import Synchronization

/// What must go when a signal ends this process: half-written files, programs that it has started.
public enum EndingSignals {
  /// Names one piece of work, to take it back.
  public struct Work: Hashable, Sendable {
    fileprivate var number: UInt64
  }

  private struct State {
    var works: [Work: @Sendable () -> Void] = [:]
    var count: UInt64 = 0
    /// Since the first work.
    var isWatching = false
  }

  private static let state = Mutex(State())

  /// Has something done before SIGINT, SIGTERM or SIGHUP ends the process.
  ///
  /// - Parameter work: runs on another thread, not in a signal handler; must not call back here.
  public static func add(_ work: @escaping @Sendable () -> Void) -> Work {
    state.withLock { state in
      if !state.isWatching { state.isWatching = watch() }
      state.count += 1
      let name = Work(number: state.count)
      state.works[name] = work
      return name
    }
  }

  public static func remove(_ work: Work) {
    state.withLock { $0.works[work] = nil }
  }

  /// The handlers write the signal's number here. Made before the first of them is set.
  private static let ends = {
    var ends: [Int32] = [-1, -1]
    _ = pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (read: ends[0], write: ends[1])
  }()

  /// Signals that somebody else handles or ignores stay theirs.
  ///
  /// Handled rather than ignored and waited for: what is ignored stays so in the programs that we start.
  ///
  /// A thread of our own waits, not a dispatch source: those trap where no descriptor is left for their queue of events.
  ///
  /// - Returns: false where there is no pipe or no thread to be had. Signals then end the process at once.
  private static func watch() -> Bool {
    guard ends.read >= 0 else { return false }
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { _ in
        var number: UInt8 = 0
        while true {
          let count = read(EndingSignals.ends.read, &number, 1)
          if count == 1 { EndingSignals.end(by: Int32(number)) }
          if count == 0 || count < 0 && errno != EINTR { return nil }
        }
      }, nil)
    guard result == 0 else { return false }
    pthread_detach(thread)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var present = sigaction()
      sigaction(number, nil, &present)
      guard present.__sigaction_handler.sa_handler == nil else { continue }
      signal(number) { number in
        let before = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(EndingSignals.ends.write, &byte, 1)
        errno = before
      }
    }
    return true
  }

  /// Under the lock to the end, so that nobody adds work that would be left undone.
  private static func end(by number: Int32) {
    state.withLock { state in
      for work in state.works.values { work() }
      signal(number, SIG_DFL)
      kill(getpid(), number)
    }
  }
}
