import ELFFiles

/// `__start_NAME` and `__stop_NAME`: the ends of the sections of a name that is a C identifier, which linkers define for
/// whoever refers to them. The sections of such a name lie one behind the other.
struct SectionBounds: Sendable {
  /// Symbols of this form that an object may refer to: each is looked for among all sections.
  static let symbolsMax = 512

  private struct Bound {
    var symbol: Int
    /// The loaded sections of the name, in file order.
    var members: [Int]
    var isStop: Bool
  }

  private var bounds: [Bound] = []

  init(_ file: ObjectFile, isReferenced: [Bool]) throws(ObjectError) {
    var asked = 0
    for (index, symbol) in file.symbols.enumerated() where symbol.isUndefined && isReferenced[index] {
      let name = file.name(ofSymbol: index)
      let isStop = name.begins(with: "__stop_")
      guard isStop || name.begins(with: "__start_") else { continue }
      asked += 1
      guard asked <= Self.symbolsMax else {
        throw ObjectError(.tooManySectionBounds, value: UInt64(asked), limit: UInt64(Self.symbolsMax))
      }
      let members = try Self.sections(named: name.dropFirst(isStop ? 7 : 8), file)
      if !members.isEmpty { bounds.append(Bound(symbol: index, members: members, isStop: isStop)) }
    }
  }

  /// The loaded sections of a name, which have the same rights; none if the name is no identifier.
  private static func sections(named name: ArraySlice<UInt8>, _ file: ObjectFile) throws(ObjectError) -> [Int] {
    var members: [Int] = []
    guard isIdentifier(name) else { return members }
    for index in 0..<file.sections.count where file.roles[index] != .skipped {
      guard file.name(ofSection: index).elementsEqual(name) else { continue }
      let first = members.first ?? index
      guard file.roles[index] == file.roles[first],
        file.sections[index].hasContent == file.sections[first].hasContent
      else { throw ObjectError(.sectionBounds, name: Array(name)) }
      members.append(index)
    }
    return members
  }

  /// The sections that have to lie behind one another with this one, itself included; nil for most.
  func run(withSection index: Int) -> [Int]? { bounds.first { $0.members.contains(index) }?.members }

  /// The section at whose start or end a symbol lies; nil if it is none of ours.
  func place(ofSymbol index: Int) -> (section: Int, isEnd: Bool)? {
    guard let bound = bounds.first(where: { $0.symbol == index }) else { return nil }
    let section = bound.isStop ? bound.members.last : bound.members.first
    return section.map { ($0, bound.isStop) }
  }

  private static func isIdentifier(_ name: ArraySlice<UInt8>) -> Bool {
    guard let first = name.first, !(0x30...0x39).contains(first) else { return false }
    return name.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x5f
    }
  }
}
