import GuestOS
import Scenarios

extension RunInputs {
  /// The same run on another image.
  ///
  /// - Parameter path: what messages call the image.
  public func with(image bytes: [UInt8], path: String) throws(ScenarioProblems) -> RunInputs {
    var other = self
    do throws(ImageError) { other.image = try GuestImage(bytes) } catch {
      throw ScenarioProblems([
        .init(file: path, position: nil, path: "$", problem: "\(error)", remedy: "name an x86-64 ELF image")
      ])
    }
    return other
  }

  /// What of sync points can be the same in a run with other inputs.
  public func comparison(to other: RunInputs) -> SyncComparison {
    image.bytes == other.image.bytes ? .all : .registers
  }
}
