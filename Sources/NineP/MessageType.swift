/// The messages of 9P2000.L that are understood here, by the number of the request; the reply's is one more.
///
/// ``lerror`` exists as a reply only.
public enum MessageType: UInt8, Sendable, CaseIterable {
  case lerror = 6
  case statfs = 8
  case lopen = 12
  case lcreate = 14
  case symlink = 16
  case mknod = 18
  case rename = 20
  case readlink = 22
  case getattr = 24
  case setattr = 26
  case xattrwalk = 30
  case xattrcreate = 32
  case readdir = 40
  case fsync = 50
  case lock = 52
  case getlock = 54
  case link = 70
  case mkdir = 72
  case renameat = 74
  case unlinkat = 76
  case version = 100
  case auth = 102
  case attach = 104
  case flush = 108
  case walk = 110
  case create = 114
  case read = 116
  case write = 118
  case clunk = 120
  case remove = 122
  case stat = 124
  case wstat = 126

  /// The number on the wire of a request of this type.
  public var requestCode: UInt8 { rawValue }
  /// The number on the wire of a reply of this type.
  public var replyCode: UInt8 { rawValue &+ 1 }
}

/// Sizes that the protocol fixes, in bytes.
public enum Limits {
  /// The header: size[4] type[1] tag[2].
  public static let headerBytes = 7
  /// What Rread and Treaddir's reply carry before their data.
  public static let dataReplyOverhead = 11
  /// What Twrite carries before its data.
  public static let writeRequestOverhead = 23
  /// The greatest number of names in Twalk (MAXWELEM).
  public static let walkNames = 16
  /// The longest name of a directory entry.
  public static let nameBytes = 255
  /// Rgetattr, the longest reply of fixed size.
  public static let largestFixedMessage = 160
}

/// Values of tag, fid and uid that stand for "none".
public enum Absent {
  /// NOTAG: the tag of Tversion.
  public static let tag: UInt16 = 0xffff
  /// NOFID: the afid of an attach without authentication.
  public static let fid: UInt32 = 0xffff_ffff
  /// NONUNAME: no numeric user.
  public static let user: UInt32 = 0xffff_ffff
}
