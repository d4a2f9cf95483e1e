import Glibc

/// What the process may do to files of the host, which decides what can be asked of both sides.
public struct HostEnvironment: Sendable {
  /// Bits that every mode has, so that the process can go on using what it made.
  let modeFloor: UInt32
  /// Bits that no mode has.
  let modesRefused: UInt32
  /// Users and groups that files may be given to.
  let users: [UInt32]
  let groups: [UInt32]

  public init() {
    let isRoot = geteuid() == 0
    modeFloor = isRoot ? 0 : 0o700
    // A user's own set-group-ID bit may be taken away by the kernel.
    modesRefused = Self.mask | (isRoot ? 0 : 0o2000)
    users = isRoot ? [0, 1, 77] : [geteuid()]
    groups = isRoot ? [0, 1, 77] : [getegid()]
  }

  /// The process's umask, read without changing it: threads share it.
  private static var mask: UInt32 {
    guard let file = fopen("/proc/self/status", "r") else { return 0o022 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard text.hasPrefix("Umask:") else { continue }
      return UInt32(text.dropFirst(6).filter { !$0.isWhitespace }, radix: 8) ?? 0o022
    }
    return 0o022
  }
}
