import Foundation
import GuestOS
import OutputFiles
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
    try Self.place(inputs.image, in: folder.appending(path: "images"))
    return trace
  }

  /// Where the trace belongs.
  public var trace: String {
    folder.appending(path: scenario.deletingPathExtension().lastPathComponent + ".trace").relativePath
  }

  private var folder: URL {
    scenario.deletingLastPathComponent().deletingLastPathComponent().appending(path: "traces")
  }

  /// Puts an image into a folder of images, under its digest; once.
  public static func place(_ guest: GuestImage, in images: URL) throws(OutputError) {
    do {
      try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
    } catch {
      throw OutputError(path: images.path, problem: "can't be made")
    }
    let image = images.appending(path: "\(FileDigest(of: guest.bytes)).elf").path
    if !FileManager.default.fileExists(atPath: image) {
      let file = try AtomicFile(image)
      file.write(guest.bytes)
      try file.finish()
    }
  }
}
