import Foundation
import ResultDatabases
import Scenarios

/// Tells this build of the simulator from all others.
enum SimulatorIdentity {
  static func current() throws -> String {
    guard let data = FileManager.default.contents(atPath: "/proc/self/exe") else {
      throw CommandFailure(message: "the program can't read itself from /proc/self/exe", remedy: "mount /proc")
    }
    return "\(simulatorVersion) \(ResultDatabase.digest(of: data))"
  }
}
