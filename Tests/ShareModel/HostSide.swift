import CLinuxFiles
import Glibc
import NineP

/// A folder of the host with a client's fids as descriptors: what Linux itself says.
///
/// A fid is a descriptor of the path (O_PATH), which stays with the file as a fid does, and a second one once it is open.
final class HostSide {
  struct Fid {
    var path: Int32
    var opened: Int32?
  }

  let folder: String
  private(set) var fids: [UInt32: Fid] = [:]
  private let root: stat

  /// - Parameter folder: empty, and the process's own.
  init(folder: String) throws {
    self.folder = folder
    let path = linux_open_path(AT_FDCWD, folder)
    guard path >= 0 else { throw ErrorNumber(rawValue: UInt32(errno)) }
    root = try Self.information(path)
    fids[0] = Fid(path: path)
    // Where the server's root begins too.
    guard chmod(folder, 0o755) == 0 else { throw ErrorNumber(rawValue: UInt32(errno)) }
  }

  deinit {
    for fid in fids.values { Self.close(fid) }
  }

  private static func close(_ fid: Fid) {
    Glibc.close(fid.path)
    if let opened = fid.opened { Glibc.close(opened) }
  }

  private static func information(_ descriptor: Int32) throws -> stat {
    var information = stat()
    guard fstat(descriptor, &information) == 0 else { throw ErrorNumber(rawValue: UInt32(errno)) }
    return information
  }

  func information(of fid: UInt32) throws -> stat { try Self.information(try self.fid(fid).path) }

  func perform(_ operation: ShareOperation) throws -> ShareOutcome {
    do {
      return .done(try text(operation))
    } catch let number as ErrorNumber {
      return .error(number.rawValue)
    }
  }

  // MARK: The protocol's own rules

  private func fid(_ number: UInt32) throws -> Fid {
    guard let fid = fids[number] else { throw ErrorNumber.badFile }
    return fid
  }

  private func unopened(_ number: UInt32) throws -> Fid {
    let fid = try fid(number)
    guard fid.opened == nil else { throw ErrorNumber.invalid }
    return fid
  }

  private func opened(_ number: UInt32) throws -> Int32 {
    guard let opened = try fid(number).opened else { throw ErrorNumber.badFile }
    return opened
  }

  /// No system call takes such a name, so Linux has no answer for it: nothing is called that.
  private func check(_ names: String...) throws {
    for name in names where name.utf8.contains(0) || name.utf8.contains(UInt8(ascii: "/")) { throw ErrorNumber.noEntry }
  }

  private func require(_ succeeded: Bool) throws {
    guard succeeded else { throw ErrorNumber(rawValue: UInt32(errno)) }
  }

  private func end(_ number: UInt32) {
    if let fid = fids.removeValue(forKey: number) { Self.close(fid) }
  }

  private func place(_ fid: Fid) -> String { "/proc/self/fd/\(fid.path)" }

  // MARK: Operations

  private func text(_ operation: ShareOperation) throws -> String {
    switch operation {
    case .walk(let fid, let newFid, let names): return try walk(fid, newFid, names)
    case .clunk(let number):
      _ = try fid(number)
      end(number)
    case .lopen(let number, let flags):
      let fid = try unopened(number)
      // A client sends these two with what it has created already.
      let wanted = Int32(bitPattern: flags) & ~(O_CREAT | O_EXCL)
      let descriptor = Glibc.open(place(fid), wanted | O_CLOEXEC)
      try require(descriptor >= 0)
      fids[number]?.opened = descriptor
    case .lcreate(let fid, let name, let flags, let mode): try create(fid, name, flags, mode)
    case .read(let number, let offset, let count):
      _ = try fid(number)
      var bytes = [UInt8](repeating: 0, count: Int(count))
      let got = pread(fids[number]?.opened ?? -1, &bytes, bytes.count, off_t(truncatingIfNeeded: offset))
      try require(got >= 0)
      return ServerSide.summary(Array(bytes.prefix(got)))
    case .write(let number, let offset, let byte, let count):
      _ = try fid(number)
      let bytes = [UInt8](repeating: byte, count: Int(count))
      let done = pwrite(fids[number]?.opened ?? -1, bytes, bytes.count, off_t(truncatingIfNeeded: offset))
      try require(done >= 0)
      return "\(done) bytes"
    case .getattr(let number):
      let information = try information(of: number)
      return ServerSide.text(
        mode: information.st_mode, links: UInt64(information.st_nlink), user: information.st_uid,
        group: information.st_gid, size: UInt64(information.st_size))
    case .readlink(let number): return try readLink(try fid(number))
    case .fsync(let number): try require(Glibc.fsync(try opened(number)) == 0)
    case .list(let number, _): return try list(number)
    case .setSize, .setMode, .setOwner, .setTimes: return try setAttributes(operation)
    default: try changeNames(operation)
    }
    return ""
  }

  private func walk(_ number: UInt32, _ newNumber: UInt32, _ names: [String]) throws -> String {
    let fid = newNumber == number ? try unopened(number) : try self.fid(number)
    guard newNumber == number || fids[newNumber] == nil else { throw ErrorNumber.invalid }
    var place = fcntl(fid.path, F_DUPFD_CLOEXEC, 0)
    try require(place >= 0)
    for (index, name) in names.enumerated() {
      do {
        let next = try step(name, from: place)
        Glibc.close(place)
        place = next
      } catch {
        Glibc.close(place)
        guard index > 0 else { throw error }
        return "\(index) of \(names.count) names"
      }
    }
    if newNumber == number { end(number) }
    fids[newNumber] = Fid(path: place)
    return "\(names.count) of \(names.count) names"
  }

  private func step(_ name: String, from place: Int32) throws -> Int32 {
    try check(name)
    let information = try Self.information(place)
    // Nothing lies above the root of a share.
    let isRoot = information.st_ino == root.st_ino && information.st_dev == root.st_dev
    let next = linux_open_path(place, isRoot && name == ".." ? "." : name)
    try require(next >= 0)
    return next
  }

  private func create(_ number: UInt32, _ name: String, _ flags: UInt32, _ mode: UInt32) throws {
    let fid = try unopened(number)
    // This flag is refused before any name is looked at; kernels before 6.4 did otherwise.
    guard Int32(bitPattern: flags) & O_DIRECTORY == 0 else { throw ErrorNumber.invalid }
    try check(name)
    let wanted = Int32(bitPattern: flags) | O_CREAT | O_NOFOLLOW | O_CLOEXEC
    let descriptor = openat(fid.path, name, wanted, mode & 0o7777)
    try require(descriptor >= 0)
    let path = linux_open_path(fid.path, name)
    try require(path >= 0)
    end(number)
    fids[number] = Fid(path: path, opened: descriptor)
  }

  private func setAttributes(_ operation: ShareOperation) throws -> String {
    switch operation {
    case .setSize(let number, let size):
      try require(truncate(place(try fid(number)), off_t(truncatingIfNeeded: size)) == 0)
    case .setMode(let number, let mode): try require(chmod(place(try fid(number)), mode) == 0)
    case .setOwner(let number, let user, let group):
      let fid = try fid(number)
      guard user != nil || group != nil else { break }
      try require(linux_change_owner(fid.path, user ?? .max, group ?? .max) == 0)
    case .setTimes(let number, let access, let modification, let nanoseconds):
      let fid = try fid(number)
      func time(_ seconds: UInt64?) -> timespec {
        seconds.map { timespec(tv_sec: Int($0), tv_nsec: Int(nanoseconds)) } ?? Self.omitted
      }
      try require(utimensat(AT_FDCWD, place(fid), [time(access), time(modification)], 0) == 0)
      let now = try Self.information(fid.path)
      return ServerSide.timesText(
        access: access.map { _ in (UInt64(now.st_atim.tv_sec), UInt64(now.st_atim.tv_nsec)) },
        modification: modification.map { _ in (UInt64(now.st_mtim.tv_sec), UInt64(now.st_mtim.tv_nsec)) })
    default: break
    }
    return ""
  }

  /// A time of modification that no clock shows.
  private static let mark = timespec(tv_sec: 1_000_000_007, tv_nsec: 123_456_789)
  /// UTIME_OMIT: a C macro that Swift does not see.
  private static let omitted = timespec(tv_sec: 0, tv_nsec: (1 << 30) - 2)

  /// Sets the time of modification so that the next change shows however coarse the host's clock is.
  ///
  /// - Returns: the time of change then, in seconds and nanoseconds.
  func markTimes(of number: UInt32) throws -> [Int] {
    let fid = try fid(number)
    try require(utimensat(AT_FDCWD, place(fid), [Self.omitted, Self.mark], 0) == 0)
    let information = try Self.information(fid.path)
    return [information.st_ctim.tv_sec, information.st_ctim.tv_nsec]
  }

  static func isMarked(_ information: stat) -> Bool {
    information.st_mtim.tv_sec == mark.tv_sec && information.st_mtim.tv_nsec == mark.tv_nsec
  }

  private func changeNames(_ operation: ShareOperation) throws {
    switch operation {
    case .mkdir(let directory, let name, let mode):
      let fid = try fid(directory)
      try check(name)
      try require(mkdirat(fid.path, name, mode & 0o7777) == 0)
    case .symlink(let directory, let name, let target):
      let fid = try fid(directory)
      try checkTarget(target)
      try check(name)
      try require(symlinkat(target, fid.path, name) == 0)
    case .mknod(let directory, let name, let mode):
      let fid = try fid(directory)
      try makeNode(fid, name, mode)
    case .link(let directory, let number, let name):
      let file = try fid(number)
      let fid = try fid(directory)
      try check(name)
      try require(linkat(AT_FDCWD, place(file), fid.path, name, AT_SYMLINK_FOLLOW) == 0)
    case .rename(let number, let directory, let name): try rename(try fid(number), try fid(directory), name)
    case .renameat(let oldDirectory, let oldName, let newDirectory, let newName):
      let (old, new) = (try fid(oldDirectory), try fid(newDirectory))
      try check(oldName)
      if newName.utf8.contains(0) || newName.contains("/") {
        // The older path is looked at first.
        let isDirectory = try Self.information(old.path).st_mode & S_IFMT == S_IFDIR
        throw oldName == "" || isDirectory ? ErrorNumber.noEntry : .notDirectory
      }
      try require(Glibc.renameat(old.path, oldName, new.path, newName) == 0)
    case .unlinkat(let directory, let name, let isDirectory):
      let fid = try fid(directory)
      try check(name)
      try require(Glibc.unlinkat(fid.path, name, isDirectory ? AT_REMOVEDIR : 0) == 0)
    case .remove(let number):
      let fid = try fid(number)
      defer { end(number) }
      try remove(fid)
    default: throw ErrorNumber.protocolError
    }
  }

  private func checkTarget(_ target: String) throws {
    // An empty target is refused before the name is looked at, and so is one that is too long.
    if target.isEmpty { throw ErrorNumber.noEntry }
    if target.utf8.count > 4095 { throw ErrorNumber.nameTooLong }
    if target.utf8.contains(0) { throw ErrorNumber.invalid }
  }

  private func makeNode(_ fid: Fid, _ name: String, _ mode: UInt32) throws {
    let type = mode & FileMode.typeMask
    let isSpecial = [FileMode.fifo, FileMode.socket, FileMode.characterDevice, FileMode.blockDevice].contains(type)
    if isSpecial || type == FileMode.regular || type == 0 { try check(name) }
    guard isSpecial else { return try require(mknodat(fid.path, name, mode, 0) == 0) }
    // Shares have none. Whether the name would do can be asked without making anything.
    var information = stat()
    if fstatat(fid.path, name, &information, AT_SYMLINK_NOFOLLOW) == 0 { throw ErrorNumber.exists }
    let isFree = try errno == ENOENT && !name.isEmpty && Self.information(fid.path).st_nlink > 0
    throw isFree ? ErrorNumber.notPermitted : ErrorNumber(rawValue: UInt32(errno))
  }

  private func readLink(_ fid: Fid) throws -> String {
    var target = [CChar](repeating: 0, count: 4096)
    let count = readlinkat(fid.path, "", &target, target.count)
    // ENOENT says here that an empty path was given for what is no link; with a path it is EINVAL.
    guard count >= 0 || errno != ENOENT else { throw ErrorNumber.invalid }
    try require(count >= 0)
    return String(decoding: target.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Where the name is by which a fid reached its file: the kernel keeps that too. Nil when it was taken away.
  private func currentPath(_ fid: Fid) throws -> String? {
    var path = [CChar](repeating: 0, count: 4096)
    let count = Glibc.readlink(place(fid), &path, path.count)
    try require(count >= 0)
    let text = String(decoding: path.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.hasSuffix(" (deleted)") ? nil : text
  }

  private func remove(_ fid: Fid) throws {
    guard let path = try currentPath(fid) else { throw ErrorNumber.noEntry }
    let isRoot = try Self.information(fid.path).st_ino == root.st_ino
    guard !isRoot else { throw ErrorNumber.busy }
    let isDirectory = try Self.information(fid.path).st_mode & S_IFMT == S_IFDIR
    try require((isDirectory ? rmdir(path) : unlink(path)) == 0)
  }

  private func rename(_ fid: Fid, _ directory: Fid, _ name: String) throws {
    try check(name)
    let isRoot = try Self.information(fid.path).st_ino == root.st_ino
    // A name that is nowhere lets the kernel say what it says of the new one.
    let path = isRoot ? folder + "/.." : try currentPath(fid) ?? folder + "/gone"
    try require(Glibc.renameat(AT_FDCWD, path, directory.path, name) == 0)
  }

  private func list(_ number: UInt32) throws -> String {
    let descriptor = try opened(number)
    try require(lseek(descriptor, 0, SEEK_SET) >= 0)
    var entries: [String] = []
    var buffer = [UInt8](repeating: 0, count: 32 << 10)
    while true {
      // The call itself: the C library hides that the directory was removed.
      let count = linux_get_entries(descriptor, &buffer, buffer.count)
      try require(count >= 0)
      guard count > 0 else { return entries.sorted().joined(separator: " ") }
      var place = 0
      while place < Int(count) {
        // d_ino[8] d_off[8] d_reclen[2] d_type[1] d_name, a text with a NUL at its end.
        let length = Int(buffer[place + 16]) | Int(buffer[place + 17]) << 8
        let name = buffer[(place + 19)..<(place + length)].prefix { $0 != 0 }
        entries.append("\(String(decoding: name, as: UTF8.self))(\(buffer[place + 18]))")
        place += length
      }
    }
  }
}
