import Campaigns
import Foundation
import Synchronization

/// Calls `body` for each number below `count`, on several threads that each have a context of their own.
///
/// - Parameters:
///   - context: made on each thread.
///   - show: told on this thread how many are done, now and then.
/// - Returns: the results by number, whoever worked at them and when.
func concurrently<Context, Output: Sendable>(
  _ count: Int, workers: Int, context: @escaping @Sendable () -> Context, show: (Int) -> Void = { _ in },
  body: @escaping @Sendable (Int, Context) throws -> Output
) -> [Result<Output, any Error>] {
  let work = SharedWork<Output>(count: count)
  let group = startThreads(min(max(workers, 1), count)) {
    let own = context()
    while let number = work.take() { work.put(Result { try body(number, own) }, for: number) }
  }
  while group.wait(timeout: .now() + .milliseconds(20)) != .success { show(work.doneCount) }
  return work.results
}

private final class SharedWork<Output: Sendable>: Sendable {
  private struct State {
    var next = 0
    var done: [Int: Result<Output, any Error>] = [:]
  }

  private let count: Int
  private let state = Mutex(State())

  init(count: Int) { self.count = count }

  func take() -> Int? {
    state.withLock { state in
      guard state.next < count else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }

  func put(_ result: Result<Output, any Error>, for number: Int) { state.withLock { $0.done[number] = result } }

  var doneCount: Int { state.withLock { $0.done.count } }

  var results: [Result<Output, any Error>] {
    state.withLock { state in
      (0..<count).map { number in
        guard let result = state.done[number] else { preconditionFailure("every number was taken by somebody") }
        return result
      }
    }
  }
}
