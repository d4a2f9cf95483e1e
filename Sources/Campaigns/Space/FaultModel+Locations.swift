import GuestOS
import Hexadecimal
import Scenarios
import SimCPU

extension FaultModel {
  /// The places at each instruction.
  ///
  /// - Parameters:
  ///   - timer: the vector of the timer's interrupt; nil: the run has none.
  ///   - image: has the symbols.
  ///   - program: where the interpreter has a program's code.
  func locations(
    timer: UInt8?, image: GuestImage, program: (String) throws -> Range<UInt64>
  ) throws -> [FaultLocation] {
    func linear(_ place: FaultPlace) throws(CampaignError) -> (UInt64, isPhysical: Bool, name: String) {
      switch place {
      case .symbol(let symbol, let offset):
        guard let start = image.symbol(named: symbol)?.address else { throw CampaignError(noSymbol: symbol, in: image) }
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
    case .program(let name, let pattern):
      let code = try program(name)
      return (0..<UInt64(code.count) * 8).map { bit in
        FaultLocation(
          target: .memory(address: code.lowerBound + bit / 8, isPhysical: false, bit: bit % 8, pattern),
          group: "code of \(name)",
          name: "code of \(name) operation \(bit / 8 / ProgramSurvey.operationBytes) byte "
            + "\(bit / 8 % ProgramSurvey.operationBytes) bit \(bit % 8)")
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
    case .everyInterrupt(let vector):
      guard let vector = vector ?? timer else {
        throw CampaignError(
          "the guest has not set up the timer of its local APIC at the end of the run; name a vector: "
            + "\"interrupts\": {\"every\": 32}")
      }
      return [
        FaultLocation(
          target: .interrupt(vector: vector), group: "interrupt \(vector)", name: "spurious interrupt \(vector)")
      ]
    case .nonMaskableInterrupt:
      return [FaultLocation(target: .nonMaskableInterrupt, group: "nmi", name: "non-maskable interrupt")]
    case .code, .message, .descriptor, .usedEntry, .ringIndex, .sectors, .shareError, .randomBytes, .interrupt, .swarm:
      return []
    }
  }

  private static func bits(_ mask: UInt64) -> [UInt8] { (0..<64).filter { mask >> UInt64($0) & 1 == 1 } }
}
