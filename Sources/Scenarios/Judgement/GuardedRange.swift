import GuestOS
import SimCPU
import SimMachine
import SimMemory

/// A range of physical memory that is watched while extensions run.
struct GuardedRange: Equatable {
  /// What events call it.
  var what: String
  var address: UInt64
  var count: UInt64
  var accesses: MemoryWatch.Accesses

  static let pageTables = "page tables"
  static let descriptorTables = "descriptor tables"
  static let gateData = "the gates' data"
  static let code = "instructions of the unikernel"

  /// Whether nobody but the unikernel itself may write there, whatever windows are open.
  static func isTable(_ what: String) -> Bool { [pageTables, descriptorTables, gateData, code].contains(what) }

  /// The part of it that is memory; nil if there is none. An image may say anything of its variables.
  func within(_ memoryBytes: UInt64) -> GuardedRange? {
    guard count > 0, address < memoryBytes else { return nil }
    var part = self
    part.count = min(count, memoryBytes - address)
    return part
  }

  /// Ranges whose place the image knows.
  static func fixed(_ gates: GateTable, _ image: GuestImage) -> [GuardedRange] {
    var ranges = gates.gateData.map {
      GuardedRange(
        what: gateData, address: $0.lowerBound, count: $0.upperBound - $0.lowerBound, accesses: .write)
    }
    ranges += ([gates.text] + gates.movedCode).map {
      GuardedRange(what: code, address: $0.lowerBound, count: $0.upperBound - $0.lowerBound, accesses: .write)
    }
    // Variable by variable, so that events name it.
    let data = gates.applicationData
    for symbol in image.symbols where data.contains(symbol.address) && symbol.size > 0 {
      ranges.append(GuardedRange(what: symbol.name, address: symbol.address, count: symbol.size, accesses: .write))
    }
    return ranges
  }

  /// Ranges whose place the processor knows.
  static func tables(_ machine: Machine) -> [GuardedRange] {
    var ranges: [GuardedRange] = []
    let state = machine.processorState
    for (base, limit) in [state.gdt, state.idt, (state.tr.base, state.tr.limit)] where limit > 0 && base != 0 {
      for piece in machine.physicalPieces(at: base, count: Int(min(limit, 0xffff)) + 1) ?? [] {
        ranges.append(
          GuardedRange(what: descriptorTables, address: piece.address, count: UInt64(piece.count), accesses: .write))
      }
    }
    for page in PageTablePages.all(root: state.cr3, in: machine.memory) {
      if let last = ranges.last, last.what == pageTables, last.address + last.count == page {
        ranges[ranges.count - 1].count += 4096
      } else {
        ranges.append(GuardedRange(what: pageTables, address: page, count: 4096, accesses: .write))
      }
    }
    return ranges
  }
}
