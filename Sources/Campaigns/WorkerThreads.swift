import Foundation

/// Starts threads that each do the same.
///
/// - Returns: what is done when all of them are.
package func startThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) -> DispatchGroup {
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
