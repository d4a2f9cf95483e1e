import Scenarios
import SimMachine

/// Models of what happens in a run: of devices, and of the interrupts that come.
extension FaultModel {
  /// nil: it is another model, or something is wrong, which has been noted.
  static func operation(_ kind: String, _ reader: ObjectReader) -> FaultModel? {
    switch kind {
    case "ninePRequest", "ninePReply": return message(kind, reader)
    case "descriptor":
      return queue(reader).map { .descriptor($0, words("fields", Fault.DescriptorField.self, "field", reader)) }
    case "usedEntry":
      guard let queue = queue(reader) else { return nil }
      let changes = changes(kind, reader)
      if reader["fields"] != nil, !changes.contains(.flip) {
        reader.complain("fields", "belongs to the change \"flip\"", "take it away, or add \"flip\" to \"changes\"")
      }
      return .usedEntry(
        queue, words("fields", DeviceFault.UsedField.self, "field of a used entry", reader), changes,
        delay: delay(changes, reader))
    case "ringIndex": return queue(reader).map { .ringIndex($0, words("rings", Ring.self, "ring", reader)) }
    case "sectors":
      return .sectors(
        words("accesses", Access.self, "access to a disk", reader), changes(kind, reader), pattern(reader))
    case "shareError": return .shareError(words("errors", DeviceFault.ShareError.self, "error of a share", reader))
    case "randomBytes": return .randomBytes(pattern(reader))
    case "interrupt":
      let changes = changes(kind, reader)
      return .interrupt(vectors: vectors(reader), changes, delay: delay(changes, reader))
    default: return nil
    }
  }

  private static func message(_ kind: String, _ reader: ObjectReader) -> FaultModel {
    let isReply = kind == "ninePReply"
    let names = reader["messages"] == nil ? nil : reader.strings("messages")
    for name in names ?? [] { _ = Fault.isMessage(name, isReply ? "R" : "T", "messages", reader) }
    if names?.isEmpty == true { reader.complain("messages", "names none", "leave the key out for all messages") }
    let changes = changes(kind, reader)
    return .message(isReply: isReply, names: names, changes, pattern(reader), delay: delay(changes, reader))
  }

  private static func queue(_ reader: ObjectReader) -> QueueChoice? {
    let queue = reader.integer("queue", in: 0...UInt64(UInt16.max)).map { UInt16($0) }
    guard reader["device"] != nil else { return QueueChoice(queue: queue) }
    return reader.word("device", MachineSpecification.Device.self, noun: "device").map {
      QueueChoice(device: $0.rawValue, queue: queue)
    }
  }

  private static func changes(_ kind: String, _ reader: ObjectReader) -> [Change] {
    let possible = changes(of: kind)
    return words("changes", possible, "change of this model", reader)
  }

  private static func delay(_ changes: [Change], _ reader: ObjectReader) -> VirtualDuration {
    if reader["delay"] != nil, !changes.contains(.delay) {
      reader.complain("delay", "belongs to the change \"delay\"", "take it away, or add \"delay\" to \"changes\"")
    }
    return reader.duration("delay") ?? delay
  }

  private static func vectors(_ reader: ObjectReader) -> [UInt8]? {
    guard reader["vectors"] != nil else { return nil }
    let vectors = reader.elements("vectors").compactMap { element -> UInt8? in
      guard let vector = unsignedInteger(element.node), (32...255).contains(vector) else {
        reader.problems.add(element.node, element.path, "is no vector of an interrupt", "give 32 to 255")
        return nil
      }
      return UInt8(vector)
    }
    if reader.elements("vectors").isEmpty {
      reader.complain("vectors", "names none", "leave the key out for all vectors")
    }
    return vectors
  }

  /// A list of words of an enumeration; all of them where there is no such key.
  private static func words<Word: RawRepresentable & CaseIterable & Equatable>(
    _ key: String, _ type: Word.Type, _ noun: String, _ reader: ObjectReader
  ) -> [Word] where Word.RawValue == String {
    words(key, Array(Word.allCases), noun, reader)
  }

  private static func words<Word: RawRepresentable & Equatable>(
    _ key: String, _ known: [Word], _ noun: String, _ reader: ObjectReader
  ) -> [Word] where Word.RawValue == String {
    guard reader[key] != nil else { return known }
    var found: [Word] = []
    for name in reader.strings(key) {
      guard let word = known.first(where: { $0.rawValue == name }) else {
        reader.complain(
          key, "\"\(name)\" is no \(noun)", remedyForName(name, among: known.map(\.rawValue), noun: "word"))
        continue
      }
      if found.contains(word) { reader.complain(key, "\"\(name)\" is there twice", "keep one of them") }
      found.append(word)
    }
    if reader.elements(key).isEmpty { reader.complain(key, "names none", "leave the key out for all") }
    return found
  }
}
