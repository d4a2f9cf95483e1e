import GuestOS

/// Finds the symbols that a scenario names in the guest's image.
struct SymbolResolver {
  let inputs: RunInputs

  func addresses() throws(ScenarioProblems) -> [String: UInt64] {
    var addresses: [String: UInt64] = [:]
    var problems: [ScenarioProblem] = []
    for (symbol, path) in named where addresses[symbol] == nil {
      if let found = inputs.image.symbol(named: symbol) {
        addresses[symbol] = found.address
      } else {
        problems.append(
          .init(
            file: inputs.path, position: nil, path: path, problem: "the guest's image has no symbol \"\(symbol)\"",
            remedy: remedyForName(symbol, among: inputs.image.symbols.map(\.name), noun: "symbol")))
      }
    }
    problems += inputs.scenario.secrets.compactMap(problem)
    if !problems.isEmpty { throw ScenarioProblems(problems) }
    return addresses
  }

  /// What is wrong with a secret's place: it is filled before the run, so it must be a variable that holds all of it.
  private func problem(_ secret: SecretSpecification) -> ScenarioProblem? {
    guard let symbol = inputs.image.symbol(named: secret.symbol) else { return nil }
    func complaint(_ problem: String, _ remedy: String) -> ScenarioProblem {
      ScenarioProblem(
        file: inputs.path, position: nil, path: "\(secret.path).symbol", problem: problem, remedy: remedy)
    }
    let end = symbol.address.addingReportingOverflow(secret.size)
    if end.overflow || end.partialValue > inputs.scenario.machine.memoryMiB << 20 {
      return complaint("\"\(secret.symbol)\" lies beyond the machine's memory", "name another variable")
    }
    if inputs.image.gateTable?.text.contains(symbol.address) == true {
      return complaint("\"\(secret.symbol)\" is code", "name a variable, such as \"secret\"")
    }
    if symbol.size != 0, secret.size > symbol.size {
      return complaint(
        "\"\(secret.symbol)\" has \(symbol.size) bytes, and \(secret.size) are to be filled", "make \"size\" smaller")
    }
    return nil
  }

  /// Each name with where it stands.
  private var named: [(symbol: String, path: String)] {
    var named: [(String, String)] = []
    for (index, step) in inputs.scenario.script.enumerated() {
      if case .waitForSymbol(let symbol, _) = step.action { named.append((symbol, "$.script[\(index)]")) }
    }
    named += (inputs.scenario.share?.symbols?.aliases ?? []).map { ($0.symbol, "$.share.symbols.aliases.\($0.name)") }
    named += inputs.scenario.expect.memory.map { ($0.symbol, "\($0.path).symbol") }
    named += inputs.scenario.secrets.map { ($0.symbol, "\($0.path).symbol") }
    for (index, fault) in inputs.scenario.faults.enumerated() {
      named += fault.symbols.map { ($0.symbol, "$.faults[\(index)].\($0.key)") }
    }
    return named
  }
}
