import Foundation

/// A file that appears whole or not at all: written without a name, and put in its place when it is complete.
///
/// What it replaces hands down its rights: who could not read the old contents can't read the new ones.
/// A symbolic link stays, and what it leads to is replaced. A device, a pipe or a socket that is there already is
/// written to as the bytes come, as it can be neither replaced nor taken back; so is standard output, whose name is `-`.
public final class AtomicFile {
  private let path: String
  private let descriptor: Int32
  private var pending: PendingFile?
  private var buffer: [UInt8] = []
  /// What the system answered to the first write that failed.
  private var failure: Int32?
  private var isOpen = true

  private static let bufferSize = 1 << 16
  /// As many as Linux follows (path_resolution(7)).
  private static let linksMax = 40

  public convenience init(_ path: String) throws(OutputError) {
    try self.init(path, isNameless: true)
  }

  /// - Parameter isNameless: false to do as on a file system that has no files without a name.
  init(_ path: String, isNameless: Bool) throws(OutputError) {
    guard !path.isEmpty else { throw OutputError(path: path, problem: "the name of the file to write is empty") }
    self.path = path
    if path == CommandFile.standardOutput {
      descriptor = dup(STDOUT_FILENO)
      guard descriptor >= 0 else { throw OutputError(path: path, number: errno) }
      return
    }
    var information = stat()
    let exists = stat(path, &information) == 0
    if exists && information.isFolder { throw OutputError(path: path, problem: "is a folder; name a file") }
    if exists && !information.isRegularFile {
      descriptor = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC)
      guard descriptor >= 0 else { throw OutputError(path: path, number: errno) }
      return
    }
    let pending: PendingFile
    do throws(SystemError) {
      let mode = exists ? information.st_mode & 0o777 : nil
      pending = try PendingFile(for: Self.followingLinks(path), mode: mode, isNameless: isNameless)
    } catch {
      throw OutputError(path: path, number: error.number)
    }
    descriptor = pending.descriptor
    self.pending = pending
  }

  deinit { discard() }

  /// Writes a file that is this text.
  public static func write(_ text: String, to path: String) throws(OutputError) {
    let file = try AtomicFile(path)
    file.write(text)
    try file.finish()
  }

  /// Writes a file piece by piece.
  ///
  /// - Throws: ``OutputError``, or what `body` throws: then there is no file.
  public static func writing(_ path: String, _ body: (AtomicFile) throws -> Void) throws {
    let file = try AtomicFile(path)
    defer { file.discard() }
    try body(file)
    try file.finish()
  }

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
    if failure == nil && pending != nil { placePending() }
    if failure == nil {
      isOpen = false
      if close(descriptor) != 0 { failure = errno }
    }
    if let failure { throw OutputError(path: path, number: failure) }
  }

  private func placePending() {
    // Some file systems tell only when a descriptor is closed that there is no room; the file's own is still needed.
    let copy = dup(descriptor)
    guard copy >= 0, close(copy) == 0 else {
      failure = errno
      return
    }
    do throws(SystemError) { try pending?.moveIntoPlace() } catch { failure = error.number }
    if failure == nil { pending = nil }
  }

  /// Leaves nothing of a file that is not finished; does nothing to one that is.
  public func discard() {
    pending?.remove()
    pending = nil
    if isOpen { close(descriptor) }
    isOpen = false
  }
}
