import Hexadecimal
import NineP
import SimVirtio

extension SlotFaults: DeviceFaults {
  // MARK: Queues

  func willTake(from queue: UInt16, _ state: DeviceQueue) {
    let places = state.waitingDescriptors
    guard !places.isEmpty else { return }
    meet(.take(queue: queue, descriptors: places.count, isPacked: state.isPacked)) { change in
      if case .ringIndex(_, _, let bits) = change { return changeIndex(state, queue, isUsed: false, bits) }
      guard case .descriptor(_, let position, let field, let bits) = change else { return nil }
      let name = "queue \(queue) descriptor \(position)"
      guard position < places.count else {
        return .failure(FaultMissed("\(self.name) \(name): the chain has only \(places.count)"))
      }
      guard let place = field.place(isPacked: state.isPacked) else {
        return .failure(FaultMissed("\(self.name) \(name): a packed queue's descriptors have no \(field.rawValue)"))
      }
      return changeWord(places[position] &+ place.offset, place.count, "\(name) \(field.rawValue)", bits)
    }
  }

  func willReturn(id: inout UInt16, writtenBytes: inout UInt32, to queue: UInt16) -> ReturnFate {
    var fate = ReturnFate.returned
    meet(.giveBack(queue: queue)) { change in
      if case .usedEntry(_, let field, let bits) = change {
        let old = field == .id ? UInt64(id) : UInt64(writtenBytes)
        let new = bits.applied(to: old)
        switch field {
        case .id: id = UInt16(truncatingIfNeeded: new)
        case .length: writtenBytes = UInt32(truncatingIfNeeded: new)
        }
        let found = field == .id ? UInt64(id) : UInt64(writtenBytes)
        return injection(
          "queue \(queue) used entry \(field.rawValue)", bits.text, old.hexadecimal, found.hexadecimal)
      }
      // What becomes of an entry is decided once.
      guard fate == .returned, case .usedFate(_, let wanted) = change else { return nil }
      let entry = "queue \(queue) used entry \(id)"
      switch wanted {
      case .lost:
        fate = .lost
        return injection(entry, "drop", "returned", "never returned")
      case .repeated:
        fate = .repeated
        return injection(entry, "repeat", "returned once", "returned twice")
      case .delayed(let cycles):
        fate = .held
        expectChain(heldFor: cycles)
        return injection(entry, "delay \(cycles) cycles", "returned", "held")
      }
    }
    return fate
  }

  func didReturn(to queue: UInt16, _ state: DeviceQueue) {
    chainReturned(to: queue)
    meet(.gaveBack(queue: queue, isPacked: state.isPacked)) { change in
      guard case .ringIndex(_, _, let bits) = change else { return nil }
      return changeIndex(state, queue, isUsed: true, bits)
    }
  }

  private func changeIndex(
    _ state: DeviceQueue, _ queue: UInt16, isUsed: Bool, _ change: BitChange
  ) -> Result<Injection, FaultMissed> {
    let name = "queue \(queue) \(isUsed ? "used" : "available") index"
    guard let place = state.indexAddress(isUsed: isUsed) else {
      return .failure(FaultMissed("\(self.name) \(name): packed queues have none"))
    }
    return changeWord(place, 2, name, change)
  }

  /// Changes a number in guest memory, which nobody has written.
  private func changeWord(
    _ place: UInt64, _ count: Int, _ name: String, _ change: BitChange
  ) -> Result<Injection, FaultMissed> {
    func read() -> UInt64? { machine.memory.read(place, count: count)?.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
    guard let old = read() else { return .failure(FaultMissed("\(self.name) \(name) is not in RAM")) }
    let new = change.applied(to: old)
    machine.put((0..<count).map { UInt8(truncatingIfNeeded: new >> (8 * UInt64($0))) }, into: [(place, count)])
    guard let after = read() else { preconditionFailure("a word that was read is in RAM") }
    return injection(
      "\(name) (physical \(place.hexadecimal))", change.text, old.hexadecimal, after.hexadecimal)
  }

  // MARK: Configuration

  func willRead(_ bytes: inout [UInt8], _ range: Range<Int>) {
    for kept in configuration { _ = kept.change.apply(to: &bytes, at: kept.offset) }
    meet(.readConfiguration(range)) { change in
      guard case .configuration(let offset, let wanted) = change else { return nil }
      guard let (before, after) = wanted.apply(to: &bytes, at: offset) else {
        return .failure(FaultMissed("\(name) configuration has only \(bytes.count) bytes"))
      }
      keep(configuration: offset, wanted)
      return injection("configuration byte \(offset)", wanted.text, before, after)
    }
  }

  // MARK: 9P

  func willServe(request: inout [UInt8]) -> MessageFate { pass(&request, isReply: false) }

  func willSend(reply: inout [UInt8]) -> MessageFate { pass(&reply, isReply: true) }

  private func pass(_ bytes: inout [UInt8], isReply: Bool) -> MessageFate {
    // size[4] type[1] tag[2].
    guard bytes.count > 4, let name = Self.messageName(bytes[4], isReply: isReply) else { return .passed }
    var fate = MessageFate.passed
    let count = bytes.count
    meet(isReply ? .reply(name, bytes: count) : .request(name, bytes: count)) { change in
      // What becomes of a message is decided once.
      guard fate == .passed else { return nil }
      let wanted: DeviceFault.MessageChange
      switch change {
      case .request(_, let change), .reply(_, let change): wanted = change
      default: return nil
      }
      let target = (isReply ? "reply " : "request ") + name
      switch wanted {
      case .truncated(let count):
        let old = bytes.count
        bytes.removeLast(max(0, old - count))
        return injection(target, "truncate to \(count) bytes", "\(old) bytes", "\(bytes.count) bytes")
      case .bytes(let offset, let change):
        guard let (before, after) = change.apply(to: &bytes, at: offset) else {
          return .failure(FaultMissed("\(self.name) \(target) has only \(bytes.count) bytes"))
        }
        return injection("\(target) byte \(offset)", change.text, before, after)
      case .lost:
        fate = .lost
        return injection(target, "drop", "\(bytes.count) bytes", "lost")
      case .delayed(let cycles):
        fate = .held
        expectChain(heldFor: cycles)
        return injection(target, "delay \(cycles) cycles", "\(bytes.count) bytes", "held")
      case .swapped:
        fate = .held
        expectChain(heldFor: nil)
        return injection(target, "swap with the next", "\(bytes.count) bytes", "held")
      }
    }
    return fate
  }

  /// As scenarios write it: "Tread", "Rlerror"; nil: 9P2000.L has no such message.
  private static func messageName(_ code: UInt8, isReply: Bool) -> String? {
    // Nobody asks for an error.
    let known = MessageType.allCases.filter { isReply || $0 != .lerror }
    return known.first { (isReply ? $0.replyCode : $0.requestCode) == code }.map { "\(isReply ? "R" : "T")\($0)" }
  }

  func refusal(of request: MessageType) -> ErrorNumber? {
    var error: ErrorNumber?
    meet(.carryOut(request)) { change in
      guard error == nil, case .share(let wanted) = change else { return nil }
      error = wanted == .full ? .noSpace : .inputOutput
      return injection(
        "share", wanted == .full ? "full" : "read error", "T\(request)", "errno \(error?.rawValue ?? 0)")
    }
    return error
  }

  // MARK: Disk, random bytes

  func willTransfer(_ data: inout [UInt8], firstSector: UInt64, isWrite: Bool) -> Bool {
    let count = UInt64(data.count / BlockDevice.sectorBytes)
    guard count > 0 else { return true }
    let transferred = firstSector...firstSector + (count - 1)
    var succeeds = true
    meet(.transfer(firstSector: firstSector, bytes: data.count, isWrite: isWrite)) { change in
      guard succeeds, case .sectors(let range, _, let wanted) = change else { return nil }
      let target = "\(isWrite ? "write" : "read") of sectors \(transferred.lowerBound)-\(transferred.upperBound)"
      switch wanted {
      case .failed:
        succeeds = false
        return injection(target, "fail", "\(data.count) bytes", "VIRTIO_BLK_S_IOERR")
      case .bytes(let offset, let change):
        let start = Int(range.lowerBound) * BlockDevice.sectorBytes + offset
        let at = start - Int(firstSector) * BlockDevice.sectorBytes
        guard let (before, after) = change.apply(to: &data, at: at) else { return nil }
        return injection("\(target) byte \(start)", change.text, before, after)
      }
    }
    return succeeds
  }

  func willGive(random bytes: inout [UInt8]) {
    meet(.give(randomBytes: bytes.count)) { change in
      guard case .randomBytes(let offset, let wanted) = change,
        let (before, after) = wanted.apply(to: &bytes, at: offset)
      else { return nil }
      return injection("random byte \(offset)", wanted.text, before, after)
    }
  }
}

extension ByteChange {
  /// Changes bytes from `offset` on.
  ///
  /// - Returns: these bytes before and after, in text; nil if there are not so many.
  fileprivate func apply(to bytes: inout [UInt8], at offset: Int) -> (before: String, after: String)? {
    guard offset >= 0, offset <= bytes.count - count else { return nil }
    let place = offset..<offset + count
    let old = Array(bytes[place])
    bytes.replaceSubrange(place, with: applied(to: old))
    return (old.hexadecimal(), bytes[place].hexadecimal())
  }
}
