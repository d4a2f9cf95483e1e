extension Scenario {
  /// Where in the list the first fault is that happens in the machine and not in what is offered to it.
  var firstMachineFault: Int? { faults.firstIndex { !$0.isOfFile } }

  /// Why other engines than the simulator can't play this: nil if its faults, if there are any, are of files.
  public var refusalOfFaults: MachineRefusal? {
    firstMachineFault.map {
      MachineRefusal(
        problem: "only the simulator can inject the fault \"\(faults[$0].kind)\"", remedy: "use the engine unicorn")
    }
  }
}
