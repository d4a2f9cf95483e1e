import Scenarios

/// What a design costs, in virtual cycles under the machine's default costs: a property of the guest, and not of this host.
public struct DesignCost: Equatable, Sendable {
  public var design: Attack.Design
  /// Instructions between two lines of the application's, with the overlay at its prompt: its own and those of handlers. The processor
  /// waits in the meantime, so that cycles would only tell how long.
  public var idleInstructions: UInt64
  /// From the line that has an extension loaded to its end: what is read from the share is the most of it.
  public var loadCycles: UInt64
  /// Of a call into the overlay and back, for an extension that does nothing.
  public var callCycles: UInt64
  /// Of a call of a function of the unikernel that does nothing, and back.
  public var serviceCycles: UInt64
  /// Of an interrupt that comes while an extension runs; nil where no extension can run that long.
  public var interruptCycles: UInt64?
}

extension DesignCost {
  /// One line of a table of costs.
  struct Line: Sendable {
    var words: String
    /// As JSON has it.
    var name: String
    var value: @Sendable (DesignCost) -> UInt64?
  }

  static let lines = [
    Line(words: "idle, instructions a line", name: "idleInstructions") { $0.idleInstructions },
    Line(words: "load of an extension", name: "loadCycles") { $0.loadCycles },
    Line(words: "call into the overlay", name: "callCycles") { $0.callCycles },
    Line(words: "call of the unikernel", name: "serviceCycles") { $0.serviceCycles },
    Line(words: "interrupt in an extension", name: "interruptCycles") { $0.interruptCycles },
  ]
}
