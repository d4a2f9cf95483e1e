import CUnicornSeams
import SimCPU

extension UnicornEngine: ObservingEngine {
  public func setWatches(_ watches: [MemoryWatch]) {
    let raw = watches.map {
      seams_watch(
        first: $0.address, bytes: $0.count, is_physical: $0.space == .physical, kinds: $0.accesses.rawValue)
    }
    let isSet = seams_set_watches(seams, raw, raw.count)
    precondition(isSet, "out of memory for \(watches.count) watches")
  }

  public func setDomains(_ frames: UnsafePointer<UInt8>?) { seams_set_domains(seams, frames) }
}

extension MemoryHit {
  init(_ hit: seams_hit) {
    func bytes(_ start: UnsafePointer<UInt8>?) -> [UInt8] {
      [UInt8](UnsafeBufferPointer(start: start, count: start == nil ? 0 : Int(hit.bytes)))
    }
    self.init(
      origin: .processor, access: .init(rawValue: UInt8(truncatingIfNeeded: hit.kind)), address: hit.address,
      physicalAddress: hit.physical, count: hit.bytes, instruction: hit.instruction, instructionPointer: hit.rip,
      pkru: hit.pkru, old: bytes(hit.before), new: bytes(hit.after))
  }
}
