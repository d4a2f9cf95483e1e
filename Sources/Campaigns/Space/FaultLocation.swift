import Hexadecimal
import Scenarios
import SimCPU
import SimMachine

/// One place at which a fault of a model can be, at each instruction of the window.
public struct FaultLocation: Equatable, Sendable {
  enum Target: Equatable, Sendable {
    case register(name: String, bit: UInt8, BitPattern)
    case memory(address: UInt64, isPhysical: Bool, bit: UInt64, BitPattern)
    case pageTable(address: UInt64, level: Int?, bit: UInt8)
    case skip
    case `repeat`
    case interrupt(vector: UInt8)
    case nonMaskableInterrupt
  }

  var target: Target
  /// What it is a part of, for reports: "rax", "memory of count", "interrupt 32".
  public var group: String
  /// For people: "rax bit 3".
  public var name: String

  /// The fault here before an instruction.
  ///
  /// - Parameter isEmpty: it changes nothing: for a look at the rig itself.
  func fault(at instruction: UInt64, isEmpty: Bool = false) -> Fault {
    let when = FaultMoment(.instruction(instruction))
    if isEmpty { return Fault(when: when, what: .register(name: "rax", .change(.flip(0))), kind: "register") }
    switch target {
    case .register(let name, let bit, let pattern):
      return Fault(when: when, what: .register(name: name, .bits(from: bit, pattern)), kind: "register")
    case .memory(let address, let isPhysical, let bit, let pattern):
      let place: FaultPlace = isPhysical ? .physical(address) : .address(address)
      return Fault(when: when, what: .memory(place, .bits(from: bit, pattern)), kind: "memory")
    case .pageTable(let address, let level, let bit):
      return Fault(
        when: when, what: .pageTable(.address(address), level: level, .bits(.flip(1 << UInt64(bit)))), kind: "pageTable"
      )
    case .skip: return Fault(when: when, what: .instruction(.skip), kind: "instruction")
    case .repeat: return Fault(when: when, what: .instruction(.repeat), kind: "instruction")
    case .interrupt(let vector):
      return Fault(when: when, what: .interrupt(vector: vector, .spurious), kind: "interrupt")
    case .nonMaskableInterrupt: return Fault(when: when, what: .nonMaskableInterrupt, kind: "nmi")
    }
  }

  /// The same as a scenario's list of faults has it.
  func json(at instruction: UInt64) -> JSONText {
    let what: (String, [(String, JSONText)])
    switch target {
    case .register(let name, let bit, let pattern):
      what = ("register", [("name", .string(name)), ("bit", .integer(UInt64(bit)))] + Self.pattern(pattern))
    case .memory(let address, let isPhysical, let bit, let pattern):
      what = (
        "memory",
        [(isPhysical ? "physical" : "address", .string(address.hexadecimal)), ("bit", .integer(bit))]
          + Self.pattern(pattern)
      )
    case .pageTable(let address, let level, let bit):
      let entry: [(String, JSONText)] = level.map { [("level", .integer(UInt64($0)))] } ?? []
      what = (
        "pageTable",
        [("address", .string(address.hexadecimal)), ("flip", .string((1 << UInt64(bit) as UInt64).hexadecimal))] + entry
      )
    case .skip: what = ("instruction", [("do", .string("skip"))])
    case .repeat: what = ("instruction", [("do", .string("repeat"))])
    case .interrupt(let vector):
      what = ("interrupt", [("vector", .integer(UInt64(vector))), ("fate", .string("spurious"))])
    case .nonMaskableInterrupt: what = ("nmi", [])
    }
    return .object([
      ("when", .object([("instruction", .integer(instruction))])),
      ("what", .object([(what.0, .object(what.1.map { (key: $0.0, value: $0.1) }))])),
    ])
  }

  private static func pattern(_ pattern: BitPattern) -> [(String, JSONText)] {
    pattern == .single ? [] : [("pattern", .string(pattern.rawValue))]
  }
}

extension FaultModel {
  /// - Parameter address: that of a symbol, or nil if the image has none of that name.
  func locations(address: (String) -> UInt64?) throws(CampaignError) -> [FaultLocation] {
    func linear(_ place: FaultPlace) throws(CampaignError) -> (UInt64, isPhysical: Bool, name: String) {
      switch place {
      case .symbol(let symbol, let offset):
        guard let start = address(symbol) else { throw CampaignError("the guest's image has no symbol \"\(symbol)\"") }
        return (start &+ offset, false, offset == 0 ? symbol : "\(symbol)+\(offset.hexadecimal)")
      case .address(let address): return (address, false, address.hexadecimal)
      case .physical(let address): return (address, true, "physical \(address.hexadecimal)")
      }
    }
    switch self {
    case .register(let names, let pattern):
      return names.flatMap { name in
        Self.bits(RegisterFile.changeableBits(of: name) ?? 0).map { bit in
          FaultLocation(target: .register(name: name, bit: bit, pattern), group: name, name: "\(name) bit \(bit)")
        }
      }
    case .memory(let place, let count, let pattern):
      let (start, isPhysical, name) = try linear(place)
      return (0..<count * 8).map { bit in
        FaultLocation(
          target: .memory(address: start &+ bit / 8, isPhysical: isPhysical, bit: bit % 8, pattern),
          group: "memory of \(name)", name: "\(name)+\((bit / 8).hexadecimal) bit \(bit % 8)")
      }
    case .pageTable(let place, let level, let bits):
      let (start, _, name) = try linear(place)
      return bits.map { bit in
        FaultLocation(
          target: .pageTable(address: start, level: level, bit: bit), group: "page-table entry of \(name)",
          name: "page-table entry of \(name) bit \(bit)")
      }
    case .skip: return [FaultLocation(target: .skip, group: "skip", name: "skip")]
    case .repeat: return [FaultLocation(target: .repeat, group: "repeat", name: "repeat")]
    case .interrupt(let vector):
      return [
        FaultLocation(
          target: .interrupt(vector: vector), group: "interrupt \(vector)", name: "spurious interrupt \(vector)")
      ]
    case .nonMaskableInterrupt:
      return [FaultLocation(target: .nonMaskableInterrupt, group: "nmi", name: "non-maskable interrupt")]
    }
  }

  private static func bits(_ mask: UInt64) -> [UInt8] { (0..<64).filter { mask >> UInt64($0) & 1 == 1 } }
}
