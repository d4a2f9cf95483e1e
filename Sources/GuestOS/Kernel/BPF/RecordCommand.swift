import EBPFEngine
import GuestBoot

/// The shell's access to the records of a ring buffer, which is looked at with the overlay's rights, as all that lies in the
/// overlay's memory: extensions can overwrite it.
struct RecordCommand {
  /// Bytes of a record that are shown.
  static var shownMax: Int { 64 }

  private let map: Unmanaged<Map>
  private let buffer: UnsafeMutableRawPointer
  /// Whether there was a record, and its size.
  private var isThere: UInt64 = 0
  private var size: UInt64 = 0

  /// In the overlay's memory: the command, and the bytes of a record behind it.
  nonisolated(unsafe) private static var place: UnsafeMutablePointer<RecordCommand>?
  nonisolated(unsafe) private static var bytes: UnsafeMutableRawPointer?

  /// Takes its memory from the arena that is being filled.
  static func initialize() {
    place = .allocate(capacity: 1)
    bytes = .allocate(byteCount: shownMax, alignment: 8)
  }

  /// What taking out a record came to.
  enum Outcome {
    /// The record's size, and its first bytes.
    case record(size: UInt64, bytes: [UInt8])
    case none
    case contained(Containment.Report)
  }

  /// Takes the oldest record out.
  static func next(of map: Unmanaged<Map>) -> Outcome {
    guard let place, let bytes else { return .none }
    place.initialize(to: RecordCommand(map: map, buffer: bytes))
    let function: @convention(c) (UInt64) -> Void = bpfRecordMain
    Containment.enter()
    BPFRuntime.enterOverlay(function, place, stackTop: OverlayMemory.stackTop)
    if !Containment.leave() { return Containment.report.map { .contained($0) } ?? .none }
    let size = place.pointee.size
    guard place.pointee.isThere != 0 else { return .none }
    let shown = Int(min(size, UInt64(shownMax)))
    return .record(size: size, bytes: [UInt8](UnsafeRawBufferPointer(start: bytes, count: shown)))
  }

  fileprivate mutating func execute() {
    let (buffer, limit) = (buffer, Self.shownMax)
    var found: Int?
    map._withUnsafeGuaranteedRef { map in
      // No program runs now: who still holds a record was stopped by the processor.
      map.discardReservedRecords()
      guard let record = map.nextRecord() else { return }
      found = record.count
      if let start = record.baseAddress { buffer.copyMemory(from: start, byteCount: min(record.count, limit)) }
    }
    isThere = found == nil ? 0 : 1
    size = UInt64(found ?? 0)
  }
}

/// The overlay's side.
@_cdecl("bpf_record_main")
func bpfRecordMain(_ address: UInt64) {
  UnsafeMutablePointer<RecordCommand>(bitPattern: UInt(address))?.pointee.execute()
}
