import Scenarios

extension Campaign {
  /// The numbers of classes whose experiments are run, at most so many, spread evenly over all.
  public func spread(_ count: Int) -> [Int] {
    let all = plan.classesToRun
    guard all.count > count else { return all }
    return (0..<count).map { all[$0 * all.count / count] }
  }

  /// The run of an experiment from its beginning to its end, for whoever looks at all of it. It ends at the campaign's limit.
  ///
  /// - Parameter number: of the class; nil: the fault-free run.
  public func wholeRun(_ number: Int?, on maker: any MachineMaker) -> (run: ScenarioRun, inputs: RunInputs) {
    let prepared = number.map { golden.prepared.with(experiment($0).faults) } ?? golden.prepared
    let run = ScenarioRun(prepared, on: maker)
    LimitWatch(golden.limit).watch(run)
    return (run, prepared.inputs)
  }
}
