import EBPFEngine
import GuestBoot

// The unikernel's side of helper calls, behind the gate: all rights, a stack of the unikernel. No helper takes memory
// or lets another thread run when it is called at a traced function.

/// Where the gate `bpf_helper` leads to. The call may lie in the overlay's memory only: whoever calls the gate must not
/// get other memory written.
@_cdecl("host_bpf_helper")
func hostBPFHelper(_ call: UnsafeMutablePointer<bpf_helper_call>) {
  let address = UInt64(UInt(bitPattern: call))
  let size = UInt64(MemoryLayout<bpf_helper_call>.size)
  guard address % 8 == 0, OverlayMemory.contains(address), OverlayMemory.contains(address &+ size &- 1),
    PageTables.isMapped(address, bytes: size), let program = BPFRuntime.current
  else { return }
  let (first, second) = (call.pointee.first, call.pointee.second)
  do throws(HelperFault) {
    call.pointee.result = try BPFHelpers.call(call.pointee.number, first, second, program)
    call.pointee.fault = 0
  } catch { call.pointee.fault = UInt32(error.rawValue) &+ 1 }
}

/// uIO's helpers (`HelperTable.uio` tells the verifier of them).
enum BPFHelpers {
  /// What a helper returns that has nothing to give.
  static var missing: UInt64 { PairMap.missing }
  private static var framesMax: Int { 32 }

  /// For people; the command `bpf-helper-info` shows it.
  static var descriptions: [StaticString] {
    [
      "1 map_get(key1, key2): the value, or 2^64-1",
      "2 map_put(key1, key2, value): 0, or 2^64-1 if the map is full",
      "3 map_del(key1, key2): 0, or 2^64-1 if there is no such pair",
      "4 get_addr(name): the address of a symbol of the unikernel, or 0",
      "5 probe_read(address, size): 1, 2, 4 or 8 bytes, or 2^64-1 if they cannot be read",
      "6 time_get_ns(): nanoseconds since start",
      "7 puts(text): writes text to the shell's console",
      "8 notify(): writes \"notify\" and the program's name to the shell's console",
      "9 get_ret_addr(name): where an active call of a function returns to, or 0",
      "10 unwind(n): the n-th return address on the stack of the traced function, or 0",
      "12 tail_call(context, map, index): another program of the object goes on; or a negative error number",
      "16 map_lookup_elem(map, key): the address of the value, or 0",
      "17 map_update_elem(map, key, value, flags): 0, or a negative error number",
      "18 map_delete_elem(map, key): 0, or a negative error number",
      "87 map_push_elem(map, value, flags): 0, or a negative error number",
      "88 map_pop_elem(map, value): 0, or a negative error number",
      "89 map_peek_elem(map, value): 0, or a negative error number",
      "130 ringbuf_output(map, data, size, flags): 0, or a negative error number",
      "131 ringbuf_reserve(map, size, flags): the address of a record, or 0",
      "132 ringbuf_submit(record, flags)",
      "133 ringbuf_discard(record, flags)",
      "134 ringbuf_query(map, what): a number about the ring buffer",
      "164 for_each_map_elem(map, function, context, flags): the number of calls",
      "181 loop(count, function, context, flags): the number of calls",
    ]
  }

  /// Helpers that need more than the overlay's memory; a text is its address and length.
  static func call(
    _ number: Int32, _ first: UInt64, _ second: UInt64, _ program: BPFProgram
  ) throws(HelperFault) -> UInt64 {
    switch number {
    case 4: return SymbolTable.address(of: try text(first, second)) ?? 0
    case 5:
      guard !IsolationDesign.current.probesWhatIsShown || ShownMemory.holds(first, bytes: second) else {
        throw .notShown
      }
      return probeRead(first, second) ?? missing
    case 6: return Clock.now
    case 7:
      say(try text(first, second))
      return 0
    case 8:
      notify(program)
      return 0
    case 9: return returnAddress(of: try text(first, second)) ?? 0
    case 10: return unwind(first)
    default: throw .unknownHelper
    }
  }

  private static func text(_ address: UInt64, _ count: UInt64) throws(HelperFault) -> UnsafeRawBufferPointer {
    guard count <= UInt64(OverlayHelpers.textMax), OverlayMemory.contains(address),
      PageTables.isMapped(address, bytes: count)
    else { throw .badPointer }
    return UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: UInt(address)), count: Int(count))
  }

  /// 1, 2, 4 or 8 bytes of mapped memory that is no device's, zero-extended.
  static func probeRead(_ address: UInt64, _ size: UInt64) -> UInt64? {
    guard size == 1 || size == 2 || size == 4 || size == 8, PageTables.isReadable(address, bytes: size) else {
      return nil
    }
    var value: UInt64 = 0
    for offset in 0..<size { value |= UInt64(volatile_read8(address &+ offset)) << (8 &* offset) }
    return value
  }

  /// At a traced function the shell's thread has to write: its console may be in use.
  private static func say(_ text: UnsafeRawBufferPointer) {
    if BPFRuntime.tracedCall != nil {
      var output = ProbeOutput()
      output.bytes(text)
      ProbeOutput.wakeShell()
    } else {
      var console = ShellConsole()
      console.bytes(text)
    }
  }

  private static func notify(_ program: BPFProgram) {
    TraceRecord.emit { record in
      record.text("bpf notify ")
      record.printable(program.name)
    }
    if BPFRuntime.tracedCall != nil {
      var output = ProbeOutput()
      write(program, to: &output)
      ProbeOutput.wakeShell()
    } else {
      var console = ShellConsole()
      write(program, to: &console)
    }
  }

  private static func write(_ program: BPFProgram, to sink: inout some ByteSink) {
    sink.text("notify ")
    sink.printable(program.name)
    sink.text("\n")
  }

  // MARK: The stack

  /// Where the innermost active call of a function returns to: of the thread that called the traced function first, then
  /// of the threads that wait.
  static func returnAddress(of function: some Collection<UInt8>) -> UInt64? {
    if let call = BPFRuntime.tracedCall?.pointee {
      let traced = TracedFunctions.address(of: call)
      if let place = find(function, at: traced, returning: call.return_address, frame: call.rbp) { return place }
    }
    var found: UInt64?
    Scheduler.forEachWaiting { frame, place in
      found = found ?? find(function, at: place, returning: next(frame)?.place ?? 0, frame: next(frame)?.frame ?? 0)
    }
    return found
  }

  private static func find(
    _ function: some Collection<UInt8>, at start: UInt64, returning first: UInt64, frame base: UInt64
  ) -> UInt64? {
    var place = start
    var returnAddress = first
    var frame = base
    for _ in 0..<framesMax {
      guard returnAddress != 0, let symbol = SymbolTable.symbol(at: place) else { return nil }
      if symbol.name.elementsEqual(function) { return returnAddress }
      // A return address belongs to the function of the call before it.
      place = returnAddress &- 1
      guard let caller = next(frame) else { return nil }
      (returnAddress, frame) = (caller.place, caller.frame)
    }
    return nil
  }

  private static func unwind(_ count: UInt64) -> UInt64 {
    guard let call = BPFRuntime.tracedCall?.pointee, count < UInt64(framesMax) else { return 0 }
    if count == 0 { return call.return_address }
    var frame = call.rbp
    for step in 1...count {
      guard let caller = next(frame) else { return 0 }
      if step == count { return caller.place }
      frame = caller.frame
    }
    return 0
  }

  /// The return address that a frame holds, and the frame above it. RBP may hold anything in code without frames, so what leads to
  /// no code is no return address, and is told to nobody.
  private static func next(_ frame: UInt64) -> (place: UInt64, frame: UInt64)? {
    guard frame != 0, frame % 8 == 0, PageTables.isMapped(frame, bytes: 16) else { return nil }
    let place = volatile_read64(frame &+ 8)
    let isCode = place >= BootInformation.imageStart && place < text_end_address() || OverlayMemory.contains(place)
    return isCode ? (place, volatile_read64(frame)) : nil
  }
}
