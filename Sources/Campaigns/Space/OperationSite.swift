import SimMachine

/// Something that happens in the fault-free run and that faults can happen to.
struct OperationSite: Equatable, Sendable {
  enum Operation: Equatable, Hashable, Sendable {
    case machine(MachineOperation)
    /// An instruction of so many bytes is about to be executed.
    ///
    /// - Parameter isOfImage: it is the guest's own code.
    case execution(bytes: Int, isOfImage: Bool)
  }

  /// The operation comes after so many instructions have retired, and a fault whose moment is before the next one meets it.
  var instruction: UInt64
  var operation: Operation
  /// How many of its kind there were in the window, this one included.
  var ordinal: UInt64
}

extension OperationSite.Operation {
  /// What operations are counted by: those of one kind differ in their sizes only.
  enum Kind: Hashable {
    case take(String, UInt16)
    case giveBack(String, UInt16)
    case gaveBack(String, UInt16)
    case configuration(String)
    case message(String)
    case carryOut
    case transfer(isWrite: Bool)
    case random
    case interrupt(UInt8)
    case execution
  }

  var kind: Kind {
    switch self {
    case .execution: .execution
    case .machine(.interrupt(let vector)): .interrupt(vector)
    case .machine(.device(let device, let operation)):
      switch operation {
      case .take(let queue, _, _): .take(device, queue)
      case .giveBack(let queue): .giveBack(device, queue)
      case .gaveBack(let queue, _): .gaveBack(device, queue)
      case .readConfiguration: .configuration(device)
      case .request(let name, _), .reply(let name, _): .message(name)
      case .carryOut: .carryOut
      case .transfer(_, _, let isWrite): .transfer(isWrite: isWrite)
      case .give: .random
      }
    }
  }
}

extension [OperationSite] {
  /// Adds what happened after all others.
  mutating func add(
    _ operation: OperationSite.Operation, at instruction: UInt64,
    counting counts: inout [OperationSite.Operation.Kind: UInt64]
  ) {
    counts[operation.kind, default: 0] += 1
    append(OperationSite(instruction: instruction, operation: operation, ordinal: counts[operation.kind] ?? 1))
  }
}
