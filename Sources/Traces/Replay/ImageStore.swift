import Foundation
import GuestOS

/// Folders in which the images of thin traces are looked for, by content: names mean nothing.
public struct ImageStore: Sendable {
  public var folders: [URL]

  private static let bytesMax = 256 << 20

  public init(_ folders: [URL]) {
    self.folders = folders
  }

  func image(_ file: TraceHeader.File) -> [UInt8]? {
    for url in candidates {
      let attributes = try? FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)
      guard attributes?[.type] as? FileAttributeType == .typeRegular, let size = attributes?[.size] as? Int,
        UInt64(size) == file.size, size <= Self.bytesMax, let data = try? Data(contentsOf: url)
      else { continue }
      let bytes = [UInt8](data)
      if FileDigest(of: bytes) == file.digest { return bytes }
    }
    return nil
  }

  /// The files that are looked into.
  public var candidates: [URL] {
    folders.flatMap { folder in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      return names.sorted().filter { $0.hasSuffix(".elf") }.map { folder.appending(path: $0) }
    }
  }
}

/// A thin trace whose image is nowhere to be found.
public struct MissingImage: Error, Equatable, CustomStringConvertible {
  public var digest: FileDigest
  public var folders: [String]

  public var description: String {
    "does not carry its image, and no .elf file in \(folders.joined(separator: ", ")) has the digest \(digest); "
      + "put the image there, or record without --thin"
  }
}
