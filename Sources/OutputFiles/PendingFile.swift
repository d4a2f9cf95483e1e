import Foundation

/// The bytes of a file on its way to its place.
///
/// Where the file system can do it (`O_TMPFILE`, open(2)) they have no name until they are complete: however the process
/// ends, nothing is left. Elsewhere they stand beside their place as `.NAME.NUMBER.partial`, locked by who writes them,
/// so that the next writer can tell what nobody finishes any more and takes it away.
struct PendingFile {
  private var name: String?
  private let target: URL
  let descriptor: Int32
  private var cleanup: EndingSignals.Work?

  /// `O_TMPFILE`, which the C library's module does not show: `__O_TMPFILE` with `O_DIRECTORY`.
  private static let unnamed = O_DIRECTORY | 0o20000000
  /// Two processes may choose the same name, and a file system may hold leftovers that can't be taken away.
  private static let triesMax = 100

  /// - Parameters:
  ///   - mode: the rights of the file, or nil: those that a new file gets.
  ///   - isNameless: false to do without `O_TMPFILE`.
  /// - Throws: the number of the system's error.
  init(for target: URL, mode: mode_t?, isNameless: Bool) throws(SystemError) {
    self.target = target
    Self.removeAbandoned(beside: target)
    // Never with more rights than it will have in the end.
    let first = mode == nil ? 0o666 : 0o600 as mode_t
    var descriptor: Int32 = -1
    if isNameless && access("/proc/self/fd", X_OK) == 0 {
      descriptor = open(target.deletingLastPathComponent().path, O_WRONLY | O_CLOEXEC | Self.unnamed, first)
    }
    if descriptor >= 0 {
      self.descriptor = descriptor
    } else {
      let (path, opened) = try Self.openNamed(beside: target, first)
      (name, self.descriptor) = (path, opened)
      cleanup = EndingSignals.add { unlink(path) }
    }
    // A file system without rights of its own refuses; then the file keeps the narrow ones.
    if let mode { _ = fchmod(self.descriptor, mode) }
  }

  private static func path(_ number: Int, beside target: URL) -> String {
    target.deletingLastPathComponent().appending(path: ".\(target.lastPathComponent).\(number).partial").path
  }

  private static func openNamed(beside target: URL, _ mode: mode_t) throws(SystemError) -> (String, Int32) {
    for number in 0..<triesMax {
      let path = path(number, beside: target)
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
      if descriptor < 0 && errno == EEXIST { continue }
      guard descriptor >= 0 else { throw SystemError(number: errno) }
      // Who looked between the two calls took it for abandoned.
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 && isLinked(descriptor) { return (path, descriptor) }
      close(descriptor)
    }
    throw SystemError(number: EEXIST)
  }

  private static func isLinked(_ descriptor: Int32) -> Bool {
    var information = stat()
    return fstat(descriptor, &information) == 0 && information.st_nlink > 0
  }

  /// Takes away what processes that are gone left for the same place.
  private static func removeAbandoned(beside target: URL) {
    let folder = target.deletingLastPathComponent()
    let prefix = ".\(target.lastPathComponent)."
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else { return }
    for name in names where name.hasPrefix(prefix) && name.hasSuffix(".partial") {
      guard Int(name.dropFirst(prefix.count).dropLast(".partial".count)) != nil else { continue }
      let path = folder.appending(path: name).path
      let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
      close(descriptor)
    }
  }

  /// Puts the bytes in their place, with a name at last.
  mutating func moveIntoPlace() throws(SystemError) {
    if name == nil {
      // Where nothing is to be replaced, one step does it.
      if link(to: target.path) { return }
      guard errno == EEXIST else { throw SystemError(number: errno) }
      try linkBesideTarget()
    }
    guard let name, rename(name, target.path) == 0 else { throw SystemError(number: errno) }
    forget()
  }

  /// A link replaces nothing, a renaming does, so the file gets another name first.
  private mutating func linkBesideTarget() throws(SystemError) {
    _ = flock(descriptor, LOCK_EX | LOCK_NB)
    for number in 0..<Self.triesMax {
      let path = Self.path(number, beside: target)
      guard link(to: path) else {
        guard errno == EEXIST else { throw SystemError(number: errno) }
        continue
      }
      name = path
      cleanup = EndingSignals.add { unlink(path) }
      return
    }
    throw SystemError(number: EEXIST)
  }

  private func link(to path: String) -> Bool {
    linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0
  }

  /// Leaves nothing.
  mutating func remove() {
    if let name { unlink(name) }
    forget()
  }

  private mutating func forget() {
    name = nil
    if let cleanup { EndingSignals.remove(cleanup) }
    cleanup = nil
  }
}

/// What the system answered (errno(3)).
struct SystemError: Error {
  var number: Int32
}
