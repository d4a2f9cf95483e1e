import NineP

/// Names: what makes, moves and takes them away. Error numbers, and which of several comes first, are Linux's.
extension ShareTree {
  /// Creates a file, directory or link under a name that is not taken.
  public mutating func create(
    _ content: Content, name: [UInt8], in directory: UInt64, permissions: UInt32, owner: ShareOwner = ShareOwner(),
    at time: FileTime = FileTime()
  ) throws(ErrorNumber) -> UInt64 {
    try requireFree(name, in: directory)
    try requireRoom(bytes: content.byteCount)
    guard entryCount < limits.entriesMax else { throw .noSpace }
    if content.isDirectory, try depth(of: directory) >= limits.depthMax { throw .tooManyLinks }
    var permissions = permissions
    var owner = owner
    // A directory with the set-group-ID bit hands its group down, and the bit to directories.
    if let parent = self[directory], parent.permissions & FileMode.setGroupID != 0 {
      owner.group = parent.group
      if content.isDirectory { permissions |= FileMode.setGroupID }
    }
    let number = add(content, permissions: permissions, owner: owner, at: time)
    insert(name, for: number, in: directory, at: time)
    return number
  }

  /// Gives a file one more name.
  public mutating func link(
    _ number: UInt64, name: [UInt8], in directory: UInt64, at time: FileTime = FileTime()
  ) throws(ErrorNumber) {
    try requireFree(name, in: directory)
    guard let node = self[number] else { throw .noEntry }
    guard !node.content.isDirectory else { throw .notPermitted }
    guard node.linkCount > 0 else { throw .noEntry }
    guard nameCount < limits.entriesMax else { throw .noSpace }
    insert(name, for: number, in: directory, at: time)
  }

  /// Takes a name away. The file stays as long as it has another or somebody holds it.
  public mutating func remove(
    _ name: some Sequence<UInt8>, in directory: UInt64, isDirectory: Bool, at time: FileTime = FileTime()
  ) throws(ErrorNumber) {
    guard let entry = try entry(name, in: directory), let node = self[entry.node] else { throw .noEntry }
    if case .directory(let entries, _, _) = node.content {
      guard isDirectory else { throw .isDirectory }
      guard entries.isEmpty else { throw .notEmpty }
    } else if isDirectory {
      throw .notDirectory
    }
    take(entry, from: directory, at: time)
    drop(entry.node, from: directory, at: time)
  }

  /// Moves a file or directory, over an existing file or empty directory if need be.
  public mutating func rename(
    _ oldName: some Sequence<UInt8>, in oldDirectory: UInt64, to newName: [UInt8], in newDirectory: UInt64,
    at time: FileTime = FileTime()
  ) throws(ErrorNumber) {
    _ = try entries(of: newDirectory)
    guard let moved = try entry(oldName, in: oldDirectory) else { throw .noEntry }
    // A removed directory is not even searched for the new name.
    try requireAlive(newDirectory)
    let isDirectory = self[moved.node]?.content.isDirectory ?? false
    if isDirectory, try isInside(newDirectory, moved.node) { throw .invalid }
    let replaced = try entry(newName, in: newDirectory)
    if let replaced {
      guard try !isInside(oldDirectory, replaced.node) else { throw .notEmpty }
      guard replaced.node != moved.node else { return }
      if case .directory(let entries, _, _) = self[replaced.node]?.content {
        guard isDirectory else { throw .isDirectory }
        guard entries.isEmpty else { throw .notEmpty }
      } else if isDirectory {
        throw .notDirectory
      }
    }
    if isDirectory, try depth(of: newDirectory) + height(of: moved.node) > limits.depthMax { throw .tooManyLinks }
    move(moved, from: oldDirectory, to: newName, in: newDirectory, over: replaced)
    for directory in [oldDirectory, newDirectory] {
      change(directory, at: time) { $0.modificationTime = time }
    }
    change(moved.node) { $0.changeTime = time }
    if let replaced { drop(replaced.node, from: newDirectory, at: time) }
  }

  /// Moves the name only. It goes to the place in the listing that tells a reader most truly what stayed and what is new.
  private mutating func move(
    _ moved: Entry, from oldDirectory: UInt64, to newName: [UInt8], in newDirectory: UInt64, over replaced: Entry?
  ) {
    var entry = moved
    entry.name = newName
    change(oldDirectory) { node in
      node.content.withEntries { entries, _ in entries.removeAll { $0.identity == moved.identity } }
    }
    change(newDirectory) { node in
      node.content.withEntries { entries, nextCookie in
        if let replaced {
          entries.removeAll { $0.identity == replaced.identity }
          entry.cookie = replaced.cookie
        } else if newDirectory != oldDirectory {
          entry.cookie = nextCookie
          nextCookie += 1
        }
        entries.insert(entry, at: entries.firstIndex { $0.cookie > entry.cookie } ?? entries.endIndex)
      }
    }
    if replaced != nil { nameCount -= 1 }
    guard newDirectory != oldDirectory, self[moved.node]?.content.isDirectory ?? false else { return }
    change(oldDirectory) { $0.linkCount -= 1 }
    change(newDirectory) { $0.linkCount += 1 }
    change(moved.node) { $0.content.setParent(newDirectory) }
  }

  /// Whether a name could be made.
  func requireFree(_ name: [UInt8], in directory: UInt64) throws(ErrorNumber) {
    guard try entry(name, in: directory) == nil else { throw .exists }
    try requireAlive(directory)
  }

  /// A removed directory takes nothing any more.
  private func requireAlive(_ directory: UInt64) throws(ErrorNumber) {
    guard let node = self[directory], node.linkCount > 0 else { throw .noEntry }
  }

  private func requireRoom(bytes: Int) throws(ErrorNumber) {
    guard contentBytes + bytes <= limits.bytesMax, nameCount < limits.entriesMax else { throw .noSpace }
  }

  private mutating func insert(_ name: [UInt8], for number: UInt64, in directory: UInt64, at time: FileTime) {
    let identity = makeIdentity()
    change(directory, at: time) { node in
      node.content.withEntries { entries, nextCookie in
        entries.append(Entry(name: name, node: number, cookie: nextCookie, identity: identity))
        nextCookie += 1
      }
      node.modificationTime = time
    }
    change(number) { node in
      node.linkCount += 1
      node.changeTime = time
    }
    if self[number]?.content.isDirectory ?? false { change(directory) { $0.linkCount += 1 } }
    nameCount += 1
  }

  private mutating func take(_ entry: Entry, from directory: UInt64, at time: FileTime) {
    change(directory, at: time) { node in
      node.content.withEntries { entries, _ in entries.removeAll { $0.identity == entry.identity } }
      node.modificationTime = time
    }
    nameCount -= 1
  }

  /// A file has lost a name, or an empty directory its only one, in `directory`.
  private mutating func drop(_ number: UInt64, from directory: UInt64, at time: FileTime) {
    if self[number]?.content.isDirectory ?? false {
      change(directory) { node in
        node.linkCount -= 1
        // What is left of the directory knows its parent, until it is forgotten.
        node.holdCount += 1
      }
      change(number) { $0.linkCount = 0 }
    } else {
      change(number) { $0.linkCount -= 1 }
    }
    change(number) { $0.changeTime = time }
    forgetIfUnused(number)
  }
}
