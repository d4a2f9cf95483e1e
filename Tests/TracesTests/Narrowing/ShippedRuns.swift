import Foundation
import GuestOS
import Scenarios
import SimVirtio

@testable import Traces

/// The scenarios of the package, with the images that were built.
enum ShippedRuns {
  static let packageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    .standardized
  static let products = BuildProducts(folder: packageRoot.appending(path: ".build"))

  /// Whether the guest's images are there; `swift test` alone does not build them, ./test does.
  static let areBuilt: Bool = {
    if FileManager.default.fileExists(atPath: products.images.appending(path: "uio-ushellmpk.elf").path) { return true }
    print("nothing is run: the guest's images have not been built (./test does it)")
    return false
  }()

  static func inputs(_ name: String) throws -> RunInputs {
    try RunInputs(
      ScenarioFile(path: packageRoot.appending(path: "scenarios/\(name).json").path), products: products, seed: nil)
  }

  static func recorded(_ inputs: RunInputs) throws -> [UInt8] {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).trace").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    _ = try recordTrace(of: inputs, isThin: false, to: path)
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }
}

extension Array where Element == UInt8 {
  /// With the first occurrence of `old` replaced by `new`, which is as long; nil if there is none.
  func replacingFirst(_ old: String, _ new: String) -> [UInt8]? {
    let (pattern, other) = (Array(old.utf8), Array(new.utf8))
    guard pattern.count == other.count, count >= pattern.count else { return nil }
    for start in 0...(count - pattern.count) where self[start] == pattern[0] {
      guard Array(self[start..<start + pattern.count]) == pattern else { continue }
      return Array(self[..<start]) + other + self[(start + pattern.count)...]
    }
    return nil
  }
}

extension RunInputs {
  /// The same run on an image in which one text is another.
  func withImage(replacing old: String, by new: String) throws -> RunInputs {
    guard let bytes = image.bytes.replacingFirst(old, new) else { throw TextMissing(text: old) }
    var other = self
    other.image = try GuestImage(bytes)
    return other
  }

  /// The same run on a share in which one file's text is another.
  func withFile(_ name: String, replacing old: String, by new: String) throws -> RunInputs {
    var other = self
    other.shareItems = try shareItems.map { item in
      guard case .file(name, let bytes) = item else { return item }
      guard let changed = bytes.replacingFirst(old, new) else { throw TextMissing(text: old) }
      return .file(name, changed)
    }
    return other
  }
}

struct TextMissing: Error {
  var text: String
}
