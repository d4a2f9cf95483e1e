import ELFFiles

/// Applies the relocations of an object whose memory is filled and whose symbols have addresses.
struct Relocator {
  let plan: LoadPlan
  let memory: ImageMemory
  let addresses: [UInt64]

  func applyAll() throws(ObjectError) {
    let file = plan.file
    for table in file.relocationTables {
      let target = Int(file.sections[table].info)
      guard case .loaded(let kind) = file.roles[target] else { continue }
      for index in 0..<file.relocationCount(ofTable: table) {
        let entry = file.relocation(index, ofTable: table)
        guard let type = RelocationType(rawValue: entry.rawType), type != .none else { continue }
        let offset = plan.sectionOffsets[target] + entry.offset
        let place = memory[kind].address &+ offset
        guard let value = value(of: entry, type, place: place) else {
          throw file.refusal(.relocationOverflow, entry, target)
        }
        let bytes = memory[kind].bytes
        if type.width == 8 {
          bytes.storeBytes(of: value, toByteOffset: Int(offset), as: UInt64.self)
        } else {
          bytes.storeBytes(of: UInt32(truncatingIfNeeded: value), toByteOffset: Int(offset), as: UInt32.self)
        }
      }
    }
  }

  /// The value to store, or nil if it does not fit.
  private func value(of entry: RelocationEntry, _ type: RelocationType, place: UInt64) -> UInt64? {
    let addend = UInt64(bitPattern: entry.addend)
    let symbol = addresses[entry.symbol]
    switch type {
    case .none: return 0
    case .absolute64: return symbol &+ addend
    case .relative64: return symbol &+ addend &- place
    case .absolute32: return unsigned32(symbol &+ addend)
    case .absolute32Signed: return signed32(symbol &+ addend)
    case .relative32: return signed32(symbol &+ addend &- place)
    case .call32:
      if let direct = signed32(symbol &+ addend &- place) { return direct }
      guard let slot = plan.plt[entry.symbol] else { return nil }
      let stub = memory.text.address &+ plan.pltOffset &+ UInt64(slot) &* PLT.entrySize
      return signed32(stub &+ addend &- place)
    case .global32, .global32Relaxable, .global32RelaxableREX:
      guard let slot = plan.got[entry.symbol] else { return nil }
      return signed32(memory.rodata.address &+ plan.gotOffset &+ UInt64(slot) &* 8 &+ addend &- place)
    }
  }

  private func unsigned32(_ value: UInt64) -> UInt64? { value <= UInt64(UInt32.max) ? value : nil }

  private func signed32(_ value: UInt64) -> UInt64? {
    Int32(exactly: Int64(bitPattern: value)) == nil ? nil : value
  }
}
