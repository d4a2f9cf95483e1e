import EBPFEngine

/// Any bytes as an ELF object: it is refused with a place and a reason, or all its programs can be judged and run.
public enum ObjectCheck {
  /// Longer inputs are cut.
  public static let maximumSize = 1 << 16
  /// Maps beyond this many bytes together are not made, to keep runs short.
  private static let maximumMapBytes: UInt64 = 1 << 16

  public static func check(_ input: [UInt8]) throws(Violation) -> FuzzOutcome {
    let bytes = Array(input.prefix(maximumSize))
    let object: ProgramObject
    do throws(ObjectError) { object = try ProgramObject(bytes: bytes) } catch {
      guard !error.description.isEmpty else { throw Violation("an error without words") }
      return .notAProgram
    }
    guard !object.programs.isEmpty else { throw Violation("an object without programs") }
    var size: UInt64 = 0
    // How many entries a map has may be said only when it is loaded.
    let canRun = object.maps.count <= MapSet.maximumCount && object.maps.allSatisfy(\.definition.isValid)
    for map in object.maps {
      let entry = UInt64(map.definition.keySize) + UInt64(map.definition.valueSize) + 1
      size = size &+ entry &* UInt64(map.definition.entryCount)
    }
    let environment = CheckedMachine.limited(.uio(maps: VerifierEnvironment.maps(of: object)))
    var isAccepted = false
    for entry in object.programs.prefix(8) where entry.program.slotCount <= 4096 {
      let outcome = try ProgramCheck.checkSafety(
        entry.program, environment, seed: entry.program.bytes,
        run: { program, way, seed, budget in
          guard canRun && size <= maximumMapBytes else { return CheckedMachine.Trace.skipped }
          return CheckedMachine.run(
            program, way, maps: { (set) throws(MapError) in try object.makeMaps(in: set) }, seed: seed, budget: budget)
        })
      if case .accepted = outcome { isAccepted = true }
    }
    return isAccepted ? .accepted : .refused
  }
}

extension CheckedMachine.Trace {
  /// Of a run that did not take place.
  fileprivate static var skipped: CheckedMachine.Trace {
    CheckedMachine.Trace(outcome: .returned(0), instructionCount: 0, context: [], values: [], numbers: [])
  }
}
