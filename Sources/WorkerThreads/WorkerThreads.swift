import Foundation
import Synchronization

/// Does numbered work on several threads, and hands its results over on the caller's.
///
/// ```swift
/// let work = Workers(numbers, threads: 2, context: { Engine() }, body: { number, engine in try engine.run(number) })
/// try work.run { done in try store.add(done.map(\.output)) }
/// ```
public final class Workers<Output: Sendable>: Sendable {
  private struct State {
    var next = 0
    var waiting: [(number: Int, output: Output)] = []
    var failure: (any Error)?
    var isStopped = false
  }

  private let numbers: [Int]
  private let state = Mutex(State())
  private let start: @Sendable (Workers) -> DispatchGroup

  /// - Parameters:
  ///   - numbers: of the pieces of work, in the order in which they are begun.
  ///   - threads: at least 1.
  ///   - context: made on each thread, for all that it does.
  ///   - body: does one piece. What it throws ends the work.
  public init<Context>(
    _ numbers: [Int], threads: Int, context: @escaping @Sendable () -> Context,
    body: @escaping @Sendable (Int, Context) throws -> Output
  ) {
    precondition(threads >= 1, "somebody has to work")
    self.numbers = numbers
    start = { work in
      startThreads(min(threads, max(numbers.count, 1))) {
        let own = context()
        while let number = work.take() {
          do {
            let output = try body(number, own)
            work.state.withLock { $0.waiting.append((number, output)) }
          } catch {
            work.state.withLock { $0.failure = $0.failure ?? error }
          }
        }
      }
    }
  }

  /// Ends the work after the pieces that are under way. May be called by any thread.
  public func stop() { state.withLock { $0.isStopped = true } }

  /// The next piece; nil if there is none, if one has failed, or if somebody wants to stop.
  private func take() -> Int? {
    state.withLock { state in
      guard !state.isStopped, state.failure == nil, state.next < numbers.count else { return nil }
      defer { state.next += 1 }
      return numbers[state.next]
    }
  }

  /// Works until all is done.
  ///
  /// - Parameter receive: called on this thread every few milliseconds with what is new, in the order in which it was done; with
  ///   nothing where nothing is. What it throws ends the work.
  /// - Throws: what `receive` or a piece of work throws, when all threads have ended.
  public func run(_ receive: ([(number: Int, output: Output)]) throws -> Void) throws {
    let group = start(self)
    var failure: (any Error)?
    var isOver = false
    while !isOver {
      isOver = group.wait(timeout: .now() + .milliseconds(2)) == .success
      let batch = state.withLock { state in
        defer { state.waiting = [] }
        return state.waiting
      }
      guard failure == nil else { continue }
      do { try receive(batch) } catch {
        // Nothing can be done with results any more: whoever works stops.
        failure = error
        stop()
      }
    }
    if let failure = failure ?? state.withLock({ $0.failure }) { throw failure }
  }
}

/// Starts threads that each do the same.
///
/// - Returns: what is done when all of them are.
private func startThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) -> DispatchGroup {
  let group = DispatchGroup()
  for _ in 0..<count {
    group.enter()
    let thread = Thread {
      defer { group.leave() }
      body()
    }
    // What a machine's events are folded with goes deep.
    thread.stackSize = 8 << 20
    thread.start()
  }
  return group
}

/// Calls `body` for each number below `count`, on several threads that each have a context of their own.
///
/// - Parameters:
///   - context: made on each thread.
///   - show: told on this thread how many are done, now and then.
/// - Returns: the results by number, whoever worked at them and when.
public func concurrently<Context, Output: Sendable>(
  _ count: Int, workers: Int, context: @escaping @Sendable () -> Context, show: (Int) -> Void = { _ in },
  body: @escaping @Sendable (Int, Context) throws -> Output
) -> [Result<Output, any Error>] {
  let work = Workers(
    Array(0..<count), threads: max(workers, 1), context: context,
    body: { number, own in Result { try body(number, own) } })
  var results = [Result<Output, any Error>?](repeating: nil, count: count)
  var done = 0
  do {
    try work.run { batch in
      for (number, output) in batch { results[number] = output }
      done += batch.count
      show(done)
    }
  } catch { preconditionFailure("what a piece of work throws is a part of its result: \(error)") }
  return results.map { result in
    guard let result else { preconditionFailure("every number was taken by somebody") }
    return result
  }
}
