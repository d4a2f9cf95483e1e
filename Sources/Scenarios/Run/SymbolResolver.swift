import GuestOS

/// Finds the symbols that a scenario names in the guest's image.
struct SymbolResolver {
  let file: ScenarioFile
  let image: GuestImage

  func addresses() throws(ScenarioProblems) -> [String: UInt64] {
    var addresses: [String: UInt64] = [:]
    var problems: [ScenarioProblem] = []
    for (symbol, path) in named where addresses[symbol] == nil {
      if let found = image.symbol(named: symbol) {
        addresses[symbol] = found.address
      } else {
        problems.append(
          .init(
            file: file.path, position: nil, path: path, problem: "the guest's image has no symbol \"\(symbol)\"",
            remedy: remedyForName(symbol, among: image.symbols.map(\.name), noun: "symbol")))
      }
    }
    if !problems.isEmpty { throw ScenarioProblems(problems) }
    return addresses
  }

  /// Each name with where it stands.
  private var named: [(symbol: String, path: String)] {
    var named: [(String, String)] = []
    for (index, step) in file.scenario.script.enumerated() {
      if case .waitForSymbol(let symbol, _) = step.action { named.append((symbol, "$.script[\(index)]")) }
    }
    named += (file.scenario.share?.symbols?.aliases ?? []).map { ($0.symbol, "$.share.symbols.aliases.\($0.name)") }
    named += file.scenario.expect.memory.map { ($0.symbol, "\($0.path).symbol") }
    for (index, fault) in file.scenario.faults.enumerated() {
      if case .symbol(let symbol, _) = fault.when { named.append((symbol, "$.faults[\(index)].when.symbol")) }
    }
    return named
  }
}
