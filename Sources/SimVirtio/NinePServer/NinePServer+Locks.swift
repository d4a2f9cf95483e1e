import NineP

/// Locks. There is one client, whose own kernel has decided between its processes before it asks: every lock is granted.
extension NinePServer {
  /// Checks a request's fid and range, and returns the range's first and last byte.
  private func range(of lock: FileLock, _ number: UInt32) throws(ErrorNumber) -> (first: UInt64, last: UInt64) {
    guard try session.fid(number).openFlags != nil else { throw .badFile }
    guard lock.type <= LockType.unlock else { throw .invalid }
    guard lock.client.count <= Limits.nameBytes else { throw .nameTooLong }
    guard lock.length > 0 else { return (lock.start, .max) }
    let last = lock.start.addingReportingOverflow(lock.length - 1)
    guard !last.overflow else { throw .overflow }
    return (lock.start, last.partialValue)
  }

  /// Takes a lock or gives it up. As in POSIX, an owner's newer lock takes the place of what it overlaps, through whichever
  /// fid that was taken.
  mutating func take(_ lock: FileLock, _ number: UInt32, _ flags: UInt32) throws(ErrorNumber) {
    let (first, last) = try range(of: lock, number)
    guard flags & ~(LockFlags.block | LockFlags.reclaim) == 0 else { throw .invalid }
    let node = try session.fid(number).node
    let wanted = HeldLock(
      type: lock.type, first: first, last: last, process: lock.process, client: Array(lock.client.bytes))
    // What it overlaps falls into two pieces at most.
    guard lock.type == LockType.unlock || session.lockCount + 2 <= Self.locksMax else { throw .noLocks }
    for index in session.fids.indices where session.fids[index].fid.node == node {
      let locks = session.fids[index].fid.locks
      if !locks.isEmpty { session.fids[index].fid.locks = locks.flatMap { $0.without(wanted) } }
    }
    guard lock.type != LockType.unlock else { return }
    var fid = try session.fid(number)
    fid.locks.append(wanted)
    session.set(fid, for: number)
  }

  /// Nobody else is there to hold one.
  func lockInTheWay(of lock: FileLock, _ number: UInt32) throws(ErrorNumber) -> ServerReply {
    let (first, last) = try range(of: lock, number)
    return .getlock(
      HeldLock(
        type: LockType.unlock, first: first, last: last, process: lock.process, client: Array(lock.client.bytes)),
      length: lock.length)
  }
}

extension HeldLock {
  /// What is left of this lock when its owner takes or gives up `other`.
  fileprivate func without(_ other: HeldLock) -> [HeldLock] {
    guard process == other.process, client == other.client, first <= other.last, other.first <= last else {
      return [self]
    }
    var rest: [HeldLock] = []
    if first < other.first {
      var before = self
      before.last = other.first - 1
      rest.append(before)
    }
    if last > other.last {
      var after = self
      after.first = other.last + 1
      rest.append(after)
    }
    return rest
  }
}
