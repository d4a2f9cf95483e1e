import SimMachine
import SimVirtio

extension RunInputs {
  /// The inputs of a scenario that has less than this one. Nothing is read again, so both take in the same bytes.
  ///
  /// - Parameter text: the scenario as it would be written.
  /// - Returns: nil if the scenario names what was not taken in.
  package func reduced(to scenario: Scenario, text: [UInt8]) -> RunInputs? {
    guard scenario.guest.source == self.scenario.guest.source,
      let modules = modules(of: scenario), let items = shareItems(of: scenario)
    else { return nil }
    let file = scenario.machine.disk?.file
    guard file == nil || file == self.scenario.machine.disk?.file else { return nil }
    var reduced = self
    reduced.scenario = scenario
    reduced.scenario.name = self.scenario.name
    reduced.text = text
    reduced.modules = modules
    reduced.shareItems = items
    if file == nil { reduced.disk = nil }
    return reduced
  }

  private func modules(of scenario: Scenario) -> [BootModule]? {
    var taken = Array(zip(self.scenario.guest.moduleFiles, modules))[...]
    var found: [BootModule] = []
    for wanted in scenario.guest.moduleFiles {
      guard let place = taken.firstIndex(where: { $0.0 == wanted }) else { return nil }
      found.append(taken[place].1)
      taken = taken[(place + 1)...]
    }
    return found
  }

  private func shareItems(of scenario: Scenario) -> [Share.Item]? {
    let (before, after) = (self.scenario.share, scenario.share)
    let (extensions, attacks) = (after?.extensions ?? [], after?.attacks ?? [])
    guard extensions.allSatisfy({ before?.extensions.contains($0) == true }),
      attacks.allSatisfy({ before?.attacks.contains($0) == true }),
      after?.folder == nil || after?.folder == before?.folder
    else { return nil }
    return shareItems.filter { item in
      if case .file(let name, _) = item {
        if before?.extensions.contains(name) == true { return extensions.contains(name) }
        // An attack lies in the share without its class.
        let isOf = { (path: String) in path.hasSuffix("/\(name)") }
        if before?.attacks.contains(where: isOf) == true { return attacks.contains(where: isOf) }
      }
      return after?.folder != nil
    }
  }
}
