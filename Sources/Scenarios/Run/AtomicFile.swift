import Foundation

/// A file that appears whole or not at all: written beside its place, and moved there when it is complete.
public final class AtomicFile {
  private let target: URL
  private let temporary: URL
  private let handle: FileHandle
  private var buffer: [UInt8] = []
  private var failure: (any Error)?
  private var isFinished = false

  private static let bufferSize = 1 << 16

  public init(_ path: String) throws(OutputError) {
    target = URL(fileURLWithPath: path)
    temporary = target.deletingLastPathComponent()
      .appending(path: ".\(target.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).partial")
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: target.path, isDirectory: &isFolder), isFolder.boolValue {
      throw OutputError(path: path, problem: "is a folder; name a file")
    }
    guard FileManager.default.createFile(atPath: temporary.path, contents: nil) else {
      throw OutputError(path: path, problem: "can't be written; check that its folder exists and may be written to")
    }
    do {
      handle = try FileHandle(forWritingTo: temporary)
    } catch {
      throw OutputError(path: path, problem: "can't be written")
    }
  }

  deinit {
    if !isFinished { try? FileManager.default.removeItem(at: temporary) }
  }

  public func write(_ text: String) {
    write(text.utf8)
  }

  public func write(_ bytes: some Collection<UInt8>) {
    buffer += bytes
    if buffer.count >= Self.bufferSize { flush() }
  }

  private func flush() {
    guard failure == nil else { return }
    do { try handle.write(contentsOf: buffer) } catch { failure = error }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Puts the file in its place.
  ///
  /// - Throws: also for what failed on the way, such as a full disk; nothing is left behind then.
  public func finish() throws(OutputError) {
    flush()
    if failure == nil {
      do {
        try handle.close()
        guard rename(temporary.path, target.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        isFinished = true
      } catch { failure = error }
    }
    if failure != nil { throw OutputError(path: target.path, problem: "can't be written: is the disk full?") }
  }
}

/// A file that could not be written.
public struct OutputError: Error, Equatable, CustomStringConvertible {
  public var path: String
  public var problem: String

  public init(path: String, problem: String) {
    self.path = path
    self.problem = problem
  }

  public var description: String { "\(path): \(problem)" }
}
