import ObjectLoader

/// How large a file may be, and what is made of it.
struct FileLimits {
  /// In bytes.
  var bytesMax: UInt64
  /// For each byte of the file so many bytes of memory, beside the file itself, ...
  var factor: UInt64
  /// ... but no more than these.
  var extraMax: UInt64

  /// An object's tables are at most as large as they are with as many symbols as `ObjectLimits` allows.
  static var object: FileLimits {
    FileLimits(bytesMax: UInt64(ObjectLimits().fileSizeMax), factor: 8, extraMax: 20 << 20)
  }
  /// A line of a symbol file has at least six bytes; its symbol takes 64 while they are sorted.
  static var symbolFile: FileLimits {
    FileLimits(bytesMax: UInt64(SymbolFile.fileSizeMax), factor: 11, extraMax: 16 << 20)
  }
}
