import GuestApplications
import GuestBoot

/// What `probe_read` reads for programs of a design that shows them a part of memory only: the image's code and constants, which
/// everybody has who has the image, and what applications list (Applications/shown.c).
enum ShownMemory {
  /// Whether all of a range is shown, to a program at the call of a traced function also by that call.
  static func holds(_ address: UInt64, bytes: UInt64) -> Bool {
    let start = BootInformation.imageStart
    if lies(address, bytes, in: start, rodata_end_address() &- start) { return true }
    var index: UInt64 = 0
    while case let shown = shown_memory_at(index), let place = shown.place {
      let base = UInt64(UInt(bitPattern: place))
      if shown.argument == SHOWN_VARIABLE {
        if lies(address, bytes, in: base, UInt64(shown.bytes)) { return true }
      } else if let call = BPFRuntime.tracedCall?.pointee, TracedFunctions.address(of: call) == base,
        lies(address, bytes, in: argument(shown.argument, of: call), UInt64(shown.bytes))
      {
        return true
      }
      index &+= 1
    }
    return false
  }

  /// Whether a range that is not empty lies within another, which may be an extension's to choose: no sum may wrap.
  private static func lies(_ address: UInt64, _ bytes: UInt64, in base: UInt64, _ size: UInt64) -> Bool {
    bytes != 0 && bytes <= size && address >= base && address &- base <= size &- bytes
  }

  /// As the traced function was called with it.
  private static func argument(_ number: Int32, of call: probe_frame) -> UInt64 {
    switch number {
    case 0: call.rdi
    case 1: call.rsi
    case 2: call.rdx
    case 3: call.rcx
    case 4: call.r8
    default: call.r9
    }
  }
}
