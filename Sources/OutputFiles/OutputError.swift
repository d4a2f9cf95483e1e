import Foundation

/// A file that could not be written.
public struct OutputError: Error, Equatable, CustomStringConvertible {
  /// As the user named it.
  public var path: String
  public var problem: String

  public init(path: String, problem: String) {
    self.path = path
    self.problem = problem
  }

  init(path: String, number: Int32) {
    self.init(path: path, problem: "can't be written: \(String(cString: strerror(number)))\(Self.mend(number))")
  }

  /// What can be done about it, where the system's words do not tell.
  private static func mend(_ number: Int32) -> String {
    var limit = rlimit()
    guard number == EFBIG, getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0, limit.rlim_cur != .max
    else { return "" }
    return "; this process may write \(limit.rlim_cur) bytes a file: raise the limit (ulimit -f)"
  }

  public var description: String { path.isEmpty ? problem : "\(path): \(problem)" }
}

/// Makes the folder that files will be written to, unless it is there, so that what is in the way shows before the work.
public func requireWritableFolder(_ path: String) throws(OutputError) {
  guard !path.isEmpty else { throw OutputError(path: path, problem: "the name of the folder to write to is empty") }
  var information = stat()
  if stat(path, &information) == 0 {
    guard information.isFolder else { throw OutputError(path: path, problem: "is not a folder") }
  } else {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      // The system's words say more than those of the error.
      let reason = (error as? CocoaError)?.underlying as? POSIXError
      throw OutputError(path: path, number: reason?.code.rawValue ?? EIO)
    }
  }
  guard access(path, W_OK | X_OK) == 0 else { throw OutputError(path: path, number: errno) }
}

extension stat {
  var isRegularFile: Bool { st_mode & S_IFMT == S_IFREG }
  var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
}
