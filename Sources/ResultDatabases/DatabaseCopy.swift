import Foundation
import Glibc

/// A database as SQLite would find it if the process that works on it were killed now, in a folder of its own that goes with it.
final class DatabaseCopy {
  private let folder: URL
  var path: String { folder.appending(path: "copy.db").path }

  private static let log = "-wal"
  private static let triesMax = 200

  /// - Throws: ``ResultDatabase/Refusal`` if the copy can't be written, or the database is not left alone for long enough.
  init(of original: String) throws(ResultDatabase.Refusal) {
    folder = FileManager.default.temporaryDirectory.appending(path: "sim-copy-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for _ in 0..<Self.triesMax {
        let before = Self.beginning(ofLogOf: original)
        try Self.replace(path, by: original)
        try Self.replace(path + Self.log, by: original + Self.log)
        // A log that was not begun anew meanwhile has all pages that were written to the database while it was copied.
        if Self.beginning(ofLogOf: path) == before { return }
        usleep(5_000)
      }
    } catch {
      throw .init(description: "\(original) can't be copied to be looked at: \(error.localizedDescription)")
    }
    throw .init(description: "another process writes to \(original) all the time; try again", isTemporary: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private static func replace(_ copy: String, by original: String) throws {
    if FileManager.default.fileExists(atPath: copy) { try FileManager.default.removeItem(atPath: copy) }
    guard FileManager.default.fileExists(atPath: original) else { return }
    try FileManager.default.copyItem(atPath: original, toPath: copy)
  }

  /// The header of the log, which has other salts each time that the log is begun (sqlite.org/fileformat2.html, 4.1).
  private static func beginning(ofLogOf path: String) -> Data? {
    guard let file = FileHandle(forReadingAtPath: path + log) else { return nil }
    defer { try? file.close() }
    return try? file.read(upToCount: 32)
  }
}
