import EBPFEngine
import GuestBoot

/// The shell's access to the map of pairs. The map lies in the overlay's memory, where extensions can overwrite it, so
/// it is looked at with the overlay's rights, like a program.
struct PairCommand {
  enum Operation: UInt64 {
    case get, put
  }

  private var operation: UInt64
  private var key1: UInt64
  private var key2: UInt64
  /// The value to put; afterwards what `get` found, or whether `put` had room.
  private var value: UInt64
  private let pairs: Unmanaged<PairMap>

  /// In the overlay's memory.
  nonisolated(unsafe) private static var place: UnsafeMutablePointer<PairCommand>?

  static func initialize(_ pairs: Unmanaged<PairMap>) {
    place = .allocate(capacity: 1)
    place?.initialize(to: PairCommand(operation: 0, key1: 0, key2: 0, value: 0, pairs: pairs))
  }

  /// The value; for `put` 1, or 0 if the map is full. Nil if it was contained: ``Containment/report`` says why.
  static func run(_ operation: Operation, _ key1: UInt64, _ key2: UInt64, _ value: UInt64 = 0) -> UInt64? {
    guard let place else { return nil }
    place.pointee.operation = operation.rawValue
    place.pointee.key1 = key1
    place.pointee.key2 = key2
    place.pointee.value = value
    let function: @convention(c) (UInt64) -> Void = bpfPairMain
    Containment.enter()
    BPFRuntime.enterOverlay(function, place, stackTop: OverlayMemory.stackTop)
    return Containment.leave() ? place.pointee.value : nil
  }

  fileprivate mutating func execute() {
    pairs._withUnsafeGuaranteedRef { pairs in
      switch operation {
      case Operation.get.rawValue: value = pairs.get(key1, key2)
      default: value = pairs.put(key1, key2, value) ? 1 : 0
      }
    }
  }
}

/// The overlay's side.
@_cdecl("bpf_pair_main")
func bpfPairMain(_ address: UInt64) {
  UnsafeMutablePointer<PairCommand>(bitPattern: UInt(address))?.pointee.execute()
}
