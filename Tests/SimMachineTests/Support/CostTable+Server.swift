import SimMachine

extension CostTable {
  /// What scenarios have unless they name another table.
  static let server = {
    var costs = CostTable()
    (costs.portAccess, costs.deviceAccess, costs.exception) = (1_200, 1_200, 150)
    (costs.interrupt, costs.wrpkru, costs.controlRegister) = (600, 24, 80)
    return costs
  }()
}
