import Foundation
import InstructionFuzz

/// Ends the process when a case does not come back: that is a finding too, and the only one that cannot be survived.
final class Watchdog: Sendable {
  private let fuzzing: Fuzzing
  private let patienceSeconds: UInt32

  init(_ fuzzing: Fuzzing, patienceSeconds: UInt32) {
    self.fuzzing = fuzzing
    self.patienceSeconds = patienceSeconds
  }

  func start() {
    Thread.detachNewThread { [self] in
      var last = fuzzing.position
      while true {
        sleep(patienceSeconds)
        let now = fuzzing.position
        if now == last && !now.source.isEmpty {
          print("fuzz: instructions: found: one of 64 cases from \(now.source), case \(now.number) does not come back")
          fflush(nil)
          _exit(1)
        }
        last = now
      }
    }
  }
}
