/// Error numbers of Linux, which Rlerror carries on every host.
public struct ErrorNumber: Error, Equatable, Sendable {
  public var rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  public static let notPermitted = ErrorNumber(rawValue: 1)
  public static let noEntry = ErrorNumber(rawValue: 2)
  public static let inputOutput = ErrorNumber(rawValue: 5)
  public static let badFile = ErrorNumber(rawValue: 9)
  public static let outOfMemory = ErrorNumber(rawValue: 12)
  public static let accessDenied = ErrorNumber(rawValue: 13)
  public static let busy = ErrorNumber(rawValue: 16)
  public static let exists = ErrorNumber(rawValue: 17)
  public static let notDirectory = ErrorNumber(rawValue: 20)
  public static let isDirectory = ErrorNumber(rawValue: 21)
  public static let invalid = ErrorNumber(rawValue: 22)
  public static let tooManyFiles = ErrorNumber(rawValue: 24)
  public static let fileTooLarge = ErrorNumber(rawValue: 27)
  public static let noSpace = ErrorNumber(rawValue: 28)
  /// EMLINK: of names of a file, or of directories below one another.
  public static let tooManyLinks = ErrorNumber(rawValue: 31)
  public static let nameTooLong = ErrorNumber(rawValue: 36)
  public static let noLocks = ErrorNumber(rawValue: 37)
  public static let notEmpty = ErrorNumber(rawValue: 39)
  /// ELOOP: a symbolic link where none may be.
  public static let symbolicLink = ErrorNumber(rawValue: 40)
  /// ENODATA: there is no such extended attribute.
  public static let noData = ErrorNumber(rawValue: 61)
  public static let protocolError = ErrorNumber(rawValue: 71)
  public static let overflow = ErrorNumber(rawValue: 75)
  public static let messageTooLong = ErrorNumber(rawValue: 90)
  public static let notSupported = ErrorNumber(rawValue: 95)
}

/// Flags of Tlopen and Tlcreate: Linux's numbers, whatever the host's are.
public enum OpenFlags {
  public static let accessMask: UInt32 = 3
  public static let readOnly: UInt32 = 0
  public static let writeOnly: UInt32 = 1
  public static let readWrite: UInt32 = 2
  public static let create: UInt32 = 0o100
  public static let exclusive: UInt32 = 0o200
  public static let truncate: UInt32 = 0o1000
  public static let append: UInt32 = 0o2000
  public static let directory: UInt32 = 0o200000
}

/// File types in a mode, and in the type byte of a directory entry.
public enum FileMode {
  public static let typeMask: UInt32 = 0o170000
  public static let regular: UInt32 = 0o100000
  public static let directory: UInt32 = 0o040000
  public static let blockDevice: UInt32 = 0o060000
  public static let characterDevice: UInt32 = 0o020000
  public static let fifo: UInt32 = 0o010000
  public static let socket: UInt32 = 0o140000
  public static let symbolicLink: UInt32 = 0o120000
  public static let setUserID: UInt32 = 0o4000
  public static let setGroupID: UInt32 = 0o2000
  public static let groupExecute: UInt32 = 0o010

  /// The type byte of a directory entry (`d_type`): the type bits of the mode, moved down.
  public static func entryType(_ mode: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: (mode & typeMask) >> 12) }
}

/// Flags of Tunlinkat.
public enum UnlinkFlags {
  /// AT_REMOVEDIR: remove a directory rather than a file.
  public static let removeDirectory: UInt32 = 0x200
}
