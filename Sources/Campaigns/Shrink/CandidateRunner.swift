import Scenarios
import SimCPU
import SimEvents

/// What came of a scenario that was made smaller.
enum CandidateVerdict: Sendable {
  /// It is no scenario, or names what the original did not.
  case refused
  /// It ended at the limit that it was given, so nothing is known of it.
  case exhausted
  case passed
  case failed(ObservedFailure)
}

/// Runs scenarios that have less than one that was taken in.
final class CandidateRunner {
  private let inputs: RunInputs
  private let maker: SimulatedMachineMaker
  private let isTimeUp: () -> Bool
  private var limit: ExperimentLimit.Absolute?

  /// - Parameters:
  ///   - inputs: those of the original.
  ///   - isTimeUp: asked every so often; a run is given up when it says so.
  init(_ inputs: RunInputs, engine: EngineMaker, isTimeUp: @escaping () -> Bool) {
    self.inputs = inputs
    self.isTimeUp = isTimeUp
    maker = SimulatedMachineMaker(engine: .unicorn, engine)
  }

  /// Runs the original to its own end; what it took is the measure of what the others get.
  ///
  /// - Returns: nil if it did not fail.
  /// - Throws: ``ScenarioProblems``.
  func runOriginal() throws -> ObservedFailure? {
    let watch = InjectionWatch()
    let exceptions = ExceptionWatch(inputs.image)
    let result = try ScenarioRun(PreparedRun(inputs), on: maker).run(observers: [watch, exceptions])
    limit = ExperimentLimit().absolute(for: result)
    return ObservedFailure(result, injections: watch.places, exception: exceptions.last)
  }

  /// - Throws: ``SearchEnd/time``; ``ScenarioProblems`` if the host has too little of something.
  func judge(_ tree: JSONNode) throws -> CandidateVerdict {
    let text = Array(tree.text.utf8)
    do {
      let scenario = try Scenario.read(tree, file: inputs.path)
      guard let inputs = inputs.reduced(to: scenario, text: text) else { return .refused }
      return try judge(PreparedRun(inputs))
    } catch let problems as ScenarioProblems where !problems.isHostShortage {
      return .refused
    }
  }

  private func judge(_ prepared: PreparedRun) throws -> CandidateVerdict {
    let run = ScenarioRun(prepared, on: maker)
    let exhaustion = limit.map { LimitWatch($0) }
    exhaustion?.watch(run)
    var isCut = false
    run.watch { [isTimeUp] _ in
      if isTimeUp() { isCut = true }
      return !isCut
    }
    let injections = InjectionWatch()
    let exceptions = ExceptionWatch(prepared.inputs.image)
    let result = try run.run(observers: [injections, exceptions])
    if isCut { throw SearchEnd.time }
    if exhaustion?.exhausted != nil { return .exhausted }
    let failure = ObservedFailure(result, injections: injections.places, exception: exceptions.last)
    return failure.map { .failed($0) } ?? .passed
  }
}

/// Keeps where faults happened.
private final class InjectionWatch: EventSink {
  private(set) var places: [Int: UInt64] = [:]
  var kinds: EventKinds { EventKinds([.faultInjected]) }

  func record(_ event: Event) {
    guard case .faultInjected(let index, _, _, _, _, _) = event.payload else { return }
    places[Int(index)] = places[Int(index)] ?? event.instructionPointer
  }
}
