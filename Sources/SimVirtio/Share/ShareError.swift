/// Why a folder cannot be a share, or a share not be written out; says what to do about it.
public struct ShareError: Error, Equatable, CustomStringConvertible {
  public enum Reason: Equatable, Sendable {
    case notAFolder
    case missing
    case unreadable(String)
    case specialFile(String)
    case linkLeavesShare(target: String)
    case tooManyBytes(limit: Int)
    case tooManyEntries(limit: Int)
    case tooDeep(limit: Int)
    case invalidName
    case duplicate
    case changedMeanwhile
    case targetNotEmpty
    case unwritable(String)
  }

  /// The file or folder that it is about.
  public var path: String
  public var reason: Reason

  public init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }

  public var description: String { "\(path): \(problem)" + (remedy.map { "; \($0)" } ?? "") }

  /// What is wrong, without the path.
  public var problem: String { texts.problem }
  /// What the user can do about it; nil where the problem says it all.
  public var remedy: String? { texts.remedy }

  private var texts: (problem: String, remedy: String?) {
    switch reason {
    case .notAFolder: ("is not a folder", "name a folder")
    case .missing: ("there is no such folder", "check the path")
    case .unreadable(let why): ("can't be read (\(why))", "make it readable, or take it out of the share")
    case .specialFile(let kind):
      ("is a \(kind)", "take it out: a share holds files, folders and symbolic links only")
    case .linkLeavesShare(let target):
      ("the symbolic link leads out of the share, to \(target)", "make it relative and keep it inside")
    case .tooManyBytes(let limit): ("the share holds more than \(limit) bytes", "make it smaller")
    case .tooManyEntries(let limit): ("the share holds more than \(limit) files and folders", "make it smaller")
    case .tooDeep(let limit): ("lies more than \(limit) folders deep", "make the share flatter")
    case .invalidName:
      ("has a name that no file may have", "use 1 to 255 bytes, none of them / or NUL, and not . or ..")
    case .duplicate:
      ("is in the share more than once", "name it in one of its folder, its extensions and its files only")
    case .changedMeanwhile: ("changed while it was read", "try again when nothing writes to it")
    case .targetNotEmpty: ("already holds something", "name a new or an empty folder")
    case .unwritable(let why): ("can't be written: \(why)", nil)
    }
  }
}
