import SimMachine

/// A cost of the machine by the name that tables and scenarios give it.
struct CostName: Equatable, Sendable {
  let name: String
  let unit: String
  private let place: Place

  private enum Place: Equatable, Sendable {
    case rate(WritableKeyPath<CostTable, CycleRate> & Sendable)
    case whole(WritableKeyPath<CostTable, UInt64> & Sendable)
  }

  /// All there are, in the order in which tables show them.
  static let all: [CostName] =
    CostTable.rates.map { CostName(name: $0.name, unit: units[$0.name] ?? "cycles", place: .rate($0.path)) }
    + CostTable.wholeCosts.map { CostName(name: $0.name, unit: "cycles", place: .whole($0.path)) }

  private static let units = ["instruction": "cycles/instruction", "deviceByte": "cycles/byte"]

  var bounds: CostBounds {
    // Time would stand still: where an instruction takes none, and where a handler that can't run raises exceptions for ever.
    switch place {
    case .rate: CostBounds(range: (name == "instruction" ? 1 : 0)...CycleRate.max * 1_000, isRate: true)
    case .whole: CostBounds(range: (name == "exception" ? 1_000 : 0)...CostTable.cyclesMax * 1_000, isRate: false)
    }
  }

  /// - Parameter thousandths: within ``bounds``.
  func set(_ thousandths: UInt64, in table: inout CostTable) {
    switch place {
    case .rate(let path): table[keyPath: path] = CycleRate(thousandths: thousandths)
    case .whole(let path): table[keyPath: path] = thousandths / 1_000
    }
  }

  /// As tables and scenarios write it.
  func text(in table: CostTable) -> String {
    switch place {
    case .rate(let path): CostNumber.text(thousandths: table[keyPath: path].thousandths)
    case .whole(let path): "\(table[keyPath: path])"
    }
  }
}

extension ObjectReader {
  /// Puts the cost that this object gives under a key into a table; complains if it is none.
  ///
  /// - Parameter key: nil: under the cost's own name.
  func cost(_ cost: CostName, under key: String? = nil, into table: inout CostTable) {
    let key = key ?? cost.name
    guard let node = self[key] else { return }
    do throws(CostNumber.Mistake) {
      cost.set(try CostNumber.thousandths(node, in: cost.bounds), in: &table)
    } catch {
      complain(key, error.problem, error.remedy)
    }
  }
}
