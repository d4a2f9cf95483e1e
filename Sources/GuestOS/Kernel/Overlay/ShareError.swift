import NineP

/// Why something on the share could not be had.
enum ShareError: Error {
  case refused(ErrorNumber)
  /// The server or its device did something that the protocol does not allow.
  case misbehaved
  case noAnswer
  case notMounted
  case pathTooLong
  case folderTooLarge
  /// A file, in bytes, and how large one may be.
  case tooLarge(UInt64, limit: UInt64)
  /// What a file and what is made of it would take, in bytes, and what there is.
  case noMemory(needed: UInt64, left: UInt64)

  var message: [UInt8] {
    var buffer = TextBuffer()
    buffer.text(text)
    switch self {
    case .tooLarge(let size, let limit): buffer.comparison(size, limit)
    case .noMemory(let needed, let left): buffer.comparison(needed, left)
    default: break
    }
    return buffer.contents
  }

  private var text: StaticString {
    switch self {
    case .refused(.noEntry): "no such file or directory"
    case .refused(.notDirectory): "not a directory"
    case .refused(.isDirectory): "is a directory"
    case .refused(.accessDenied), .refused(.notPermitted): "permission denied"
    case .refused(.nameTooLong): "name too long"
    case .refused(.invalid): "invalid argument"
    case .refused: "refused by the share"
    case .misbehaved: "the share broke the protocol"
    case .noAnswer: "the share does not answer"
    case .notMounted: "no share"
    case .pathTooLong: "path too long"
    case .folderTooLarge: "folder too large"
    case .tooLarge: "file too large"
    case .noMemory: "not enough memory for the file"
    }
  }
}

extension TextBuffer {
  fileprivate mutating func comparison(_ value: UInt64, _ limit: UInt64) {
    text(": ")
    decimal(value)
    text(" bytes, at most ")
    decimal(limit)
  }
}
