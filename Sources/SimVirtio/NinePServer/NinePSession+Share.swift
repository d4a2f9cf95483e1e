import NineP

extension NinePSession {
  /// Puts another share in the place of one in which nothing was changed, for a client that has attached to it and has looked at no
  /// file yet. Of the root it knows number and version, so these must be the same.
  ///
  /// - Parameter start: the times of all files.
  /// - Returns: false if the client can tell the two apart, or has changed something; then nothing is replaced.
  public mutating func replaceTree(of old: Share, by new: Share, start: FileTime) -> Bool {
    let isRootOnly = fids.allSatisfy { entry in
      if case .path = entry.fid.use { entry.fid.node == ShareTree.root && entry.fid.locks.isEmpty } else { false }
    }
    guard isRootOnly, tree == held(old, start), new.tree[ShareTree.root]?.version == tree[ShareTree.root]?.version
    else { return false }
    tree = held(new, start)
    assert(_checkInvariants())
    return true
  }

  /// A share's tree at the beginning of a run, kept by this session's fids.
  private func held(_ share: Share, _ start: FileTime) -> ShareTree {
    var tree = share.tree
    tree.setAllTimes(start)
    for entry in fids { tree.hold(entry.fid.node) }
    return tree
  }
}
