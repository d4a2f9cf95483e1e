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

  public var description: String { "\(path): \(problem)" }

  /// What is wrong, without the path.
  public var problem: String {
    switch reason {
    case .notAFolder: "is not a folder; a share must be one"
    case .missing: "there is no such folder"
    case .unreadable(let why): "cannot be read (\(why)); make it readable or take it out of the share"
    case .specialFile(let kind):
      "is a \(kind); a share holds files, folders and symbolic links only, take it out"
    case .linkLeavesShare(let target):
      "the symbolic link leads out of the share (to \(target)); make it relative and keep it inside"
    case .tooManyBytes(let limit):
      "the share holds more than \(limit) bytes; raise the limit or make it smaller"
    case .tooManyEntries(let limit):
      "the share holds more than \(limit) files and folders; raise the limit or make it smaller"
    case .tooDeep(let limit): "lies more than \(limit) folders deep; make the share flatter"
    case .invalidName:
      "has a name that no file may have: names have 1 to 255 bytes, none of them / or NUL, and are not . or .."
    case .duplicate:
      "is in the share more than once, from its folder, its extensions or its files"
    case .changedMeanwhile: "changed while it was read; try again when nothing writes to it"
    case .targetNotEmpty: "already holds something; name a new or an empty folder"
    case .unwritable(let why): "cannot be written (\(why))"
    }
  }
}
