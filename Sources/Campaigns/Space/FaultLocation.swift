import Hexadecimal
import Scenarios

/// One place at which a fault of a model can be: at each instruction of the window, or at one operation.
public struct FaultLocation: Equatable, Sendable {
  enum Target: Equatable, Sendable {
    case register(name: String, bit: UInt8, BitPattern)
    case memory(address: UInt64, isPhysical: Bool, bit: UInt64, BitPattern)
    case pageTable(address: UInt64, level: Int?, bit: UInt8)
    case skip
    case `repeat`
    case interrupt(vector: UInt8)
    case nonMaskableInterrupt
    /// The fault's "what", as a scenario has it.
    case what(String)
    /// Whole faults, each with a moment of its own.
    case faults([String])
  }

  var target: Target
  /// What it is a part of, for reports: "rax", "memory of count", "interrupt 32".
  public var group: String
  /// For people: "rax bit 3".
  public var name: String

  /// The faults here: one before an instruction, or those that have moments of their own.
  ///
  /// - Parameter isEmpty: they change nothing: for a look at the rig itself.
  func faults(at instruction: UInt64, isEmpty: Bool = false) -> [Fault] {
    if isEmpty {
      let when = FaultMoment(.instruction(instruction))
      return [Fault(when: when, what: .register(name: "rax", .change(.flip(0))), kind: "register")]
    }
    return texts(at: instruction).map { text in
      do { return try Fault.read(text) } catch {
        preconditionFailure("a campaign's fault is one of a scenario: \(error)")
      }
    }
  }

  /// The same as a scenario's list of faults has them, one after the other.
  func text(at instruction: UInt64) -> String { texts(at: instruction).joined(separator: ",") }

  private func texts(at instruction: UInt64) -> [String] {
    if case .faults(let texts) = target { return texts }
    return [#"{"when":{"instruction":\#(instruction)},"what":\#(what)}"#]
  }

  private var what: String {
    let what: (key: String, value: [(key: String, value: JSONText)])
    switch target {
    case .what(let text): return text
    case .register(let name, let bit, let pattern):
      what = ("register", [("name", .string(name)), ("bit", .integer(UInt64(bit)))] + FaultWay.json(pattern))
    case .memory(let address, let isPhysical, let bit, let pattern):
      what = (
        "memory",
        [(isPhysical ? "physical" : "address", .string(address.hexadecimal)), ("bit", .integer(bit))]
          + FaultWay.json(pattern)
      )
    case .pageTable(let address, let level, let bit):
      let flip = (1 << UInt64(bit) as UInt64).hexadecimal
      what = ("pageTable", [("address", .string(address.hexadecimal)), ("flip", .string(flip))])
      if let level {
        return JSONText.object([(what.key, .object(what.value + [("level", .integer(UInt64(level)))]))]).text
      }
    case .skip: what = ("instruction", [("do", .string("skip"))])
    case .repeat: what = ("instruction", [("do", .string("repeat"))])
    case .interrupt(let vector):
      what = ("interrupt", [("vector", .integer(UInt64(vector))), ("fate", .string("spurious"))])
    case .nonMaskableInterrupt: what = ("nmi", [])
    case .faults: preconditionFailure("these have moments of their own")
    }
    return JSONText.object([(what.key, .object(what.value))]).text
  }
}
