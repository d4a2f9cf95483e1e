import Scenarios
import SimEvents

/// Digests of what a run leaves behind outside of the machine.
enum OutputDigests {
  static func share(of machine: any ScenarioMachine) -> String? { machine.shareTree.map { $0.digest() } }

  static func disk(of machine: any ScenarioMachine) -> String? {
    machine.diskImage.map { image in
      var digest = ContentDigest()
      image.withUnsafeBytes { digest.update($0) }
      return digest.hex
    }
  }
}
