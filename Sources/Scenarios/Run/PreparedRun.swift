import SimVirtio

/// The inputs of a run with all that follows from them: made once for any number of runs.
public struct PreparedRun: Sendable {
  public private(set) var inputs: RunInputs
  /// Of every symbol that the scenario names.
  let addresses: [String: UInt64]
  let share: Share

  /// - Throws: for symbols that the image has not, and for what can't be shared.
  public init(_ inputs: RunInputs) throws(ScenarioProblems) {
    self.inputs = inputs
    addresses = try SymbolResolver(inputs: inputs).addresses()
    share = try ShareContent(inputs: inputs).share()
  }

  /// The same run with more faults.
  ///
  /// - Parameter faults: name no symbol, and no file.
  public func with(_ faults: [Fault]) -> PreparedRun {
    precondition(faults.allSatisfy { $0.symbols.isEmpty && !$0.isOfFile }, "this fault needs preparations of its own")
    var copy = self
    copy.inputs.scenario.faults += faults
    return copy
  }
}
