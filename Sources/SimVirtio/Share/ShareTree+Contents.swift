import NineP

/// What is in files, and what is said of them.
extension ShareTree {
  /// Up to `count` bytes of a file from `offset`; nothing beyond its end.
  public func read(_ number: UInt64, at offset: UInt64, count: Int) throws(ErrorNumber) -> ArraySlice<UInt8> {
    let bytes = try file(number)
    guard offset < UInt64(bytes.count), count > 0 else { return [] }
    let start = Int(offset)
    return bytes[start..<start + min(count, bytes.count - start)]
  }

  private func file(_ number: UInt64) throws(ErrorNumber) -> [UInt8] {
    switch self[number]?.content {
    case .file(let bytes): return bytes
    case .directory: throw .isDirectory
    case .symbolicLink: throw .invalid
    case nil: throw .noEntry
    }
  }

  /// Writes at `offset`; a gap before it reads as zeros.
  public mutating func write(
    _ data: UnsafeRawBufferPointer, to number: UInt64, at offset: UInt64, time: FileTime = FileTime()
  ) throws(ErrorNumber) {
    let size = try file(number).count
    guard !data.isEmpty else { return }
    let end = offset.addingReportingOverflow(UInt64(data.count))
    guard !end.overflow, end.partialValue <= UInt64(limits.bytesMax) else { throw .fileTooLarge }
    if Int(end.partialValue) > size { try resize(number, to: end.partialValue, at: time) }
    let start = Int(offset)
    change(number, at: time) { node in
      node.content.withFile { $0.replaceSubrange(start..<start + data.count, with: data) }
      node.modificationTime = time
    }
  }

  /// Cuts a file off or fills it up with zeros.
  public mutating func resize(_ number: UInt64, to size: UInt64, at time: FileTime = FileTime()) throws(ErrorNumber) {
    let old = try file(number).count
    guard size <= UInt64(limits.bytesMax) else { throw .fileTooLarge }
    let growth = Int(size) - old
    guard contentBytes + growth <= limits.bytesMax else { throw .noSpace }
    contentBytes += growth
    change(number, at: time) { node in
      node.content.withFile { bytes in
        if growth > 0 {
          bytes.append(contentsOf: repeatElement(0, count: growth))
        } else {
          bytes.removeLast(-growth)
        }
      }
      node.modificationTime = time
    }
  }

  public mutating func setPermissions(_ permissions: UInt32, of number: UInt64, at time: FileTime = FileTime()) {
    change(number, at: time) { $0.permissions = permissions & 0o7777 }
  }

  /// Gives a file to another user or group. What it let others do in its owner's name ends, as in Linux.
  public mutating func setOwner(user: UInt32?, group: UInt32?, of number: UInt64, at time: FileTime = FileTime()) {
    change(number, at: time) { node in
      if let user { node.user = user }
      if let group { node.group = group }
      guard !node.content.isDirectory else { return }
      node.permissions &= ~FileMode.setUserID
      if node.permissions & FileMode.groupExecute != 0 { node.permissions &= ~FileMode.setGroupID }
    }
  }

  public mutating func setTimes(access: FileTime?, modification: FileTime?, of number: UInt64, at time: FileTime) {
    change(number, at: time) { node in
      if let access { node.accessTime = access }
      if let modification { node.modificationTime = modification }
    }
  }
}
