import Foundation

/// A file that appears whole or not at all: written beside its place, and moved there when it is complete.
///
/// A symbolic link stays, and what it leads to is replaced. A device, a pipe or a socket that is there already is
/// written to as the bytes come, as it can be neither replaced nor taken back.
public final class AtomicFile {
  /// A file on its way to its place.
  private struct Replacement {
    var temporary: String
    var target: String
    var cleanup: EndingSignals.Work
  }

  private let path: String
  private let descriptor: Int32
  private let replacement: Replacement?
  private var buffer: [UInt8] = []
  /// What the system answered to the first write that failed.
  private var failure: Int32?
  private var isOpen = true
  private var isDone = false

  private static let bufferSize = 1 << 16
  /// As many as Linux follows (path_resolution(7)).
  private static let linksMax = 40

  public init(_ path: String) throws(OutputError) {
    guard !path.isEmpty else { throw OutputError(path: path, problem: "the name of the file to write is empty") }
    self.path = path
    var information = stat()
    let exists = stat(path, &information) == 0
    if exists && information.isFolder { throw OutputError(path: path, problem: "is a folder; name a file") }
    if exists && !information.isRegularFile {
      replacement = nil
      descriptor = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC)
      guard descriptor >= 0 else { throw OutputError(path: path, number: errno) }
      return
    }
    let target = Self.followingLinks(path)
    let name = ".\(target.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).partial"
    let temporary = target.deletingLastPathComponent().appending(path: name).path
    let cleanup = EndingSignals.add { unlink(temporary) }
    unlink(temporary)
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      let number = errno
      EndingSignals.remove(cleanup)
      throw OutputError(path: path, number: number)
    }
    replacement = Replacement(temporary: temporary, target: target.path, cleanup: cleanup)
  }

  deinit { discard() }

  /// Where a path leads to, also if nothing is there yet.
  private static func followingLinks(_ path: String) -> URL {
    var place = URL(fileURLWithPath: path)
    for _ in 0..<linksMax {
      guard let next = try? FileManager.default.destinationOfSymbolicLink(atPath: place.path) else { break }
      place = URL(fileURLWithPath: next, relativeTo: place.deletingLastPathComponent())
    }
    return place
  }

  public func write(_ text: String) {
    write(text.utf8)
  }

  public func write(_ bytes: some Collection<UInt8>) {
    buffer += bytes
    if buffer.count >= Self.bufferSize { flush() }
  }

  private func flush() {
    defer { buffer.removeAll(keepingCapacity: true) }
    guard failure == nil && isOpen else { return }
    failure = buffer.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return count < 0 ? errno : EIO }
        rest = rest.dropFirst(count)
      }
      return nil
    }
  }

  /// Puts the file in its place.
  ///
  /// - Throws: also for what failed on the way, such as a full disk; nothing is left behind then.
  public func finish() throws(OutputError) {
    flush()
    defer { discard() }
    if failure == nil {
      isOpen = false
      if close(descriptor) != 0 { failure = errno }
    }
    if failure == nil, let replacement, rename(replacement.temporary, replacement.target) != 0 { failure = errno }
    if let failure { throw OutputError(path: path, number: failure) }
  }

  /// Leaves nothing of a file that is not finished; does nothing to one that is.
  public func discard() {
    if isOpen { close(descriptor) }
    isOpen = false
    guard let replacement, !isDone else { return }
    isDone = true
    unlink(replacement.temporary)
    EndingSignals.remove(replacement.cleanup)
  }
}
