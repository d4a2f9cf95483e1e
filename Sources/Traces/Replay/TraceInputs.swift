import Scenarios
import SimVirtio

extension TraceReader {
  /// The files of the recorded run's share.
  public func shareItems() throws(TraceError) -> [Share.Item] {
    var items: [Share.Item] = []
    for (index, file) in header.files.enumerated() {
      guard let bytes = try content(ofFile: index), let item = Self.shareItem(file, bytes) else { continue }
      items.append(item)
    }
    return items
  }

  private static func shareItem(_ file: TraceHeader.File, _ bytes: [UInt8]) -> Share.Item? {
    switch file.role {
    case .shareFile: .file(file.name, bytes)
    case .shareFolder: .folder(file.name)
    case .shareLink: .link(file.name, target: String(decoding: bytes, as: UTF8.self))
    case .scenario, .image, .engine, .disk, .bootModule: nil
    }
  }

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
      case .shareFile, .shareFolder, .shareLink: if let item = Self.shareItem(file, bytes) { items.append(item) }
      case .engine: break
      case .disk: disk = bytes
      case .bootModule: modules.append(bytes)
      }
    }
    return try RunInputs(
      path: path, text: text, name: header.scenario, seed: header.seed, image: image, modules: modules,
      shareItems: items, disk: disk)
  }
}
