import Scenarios
import SimVirtio

extension TraceReader {
  /// The inputs of the recorded run, from the trace itself.
  ///
  /// - Parameter path: what messages call the trace.
  /// - Throws: ``TraceError``, ``MissingImage``, or ``ScenarioProblems`` for contents that this version can't run.
  public func inputs(path: String, images: ImageStore) throws -> RunInputs {
    var text: [UInt8] = []
    var image: [UInt8] = []
    var modules: [[UInt8]] = []
    var items: [Share.Item] = []
    var disk: [UInt8]?
    for (index, file) in header.files.enumerated() {
      guard let bytes = try content(ofFile: index) ?? images.image(file) else {
        throw MissingImage(digest: file.digest, folders: images.folders.map(\.relativePath))
      }
      switch file.role {
      case .scenario: text = bytes
      case .image: image = bytes
      case .shareFile: items.append(.file(file.name, bytes))
      case .shareFolder: items.append(.folder(file.name))
      case .engine: break
      case .disk: disk = bytes
      case .bootModule: modules.append(bytes)
      case .shareLink: items.append(.link(file.name, target: String(decoding: bytes, as: UTF8.self)))
      }
    }
    return try RunInputs(
      path: path, text: text, name: header.scenario, seed: header.seed, image: image, modules: modules,
      shareItems: items, disk: disk)
  }
}
