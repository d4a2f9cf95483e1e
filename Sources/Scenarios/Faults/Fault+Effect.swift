import SimCPU
import SimMachine

extension Fault {
  /// The symbols that it names, each with its place in the fault.
  var symbols: [(symbol: String, key: String)] {
    var symbols = when.symbols.map { ($0, "when") }
    switch what {
    case .memory(let place, _), .pageTable(let place, _, _), .translation(let place, _, _):
      if let symbol = place.symbol { symbols.append((symbol, "what.\(kind).symbol")) }
    default: break
    }
    return symbols
  }

  /// What it changes in a machine; nil for what does not concern the machine.
  ///
  /// - Parameter address: that of a symbol.
  func effect(hertz: UInt64, address: (String) -> UInt64) -> FaultEffect? {
    func linear(_ place: FaultPlace) -> UInt64 {
      switch place {
      case .symbol(let symbol, let offset): address(symbol) &+ offset
      case .address(let address), .physical(let address): address
      }
    }
    switch what {
    case .register(let name, let change): return .register(name, change.change(of: name))
    case .memory(let place, let change):
      let (offset, bytes) = change.bytes
      let at = linear(place) &+ offset
      if case .physical = place { return .physicalMemory(address: at, bytes) }
      return .memory(address: at, bytes)
    case .code(let change):
      let (offset, bytes) = change.bytes
      return .code(offset: Int(offset), bytes)
    case .pageTable(let place, let level, let change):
      return .pageTableEntry(address: linear(place), level: level, change)
    case .translation(let place, let isFetch, let change):
      return .translation(address: linear(place), isFetch: isFetch, change)
    case .instruction(let change): return .instruction(change)
    case .returns(let value): return .returns(value)
    case .interrupt(let vector, let fate):
      switch fate {
      case .drop: return .interrupt(vector: vector, .drop)
      case .repeated: return .interrupt(vector: vector, .repeat)
      case .delay(let time): return .interrupt(vector: vector, .delay(time.cycles(hertz: hertz)))
      case .spurious: return .spuriousInterrupt(vector: vector)
      }
    case .nonMaskableInterrupt: return .nonMaskableInterrupt
    case .clockJump(let time): return .clockJump(time.cycles(hertz: hertz))
    case .device(let fault, let delay):
      return .device(delay.map { fault.delayed(by: $0.cycles(hertz: hertz)) } ?? fault)
    case .file: return nil
    }
  }
}

extension FaultMoment {
  /// The symbols that it names.
  package var symbols: [String] {
    switch place {
    case .symbol(let symbol, _), .access(.symbol(let symbol, _), _, _, _): [symbol]
    default: []
    }
  }
}

extension Fault.WordChange {
  /// The bits of a pattern that do not exist are left out.
  package func change(of register: String) -> BitChange {
    switch self {
    case .change(let change): return change
    case .bits(let first, let pattern):
      let exists = RegisterFile.changeableBits(of: register) ?? 0
      let mask = pattern.bits(from: UInt64(first)).reduce(UInt64(0)) { $1 < 64 ? $0 | 1 << $1 : $0 }
      return .flip(mask & exists)
    }
  }
}

extension Fault.MemoryChange {
  /// What is changed from the place's first byte on.
  var bytes: (offset: UInt64, change: ByteChange) {
    switch self {
    case .change(let offset, let change): return (offset, change)
    case .bits(let first, let pattern):
      let bits = pattern.bits(from: first)
      let (from, to) = (bits.lowerBound / 8, bits.upperBound / 8)
      var mask = [UInt8](repeating: 0, count: Int(to - from) + 1)
      for bit in bits { mask[Int(bit / 8 - from)] |= 1 << UInt8(bit % 8) }
      return (from, .flip(mask))
    }
  }
}
