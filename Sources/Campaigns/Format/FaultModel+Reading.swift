import Scenarios
import SimCPU
import SimMachine

extension FaultModel {
  private static let keyBits: [UInt8] = [59, 60, 61, 62]

  /// - Parameters:
  ///   - node: an object with one key, or the name of a model of which nothing else is said.
  ///   - isNested: it is one of those that a swarm draws from.
  init?(_ node: JSONNode, path: String, isNested: Bool = false, problems: ProblemList) {
    let (kind, inner, innerPath): (String, JSONNode, String)
    if case .string(let name) = node.value {
      guard Self.kinds.contains(name) else {
        problems.add(node, path, "\"\(name)\" is no model", remedyForName(name, among: Self.kinds, noun: "model"))
        return nil
      }
      (kind, inner, innerPath) = (name, JSONNode(value: .object([]), position: node.position), path)
    } else {
      guard let outer = ObjectReader(node, path: path, table: Self.table, problems: problems),
        let named = Fault.single(Self.kinds, of: outer), let body = outer[named]
      else { return nil }
      (kind, inner, innerPath) = (named, body, outer.path(named))
    }
    guard let table = Self.tables.first(where: { $0.name == kind }),
      let reader = ObjectReader(inner, path: innerPath, table: table, problems: problems),
      let model = Self.processor(kind, reader) ?? Self.operation(kind, reader)
        ?? Self.swarm(kind, reader, isNested: isNested)
    else { return nil }
    self = model
  }

  /// Models of the processor and of memory. nil: it is another one, or something is wrong, which has been noted.
  private static func processor(_ kind: String, _ reader: ObjectReader) -> FaultModel? {
    switch kind {
    case "register": return .register(names: registers(reader), pattern(reader))
    case "pkru": return .register(names: ["pkru"], pattern(reader))
    case "memory":
      guard let place = FaultPlace(reader) else { return nil }
      return .memory(place, count: reader.integer("count", in: 1...1 << 20, unit: "bytes") ?? 8, pattern(reader))
    case "pageTable":
      guard let place = FaultPlace(reader, among: ["symbol", "address"]) else { return nil }
      return .pageTable(place, level: reader.integer("level", in: 1...4).map { Int($0) }, bits: entryBits(reader))
    case "key":
      guard let place = FaultPlace(reader, among: ["symbol", "address"]) else { return nil }
      return .pageTable(place, level: nil, bits: keyBits)
    case "skip": return .skip
    case "repeat": return .repeat
    case "nmi": return .nonMaskableInterrupt
    case "code":
      return .code(reader.word("of", CodeChoice.self, noun: "choice of code") ?? .all, pattern(reader))
    case "program": return reader.string("name").map { .program($0, pattern(reader)) }
    default: return nil
    }
  }

  private static func registers(_ reader: ObjectReader) -> [String] {
    let names = reader["names"] == nil ? general : reader.strings("names")
    for name in names where RegisterFile.changeableBits(of: name) == nil {
      reader.complain(
        "names", "\"\(name)\" is no register", remedyForName(name, among: RegisterFile.changeable, noun: "register"))
    }
    if names.isEmpty { reader.complain("names", "names none", "leave the key out for the general registers") }
    return names
  }

  private static func entryBits(_ reader: ObjectReader) -> [UInt8] {
    let known = EntryBit.allCases.map(\.rawValue) + ["key"]
    var bits: [UInt8] = []
    for name in reader["bits"] == nil ? ["present", "writable", "user", "noExecute", "key"] : reader.strings("bits") {
      if name == "key" {
        bits += keyBits
      } else if let bit = EntryBit(rawValue: name) {
        bits.append(UInt8(bit.mask.trailingZeroBitCount))
      } else {
        reader.complain("bits", "\"\(name)\" is no bit of an entry", remedyForName(name, among: known, noun: "bit"))
      }
    }
    return bits
  }

  static func pattern(_ reader: ObjectReader) -> BitPattern {
    reader.word("pattern", BitPattern.self, noun: "pattern") ?? .single
  }

  private static func swarm(_ kind: String, _ reader: ObjectReader, isNested: Bool) -> FaultModel? {
    guard kind == "swarm" else { return nil }
    guard !isNested else {
      reader.problems.add(reader.node, reader.path, "a swarm draws from models", "name other models here")
      return nil
    }
    guard reader["models"] != nil else { return .swarm(environment) }
    let models = reader.elements("models").compactMap {
      FaultModel($0.node, path: $0.path, isNested: true, problems: reader.problems)
    }
    if reader.elements("models").isEmpty {
      reader.complain("models", "names none", "leave the key out for all models of devices and interrupts")
    }
    return .swarm(models)
  }
}
