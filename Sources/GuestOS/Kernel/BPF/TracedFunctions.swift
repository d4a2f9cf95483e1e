import EBPFEngine
import FunctionEntries
import GuestBoot

/// The functions that programs are attached to.
///
/// A call of the trampoline takes the place of the five-byte nop that a function begins with. Where it begins with
/// something else, a breakpoint takes the place of its first byte; the first instruction is executed from `movedCode`.
/// There is nothing to step over, so interrupts, and calls from their handlers, need no special care.
enum TracedFunctions {
  private static var movedStride: UInt64 { 32 }

  nonisolated(unsafe) private(set) static var all: [TracedFunction] = []
  private static var movedCode: UInt64 { moved_code_address() }

  static func initialize() {
    ProbeStacks.initialize()
    PageTables.protect(movedCode, bytes: Pages.size, .text)
  }

  /// No calls are followed while the tables change.
  private static func whileHeld<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    set_probe_active(1)
    defer { set_probe_active(0) }
    return try body()
  }

  static func find(_ name: some Collection<UInt8>) -> TracedFunction? { all.first { $0.name.elementsEqual(name) } }

  // MARK: Attaching and detaching

  static func attach(_ attachment: Attachment, to name: ArraySlice<UInt8>) throws(TraceError) -> TracedFunction {
    let function = try whileHeld { () throws(TraceError) in
      let known = find(name)
      let function = if let known { known } else { try trace(name) }
      function.attachments.append(attachment)
      attachment.object.users &+= 1
      return function
    }
    TraceRecord.emit { record in
      record.text("bpf attach ")
      record.printable(function.name)
      record.text(" ")
      record.printable(attachment.name)
      record.text(" by=")
      record.text(function.means)
    }
    return function
  }

  static func detach(_ function: TracedFunction) {
    whileHeld {
      TextPatch.write(function.original, at: function.address)
      probe_site_at(function.site).pointee = probe_site()
      all.removeAll { $0 === function }
    }
    for attachment in function.attachments { attachment.object.users &-= 1 }
    for attachment in function.attachments { BPFStore.release(attachment.object) }
    TraceRecord.emit { record in
      record.text("bpf detach ")
      record.printable(function.name)
      record.text(" calls=")
      record.decimal(function.calls)
    }
  }

  private static func trace(_ name: ArraySlice<UInt8>) throws(TraceError) -> TracedFunction {
    guard let address = SymbolTable.address(of: name), address >= BootInformation.imageStart,
      address < text_end_address()
    else { throw .noSuchFunction }
    guard address >= noprobe_end_address() else { throw .notTraceable }
    guard let site = (0..<UInt64(PROBE_SITES_MAX)).first(where: { probe_site_at($0).pointee.function == 0 }) else {
      throw .tooMany
    }
    let code = TextPatch.read(at: address, count: 15)
    let entry: FunctionEntry
    let patch: [UInt8]
    let resume: UInt64
    do throws(EntryError) {
      entry = try FunctionEntry(code)
      switch entry {
      case .nop:
        resume = address &+ UInt64(FunctionEntry.callSize)
        guard let call = FunctionEntry.near(FunctionEntry.call, from: address, to: probe_trampoline_address()) else {
          throw .tooFar
        }
        patch = call
      case .instruction(let instruction):
        resume = movedCode &+ site &* movedStride
        TextPatch.write(try instruction.moved(code, from: address, to: resume), at: resume)
        patch = [FunctionEntry.breakpoint]
      }
    } catch { throw .entry(error) }
    let function = TracedFunction(
      name: Array(name), address: address, site: site, entry: entry, original: Array(code.prefix(patch.count)))
    all.append(function)
    probe_site_at(site).pointee = probe_site(
      function: address, resume: resume, is_breakpoint: entry == .nop ? 0 : 1)
    TextPatch.write(patch, at: address)
    return function
  }

  // MARK: Calls

  /// The traced function that a call came to.
  static func address(of call: probe_frame) -> UInt64 {
    for index in 0..<UInt64(PROBE_SITES_MAX) where probe_site_at(index).pointee.resume == call.resume {
      return probe_site_at(index).pointee.function
    }
    return 0
  }

  /// Runs what is attached. Takes no memory and waits for nothing: what was interrupted may be the heap or the scheduler.
  static func called(_ call: UnsafePointer<probe_frame>) {
    let address = address(of: call.pointee)
    guard let function = all.first(where: { $0.address == address }) else { return }
    function.calls &+= 1
    if BPFRuntime.recordsCalls { function.callRecord.emit() }
    for attachment in function.attachments where attachment.isActive && !attachment.program.isRunning {
      attachment.runs &+= 1
      switch BPFRuntime.execute(attachment.program, at: call, of: address) {
      case .returned(let value):
        if BPFRuntime.recordsCalls { attachment.runRecord.emit(value) }
      case .fault(let fault):
        attachment.fault = fault
        ProbeOutput.wakeShell()
      case .contained(let report):
        attachment.report = report
        ProbeOutput.wakeShell()
      }
    }
  }

  /// For the shell's thread: says which programs have been stopped since the last time.
  static func reportFaults() {
    for function in all {
      for attachment in function.attachments where !attachment.isActive && !attachment.isFaultReported {
        attachment.isFaultReported = true
        var output = ProbeOutput()
        if let fault = attachment.fault {
          fault.write(attachment.name, to: &output)
          fault.emit(attachment.name)
        } else if let report = attachment.report {
          report.write(attachment.name, to: &output)
          report.emit(attachment.name)
        }
      }
    }
  }
}

/// Where the trampoline leads to: on a stack of its own, with all rights, one call at a time.
@_cdecl("probe_dispatch")
func probeDispatch(_ call: UnsafePointer<probe_frame>) {
  // On the stack of exceptions a fault of the program would end both.
  guard !Descriptors.isExceptionStack(UInt64(UInt(bitPattern: call))) else { return }
  TracedFunctions.called(call)
}
