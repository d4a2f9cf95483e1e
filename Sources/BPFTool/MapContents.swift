import EBPFEngine
import Hexadecimal
import TerminalText

/// An entry that a map has before a run: `MAP:KEY=VALUE`, key and value as pairs of hexadecimal digits.
public struct MapEntry: Equatable, Sendable {
  var map: String
  var key: [UInt8]
  var value: [UInt8]

  public init?(_ text: String) {
    guard let equals = text.lastIndex(of: "="), let colon = text[..<equals].lastIndex(of: ":"),
      let key = HexadecimalBytes.parse(text[text.index(after: colon)..<equals].utf8),
      let value = HexadecimalBytes.parse(text[text.index(after: equals)...].utf8), colon != text.startIndex
    else { return nil }
    (map, self.key, self.value) = (String(text[..<colon]), key, value)
  }

  /// What is missing of the value is zeros.
  func put(into maps: MapSet, of object: ProgramObject?) throws(ToolError) {
    let index = object?.maps.firstIndex { $0.name == Array(map.utf8) }
    guard let index, let found = maps[index] else {
      let known = object?.maps.map { String(decoding: $0.name, as: UTF8.self) } ?? []
      throw ToolError(message: "--map: no map '\(map)'; maps are: \(known.joined(separator: ", "))")
    }
    let definition = found.definition
    guard key.count == Int(definition.keySize), value.count <= Int(definition.valueSize) else {
      throw ToolError(
        message: "--map: keys of '\(map)' have \(definition.keySize) bytes and values \(definition.valueSize)")
    }
    try checkIndex(definition)
    let value = value + [UInt8](repeating: 0, count: Int(definition.valueSize) - value.count)
    var failure: MapError?
    key.withUnsafeBytes { key in
      value.withUnsafeBytes { value in
        do throws(MapError) {
          guard let valueStart = value.baseAddress else { throw .unsupported }
          if let start = key.baseAddress {
            try found.update(start, valueStart, .any)
          } else {
            try found.push(valueStart, replacing: false)
          }
        } catch { failure = error }
      }
    }
    if let failure { throw ToolError(message: "--map: '\(map)' does not take the entry (\(failure))") }
  }

  /// Keys of arrays are numbers below that of their entries.
  private func checkIndex(_ definition: MapDefinition) throws(ToolError) {
    switch definition.kind {
    case .array, .perCPUArray, .programArray, .arrayOfMaps: break
    default: return
    }
    let index = key.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard index >= UInt64(definition.entryCount) else { return }
    throw ToolError(
      message: "--map: '\(map)' has the keys 0 to \(UInt64(definition.entryCount) - 1), lowest byte first; "
        + "\(index) is beyond")
  }
}

/// What a map holds after a run.
struct MapContents: Encodable, Equatable {
  struct Entry: Encodable, Equatable {
    /// Hexadecimal; `nil` where the map has no keys.
    var key: String?
    var value: String
  }

  var name: String
  var kind: String
  /// Entries, those of arrays that are all zeros left out; of a ring buffer its records.
  var entries: [Entry] = []

  static func all(_ object: ProgramObject?, _ maps: MapSet) -> [MapContents] {
    guard let object else { return [] }
    return object.maps.indices.compactMap { index in
      guard let map = maps[index], object.maps[index].rights.contains(.write) else { return nil }
      var contents = MapContents(
        name: String(decoding: object.maps[index].name, as: UTF8.self), kind: "\(map.definition.kind)")
      if map.definition.kind == .ringBuffer {
        map.consumeRecords { contents.entries.append(Entry(value: digits($0))) }
      } else {
        let isArray = map.definition.kind == .array || map.definition.kind == .perCPUArray
        func add(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
          guard !isArray || value.contains(where: { $0 != 0 }) else { return }
          contents.entries.append(Entry(key: key.isEmpty ? nil : digits(key), value: digits(value)))
        }
        map.forEach(add)
      }
      return contents
    }
  }

  private static func digits(_ bytes: UnsafeRawBufferPointer) -> String {
    bytes.map { UInt64($0).hexadecimalDigits(2) }.joined(separator: " ")
  }

  var text: String {
    entries.reduce("map \(name.terminalLine) (\(kind)): \(entries.count)\n") { text, entry in
      text + "  \(entry.key.map { "\($0): " } ?? "")\(entry.value)\n"
    }
  }
}
