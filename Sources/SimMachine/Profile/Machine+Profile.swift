import SimCPU
import SimEvents

/// Virtual time that went by at one place.
public struct TimeSample: Equatable, Sendable {
  /// Of the instruction.
  public var address: UInt64
  /// In ``Machine/callTree(from:)``: who called the function that the instruction is in.
  public var node: Int
  public var actor: Actor
  public var use: TimeUse
  /// How often the instruction was retired; 0 unless that is what the time was for.
  public var count: UInt64
  public var cycles: UInt64
}

/// Where virtual time goes. A profile is the machine's user's: it shows in no event, and no snapshot has it.
extension Machine {
  /// Looks at each instruction from now on. Between two instructions only.
  ///
  /// - Throws: on an engine that can't.
  public func startProfile() throws(MachineError) {
    guard let engine = engine as? any ProfilingEngine else {
      throw MachineError("this engine can't tell where each instruction is; the simulator can")
    }
    precondition(!isRunning, "a profile begins between two instructions")
    guard profile == nil else { return }
    let profile = MachineProfile(engine, image: image, retired: instructions)
    profile.acts(currentActor)
    self.profile = profile
  }

  /// Hands over where time went since the last call, or since ``startProfile()``: to the cycle, all of it together is the time that
  /// went by. There may be several samples of one place. May be called while an event is recorded.
  public func takeProfile(_ take: (TimeSample) -> Void) {
    guard let profile else { return }
    let application = image.gateTable?.applicationText
    let cost = configuration.costs.instruction
    profile.engine.takeProfile { sample in
      guard let use = TimeUse(rawValue: sample.use) else { preconditionFailure("a use of time that nobody has noted") }
      let isCounted = use == .instructions || use == .unplaced
      var actor = profile.actors[Int(sample.tag)]
      if actor == .unikernel, let application, application.contains(sample.address) { actor = .application }
      take(
        TimeSample(
          address: sample.address, node: sample.node, actor: actor, use: use,
          count: use == .instructions ? sample.amount : 0,
          cycles: isCounted ? profile.cycles(ofInstructions: sample.amount, at: cost) : sample.amount))
    }
  }

  /// Calls, as the profile knows them (``SimCPU/ProfilingEngine/profileNodes(from:)``).
  public func callTree(from first: Int) -> [ProfileNode] { profile?.engine.profileNodes(from: first) ?? [] }
}
