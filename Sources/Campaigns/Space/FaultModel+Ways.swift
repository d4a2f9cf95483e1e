import Scenarios
import SimMachine

extension FaultModel {
  /// In which ways faults of this model can befall an operation; none if the model is not about it.
  func ways(at operation: OperationSite.Operation) -> [FaultWay] {
    switch (self, operation) {
    case (.code(let choice, let pattern), .execution(let bytes, let isOfImage)):
      if choice == .all || !isOfImage {
        [FaultWay(kind: "code", change: "flip", members: [], group: "code", places: .bits(bytes: bytes, pattern))]
      } else {
        []
      }
    case (.interrupt(let vectors, let changes, let delay), .machine(.interrupt(let vector))):
      if vectors?.contains(vector) ?? true {
        changes.map { change in
          FaultWay(
            kind: "interrupt", change: change.rawValue,
            members: [("vector", .integer(UInt64(vector)))] + Self.fate(change, delay), group: "interrupt \(vector)",
            places: .one)
        }
      } else {
        []
      }
    case (_, .machine(.device(let device, let operation))): ways(device, operation)
    default: []
    }
  }

  private static func fate(_ change: Change, _ delay: VirtualDuration) -> [(key: String, value: JSONText)] {
    let fate: [(key: String, value: JSONText)] = [("fate", .string(change.rawValue))]
    return change == .delay ? fate + [("delay", .string(delay.description))] : fate
  }

  private func ways(_ device: String, _ operation: DeviceOperation) -> [FaultWay] {
    switch (self, operation) {
    case (.message(false, let names, let changes, let pattern, let delay), .request(let name, let bytes)),
      (.message(true, let names, let changes, let pattern, let delay), .reply(let name, let bytes)):
      guard names?.contains(name) ?? true else { return [] }
      return Self.message(name, bytes, changes, pattern, delay)
    case (.descriptor(let choice, let fields), .take(let queue, let count, let isPacked))
    where choice.contains(device, queue):
      return Self.descriptors(device, queue, count, isPacked ? fields.filter { $0 != .next } : fields)
    case (.usedEntry(let choice, let fields, let changes, let delay), .giveBack(let queue))
    where choice.contains(device, queue):
      return Self.usedEntry(device, queue, fields, changes, delay)
    case (.ringIndex(let choice, let rings), .take(let queue, _, false)) where choice.contains(device, queue):
      return rings.contains(.available) ? [Self.ringIndex(device, queue, .available)] : []
    case (.ringIndex(let choice, let rings), .gaveBack(let queue, false)) where choice.contains(device, queue):
      return rings.contains(.used) ? [Self.ringIndex(device, queue, .used)] : []
    case (.sectors(let accesses, let changes, let pattern), .transfer(let first, let bytes, let isWrite)):
      guard accesses.contains(isWrite ? .write : .read) else { return [] }
      return Self.sectors(first, bytes, isWrite ? .write : .read, changes, pattern)
    case (.shareError(let errors), .carryOut):
      return errors.filter { DeviceFault.Change.share($0).concerns(operation) }.map { error in
        FaultWay(
          kind: "shareError", change: error.rawValue, members: [("error", .string(error.rawValue))],
          group: "share error", places: .one)
      }
    case (.randomBytes(let pattern), .give(let count)):
      return [
        FaultWay(
          kind: "randomBytes", change: "flip", members: [], group: "random bytes",
          places: .bits(bytes: count, pattern))
      ]
    default: return []
    }
  }

  // MARK: Parts

  private static func message(
    _ name: String, _ bytes: Int, _ changes: [Change], _ pattern: BitPattern, _ delay: VirtualDuration
  ) -> [FaultWay] {
    let (isReply, named): (Bool, [(key: String, value: JSONText)]) = (
      name.hasPrefix("R"), [("message", .string(name))]
    )
    let kind = isReply ? "ninePReply" : "ninePRequest"
    return changes.map { change in
      let (members, places): ([(key: String, value: JSONText)], FaultWay.Places) =
        switch change {
        case .flip: (named, .bits(bytes: bytes, pattern))
        case .truncate: (named, .cut(bytes: bytes))
        default: (named + fate(change, delay), .one)
        }
      return FaultWay(
        kind: kind, change: change.rawValue, members: members,
        group: "\(isReply ? "reply" : "request") \(name)", places: places)
    }
  }

  private static func ofQueue(_ device: String, _ queue: UInt16) -> [(key: String, value: JSONText)] {
    [("device", .string(device)), ("queue", .integer(UInt64(queue)))]
  }

  private static func descriptors(
    _ device: String, _ queue: UInt16, _ count: Int, _ fields: [Fault.DescriptorField]
  ) -> [FaultWay] {
    (0..<count).flatMap { position in
      fields.map { field in
        FaultWay(
          kind: "descriptor", change: field.rawValue,
          members: ofQueue(device, queue) + [
            ("position", .integer(UInt64(position))), ("field", .string(field.rawValue)),
          ], group: "\(device) queue \(queue) descriptor \(position) \(field.rawValue)",
          places: .word(bits: field.bits.nonzeroBitCount))
      }
    }
  }

  private static func usedEntry(
    _ device: String, _ queue: UInt16, _ fields: [DeviceFault.UsedField], _ changes: [Change], _ delay: VirtualDuration
  ) -> [FaultWay] {
    let group = "\(device) queue \(queue) used entry"
    return changes.flatMap { change -> [FaultWay] in
      guard change == .flip else {
        return [
          FaultWay(
            kind: "usedEntry", change: change.rawValue, members: ofQueue(device, queue) + fate(change, delay),
            group: group, places: .one)
        ]
      }
      return fields.map { field in
        FaultWay(
          kind: "usedEntry", change: field.rawValue,
          members: ofQueue(device, queue) + [("field", .string(field.rawValue))], group: "\(group) \(field.rawValue)",
          places: .word(bits: field.bits.nonzeroBitCount))
      }
    }
  }

  private static func ringIndex(_ device: String, _ queue: UInt16, _ ring: Ring) -> FaultWay {
    FaultWay(
      kind: "ringIndex", change: ring.rawValue,
      members: ofQueue(device, queue) + [("ring", .string(ring.rawValue))],
      group: "\(device) queue \(queue) \(ring.rawValue) index", places: .word(bits: 16))
  }

  private static func sectors(
    _ first: UInt64, _ bytes: Int, _ access: Access, _ changes: [Change], _ pattern: BitPattern
  ) -> [FaultWay] {
    let sectors = UInt64(bytes) / 512
    guard sectors > 0 else { return [] }
    let named: [(key: String, value: JSONText)] = [("access", .string(access.rawValue))]
    let group = "\(access.rawValue) of sectors \(first)-\(first + sectors - 1)"
    return changes.map { change in
      guard change == .flip else {
        return FaultWay(
          kind: "sectors", change: change.rawValue,
          members: named + [
            ("sector", .integer(first)), ("count", .integer(sectors)), ("fail", .boolean(true)),
          ], group: group, places: .one)
      }
      return FaultWay(
        kind: "sectors", change: change.rawValue, members: named, group: group,
        places: .sectorBits(first: first, bytes: Int(sectors) * 512, pattern))
    }
  }
}
