import NineP
import SimMachine

/// Faults of virtio devices.
extension Fault {
  private enum RingName: String, CaseIterable { case available, used }
  private enum Access: String, CaseIterable { case read, write }
  private enum EntryFate: String, CaseIterable { case drop, delay, `repeat` }
  private enum MessageFate: String, CaseIterable { case drop, delay, swap }

  /// What the fault of a device is; nil if something is wrong, which has been noted.
  static func device(_ kind: String, _ reader: ObjectReader) -> What? {
    let nth = reader.integer("nth", in: 1...UInt64(UInt32.max)) ?? 1
    let times = reader.integer("times", in: 1...UInt64(UInt32.max)) ?? 1
    var device: String
    switch kind {
    case "ninePRequest", "ninePReply", "shareError": device = "9p"
    case "sectors": device = "block"
    case "randomBytes": device = "rng"
    default:
      guard let named = reader.word("device", MachineSpecification.Device.self, noun: "device") else { return nil }
      device = named.rawValue
    }
    guard let change = deviceChange(kind, reader) else { return nil }
    return .device(DeviceFault(device: device, change, nth: nth, times: times), delay: delay(reader))
  }

  private static func deviceChange(_ kind: String, _ reader: ObjectReader) -> DeviceFault.Change? {
    switch kind {
    case "descriptor":
      guard let queue = queue(reader),
        let field = reader.word("field", DescriptorField.self, noun: "field"),
        let change = word(reader, bits: field.bits)
      else { return nil }
      let position = reader.integer("position", in: 0...1023) ?? 0
      return .descriptor(queue: queue, position: Int(position), field, change)
    case "usedEntry": return usedEntry(reader)
    case "ringIndex":
      guard let queue = queue(reader), let ring = reader.word("ring", RingName.self, noun: "ring"),
        let change = word(reader, bits: 0xffff)
      else { return nil }
      return .ringIndex(queue: queue, isUsed: ring == .used, change)
    case "deviceStatus": return word(reader, bits: 0xff).map { .status($0) }
    case "configuration": return bytes(reader).map { .configuration(offset: $0, $1) }
    case "ninePRequest": return message(reader, "T").flatMap { type in change(reader).map { .request(type, $0) } }
    case "ninePReply": return message(reader, "R").flatMap { type in change(reader).map { .reply(type, $0) } }
    case "sectors": return sectors(reader)
    case "shareError":
      return reader.word("error", DeviceFault.ShareError.self, noun: "error of a share").map { .share($0) }
    default: return bytes(reader).map { .randomBytes(offset: $0, $1) }
    }
  }

  // MARK: Parts

  private static func queue(_ reader: ObjectReader) -> UInt16? {
    reader.integer("queue", in: 0...UInt64(UInt16.max)).map { UInt16($0) }
  }

  private static func word(_ reader: ObjectReader, bits: UInt64) -> BitChange? {
    guard let key = single(["set", "flip"], of: reader) else { return nil }
    guard let value = reader.integer(key, in: (key == "set" ? 0 : 1)...bits) else { return nil }
    return key == "set" ? .set(value) : .flip(value)
  }

  private static func bytes(_ reader: ObjectReader) -> (offset: Int, ByteChange)? {
    let offset = reader.integer("offset", in: 0...1 << 40) ?? 0
    guard let (at, change) = memoryChange(reader, offset: offset)?.bytes else { return nil }
    return (Int(at), change)
  }

  private static func usedEntry(_ reader: ObjectReader) -> DeviceFault.Change? {
    guard let queue = queue(reader), let key = single(["set", "flip", "fate"], of: reader) else { return nil }
    if (key == "fate") == (reader["field"] != nil) {
      reader.complain("field", "belongs to \"set\" and \"flip\" and only to them", "write both or neither")
      return nil
    }
    guard key == "fate" else {
      guard let field = reader.word("field", DeviceFault.UsedField.self, noun: "field of a used entry") else {
        return nil
      }
      return word(reader, bits: field.bits).map { .usedEntry(queue: queue, field, $0) }
    }
    guard let fate = reader.word("fate", EntryFate.self, noun: "fate"), hasDelay(reader, fate == .delay) else {
      return nil
    }
    switch fate {
    case .drop: return .usedFate(queue: queue, .lost)
    case .repeat: return .usedFate(queue: queue, .repeated)
    case .delay: return .usedFate(queue: queue, .delayed(0))
    }
  }

  private static func message(_ reader: ObjectReader, _ letter: Character) -> MessageType? {
    guard let text = reader.string("message") else { return nil }
    if let type = messages(letter).first(where: { "\(letter)\($0)" == text }) { return type }
    complain(ofMessage: text, letter, "message", reader)
    return nil
  }

  private static func messages(_ letter: Character) -> [MessageType] {
    MessageType.allCases.filter { letter == "R" || $0 != .lerror }
  }

  /// Whether 9P2000.L has such a message; otherwise that is noted.
  ///
  /// - Parameter letter: "T" for requests, "R" for replies.
  package static func isMessage(_ name: String, _ letter: Character, _ key: String, _ reader: ObjectReader) -> Bool {
    if messages(letter).contains(where: { "\(letter)\($0)" == name }) { return true }
    complain(ofMessage: name, letter, key, reader)
    return false
  }

  private static func complain(
    ofMessage name: String, _ letter: Character, _ key: String, _ reader: ObjectReader
  ) {
    let noun = letter == "T" ? "request" : "reply"
    reader.complain(
      key, "\"\(name)\" is no \(noun) of 9P2000.L",
      remedyForName(name, among: messages(letter).map { "\(letter)\($0)" }, noun: noun))
  }

  private static func change(_ reader: ObjectReader) -> DeviceFault.MessageChange? {
    guard let key = single(["truncateTo", "bytes", "flip", "bit", "fate"], of: reader) else { return nil }
    if ["truncateTo", "fate"].contains(key), reader["offset"] != nil {
      reader.complain("offset", "means nothing beside \"\(key)\"", "take it away")
    }
    switch key {
    case "truncateTo": return reader.integer(key, in: 0...1 << 20, unit: "bytes").map { .truncated(Int($0)) }
    case "fate":
      guard let fate = reader.word("fate", MessageFate.self, noun: "fate"), hasDelay(reader, fate == .delay) else {
        return nil
      }
      switch fate {
      case .drop: return .lost
      case .delay: return .delayed(0)
      case .swap: return .swapped
      }
    default: return bytes(reader).map { .bytes(offset: $0, $1) }
    }
  }

  private static func sectors(_ reader: ObjectReader) -> DeviceFault.Change? {
    guard let access = reader.word("access", Access.self, noun: "access to a disk"),
      let key = single(["bytes", "flip", "bit", "fail"], of: reader)
    else { return nil }
    let sectorMax: UInt64 = 1 << 40
    let first = reader.integer("sector", in: 0...sectorMax) ?? 0
    let count = reader.integer("count", in: 1...sectorMax, unit: "sectors") ?? (reader["sector"] == nil ? sectorMax : 1)
    let range = first...first + (count - 1)
    guard key == "fail" else {
      return bytes(reader).map { .sectors(range, isWrite: access == .write, .bytes(offset: $0, $1)) }
    }
    guard let fails = reader.boolean(key) else { return nil }
    if !fails { reader.complain(key, "is false", "write true, or take it away") }
    if reader["offset"] != nil { reader.complain("offset", "means nothing beside \"fail\"", "take it away") }
    return .sectors(range, isWrite: access == .write, .failed)
  }

  /// Whether the delay is there where it is wanted, and nowhere else; otherwise that is noted.
  static func hasDelay(_ reader: ObjectReader, _ isWanted: Bool) -> Bool {
    if isWanted == (reader["delay"] != nil) { return true }
    reader.complain("delay", "belongs to the fate \"delay\" and only to it", "write both or neither")
    return false
  }

  private static func delay(_ reader: ObjectReader) -> VirtualDuration? {
    guard reader["delay"] != nil else { return nil }
    if reader["fate"] == nil { _ = hasDelay(reader, false) }
    return reader.duration("delay")
  }
}
