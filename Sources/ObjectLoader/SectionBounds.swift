/// `__start_NAME` and `__stop_NAME`: the ends of the sections of a name that is a C identifier, which linkers define for
/// whoever refers to them. The sections of such a name lie one behind the other.
struct SectionBounds: Sendable {
  private struct Bound {
    var symbol: Int
    /// In ``runs``.
    var run: Int
    var isStop: Bool
  }

  /// By rising symbol index.
  private var bounds: [Bound] = []
  /// The loaded sections of a name, in file order.
  private var runs: [[Int]] = []
  /// By section index: its run + 1, or 0; empty if there are no runs.
  private var numbers: [Int] = []

  init(_ file: ObjectFile, isReferenced: [Bool]) throws(ObjectError) {
    // By name and index, once somebody asks: an object may have thousands of sections and of names.
    var candidates: [Int]?
    for (index, symbol) in file.symbols.enumerated() where symbol.isUndefined && isReferenced[index] {
      let name = file.name(ofSymbol: index)
      let isStop = name.begins(with: "__stop_")
      guard isStop || name.begins(with: "__start_") else { continue }
      let sectionName = name.dropFirst(isStop ? 7 : 8)
      guard Self.isIdentifier(sectionName) else { continue }
      let sorted = candidates ?? Self.candidates(file)
      candidates = sorted
      if numbers.isEmpty { numbers = [Int](repeating: 0, count: file.sections.count) }
      let start = Self.lowerBound(sectionName, sorted, file)
      guard start < sorted.count, file.name(ofSection: sorted[start]).elementsEqual(sectionName) else { continue }
      if numbers[sorted[start]] == 0 {
        runs.append(try Self.run(sectionName, from: sorted[start...], file))
        for member in runs[runs.count - 1] { numbers[member] = runs.count }
      }
      bounds.append(Bound(symbol: index, run: numbers[sorted[start]] - 1, isStop: isStop))
    }
  }

  /// The loaded sections whose names are identifiers.
  private static func candidates(_ file: ObjectFile) -> [Int] {
    file.sections.indices.filter { file.roles[$0] != .skipped && isIdentifier(file.name(ofSection: $0)) }
      .sorted { left, right in
        let (leftName, rightName) = (file.name(ofSection: left), file.name(ofSection: right))
        return leftName.elementsEqual(rightName) ? left < right : leftName.lexicographicallyPrecedes(rightName)
      }
  }

  private static func lowerBound(_ name: ArraySlice<UInt8>, _ sorted: [Int], _ file: ObjectFile) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if file.name(ofSection: sorted[middle]).lexicographicallyPrecedes(name) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  private static func run(
    _ name: ArraySlice<UInt8>, from sorted: ArraySlice<Int>, _ file: ObjectFile
  ) throws(ObjectError) -> [Int] {
    let members = Array(sorted.prefix { file.name(ofSection: $0).elementsEqual(name) })
    let isUniform = members.allSatisfy {
      file.roles[$0] == file.roles[members[0]] && file.sections[$0].hasContent == file.sections[members[0]].hasContent
    }
    guard isUniform else { throw ObjectError(.sectionBounds, name: Array(name)) }
    return members
  }

  /// The sections that have to lie behind one another with this one, itself included; nil for most.
  func run(withSection index: Int) -> [Int]? {
    guard !numbers.isEmpty, numbers[index] != 0 else { return nil }
    return runs[numbers[index] - 1]
  }

  /// The section at whose start or end a symbol lies; nil if it is none of ours.
  func place(ofSymbol index: Int) -> (section: Int, isEnd: Bool)? {
    var (low, high) = (0, bounds.count)
    while low < high {
      let middle = (low + high) / 2
      if bounds[middle].symbol < index { low = middle + 1 } else { high = middle }
    }
    guard low < bounds.count, bounds[low].symbol == index else { return nil }
    let run = runs[bounds[low].run]
    guard let section = bounds[low].isStop ? run.last : run.first else { return nil }
    return (section, bounds[low].isStop)
  }

  private static func isIdentifier(_ name: ArraySlice<UInt8>) -> Bool {
    guard let first = name.first, !(0x30...0x39).contains(first) else { return false }
    return name.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x5f
    }
  }
}
