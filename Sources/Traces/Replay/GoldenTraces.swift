import Foundation
import Scenarios

/// The folder `traces` beside that of the scenarios: a thin trace for each, and every image that one of them needs once.
public struct GoldenTraces {
  private let scenario: URL

  public init(besideScenario path: String) {
    scenario = URL(fileURLWithPath: path)
  }

  /// Puts the image in its place.
  ///
  /// - Returns: where the trace belongs.
  public func prepare(_ inputs: RunInputs) throws -> String {
    let folder = scenario.deletingLastPathComponent().deletingLastPathComponent().appending(path: "traces")
    let images = folder.appending(path: "images")
    do {
      try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
    } catch {
      throw OutputError(path: images.path, problem: "can't be made")
    }
    let image = images.appending(path: "\(FileDigest(of: inputs.image.bytes)).elf").path
    if !FileManager.default.fileExists(atPath: image) {
      let file = try AtomicFile(image)
      file.write(inputs.image.bytes)
      try file.finish()
    }
    return folder.appending(path: scenario.deletingPathExtension().lastPathComponent + ".trace").relativePath
  }
}
