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

  public var description: String {
    switch reason {
    case .notAFolder: "\(path): is not a folder; a share must be one"
    case .missing: "\(path): there is no such folder"
    case .unreadable(let why): "\(path): cannot be read (\(why)); make it readable or take it out of the share"
    case .specialFile(let kind):
      "\(path): is a \(kind); a share holds files, folders and symbolic links only, take it out"
    case .linkLeavesShare(let target):
      "\(path): the symbolic link leads out of the share (to \(target)); make it relative and keep it inside"
    case .tooManyBytes(let limit):
      "\(path): the share holds more than \(limit) bytes; raise the limit or make it smaller"
    case .tooManyEntries(let limit):
      "\(path): the share holds more than \(limit) files and folders; raise the limit or make it smaller"
    case .tooDeep(let limit): "\(path): lies more than \(limit) folders deep; make the share flatter"
    case .invalidName: "\(path): has a name that no file may have"
    case .duplicate: "\(path): is there twice"
    case .changedMeanwhile: "\(path): changed while it was read; try again when nothing writes to it"
    case .targetNotEmpty: "\(path): already holds something; name a new or an empty folder"
    case .unwritable(let why): "\(path): cannot be written (\(why))"
    }
  }
}
