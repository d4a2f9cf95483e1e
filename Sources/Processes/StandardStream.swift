import Glibc

/// What one of the three standard streams of a program is.
public enum StandardStream: Equatable, Sendable {
  /// Nothing to read, nobody to write to.
  case nothing
  /// That of this process.
  case inherited
  /// A file, made if there is none, for the program's output.
  case file(String)
  /// An open descriptor, which stays the caller's.
  case descriptor(Int32)

  /// Calls `body` with a descriptor that may become the stream of the number `place`.
  func withDescriptor<Result>(
    for place: Int32, _ body: (Int32) throws(ProcessError) -> Result
  ) throws(ProcessError) -> Result {
    let path: String
    switch self {
    case .inherited: return try body(place)
    case .descriptor(let descriptor): return try body(descriptor)
    case .nothing: path = "/dev/null"
    case .file(let name): path = name
    }
    let flags = place == STDIN_FILENO ? O_RDONLY : O_WRONLY | O_CREAT
    let descriptor = open(path, flags | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw ProcessError("\(path): can't be opened: \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    return try body(descriptor)
  }
}
