import Foundation
import GuestOS

/// Where line tables are: folders with images and, beside them, files of their debug information: `uio-ushell.debug` for `uio-ushell.elf`.
///
/// The debug information of an image is looked for by what the image holds: the one with the same bytes tells the name. So an
/// image stays the same with it and without.
public struct DebugFiles: Sendable {
  public var folders: [URL]
  /// The programs that the image may load; nil where nobody asks for their lines.
  public var programs: ProgramObjects?

  public init(_ folders: [URL] = [], programs: ProgramObjects? = nil) {
    self.folders = folders
    self.programs = programs
  }

  /// The file with the line table of an image; nil if there is none.
  public func file(for image: GuestImage) -> DebugFile? {
    for folder in folders {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      for name in names.sorted() where name.hasSuffix(".elf") {
        let url = folder.appending(path: name)
        let debug = url.deletingPathExtension().appendingPathExtension("debug")
        guard FileManager.default.fileExists(atPath: debug.path) else { continue }
        let size = (try? FileManager.default.attributesOfItem(atPath: url.path))?[.size] as? Int
        if size == image.bytes.count, let data = try? Data(contentsOf: url), data.elementsEqual(image.bytes) {
          return (try? Data(contentsOf: debug)).map { DebugFile([UInt8]($0)) }
        }
      }
    }
    return nil
  }
}
