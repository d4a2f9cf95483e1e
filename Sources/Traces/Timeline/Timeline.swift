import Scenarios
import SimEvents

/// A run as a timeline: a fold over its events that says when what was going on.
///
/// | group | rows |
/// |---|---|
/// | threads | a row for each: when it ran |
/// | processor | domain (the unikernel, or the overlay with an extension), PKRU while it takes rights away, interrupts until their EOI, faults, halts; counters of instructions and of writes to PKRU |
/// | consoles | a row for each: lines from their first byte to their last, and what was typed |
/// | virtio queues | a row for each: notifications, and chains from their taking to their return |
/// | 9P | requests until their replies |
/// | run | the script's steps, injected faults, other records of the guest, the outcome |
struct Timeline {
  var output: ChromeTraceEvents
  var tracks = TimelineTracks()
  let symbols: TraceSymbols
  private var last: Event?

  /// The names of the slices that are open on a row, the innermost last.
  var open: [TimelineTrack: [String]] = [:]
  /// Slices that may overlap.
  var overlapping: [Overlapping: (track: TimelineTrack, name: String)] = [:]
  /// The row of the thread that runs; at first nobody has said which.
  var thread = "boot"
  var lines: [Console: ConsoleLine] = [:]
  var pkruWrites: UInt64 = 0

  init(_ header: TraceHeader, symbols: TraceSymbols, write: @escaping (String) -> Void) {
    output = ChromeTraceEvents(clockHz: header.clockHz, write: write)
    self.symbols = symbols
    enter("unikernel", on: row(.processor, "domain"), at: 0)
    enter("running", on: row(.threads, thread), at: 0)
  }

  mutating func record(_ numbered: NumberedEvent) {
    let (time, payload) = (numbered.event.time, numbered.event.payload)
    if case .halt? = last?.payload { leave(row(.processor, "halt"), at: time) }
    last = numbered.event
    switch payload {
    case .guest(let name, let detail): recordGuest(name, detail, numbered)
    case .consoleOutput(let console, let bytes): show(bytes, on: console, at: time)
    case .consoleInput(let console, let bytes):
      mark(String(decoding: bytes, as: UTF8.self), on: row(.consoles, "\(console) input"), numbered)
    case .interrupt(let vector, _):
      enter("vector \(vector)", on: row(.processor, "interrupts"), at: time, arguments(numbered))
      count(numbered.event)
    case .mmioAccess(Self.endOfInterrupt, _, _, true): leave(row(.processor, "interrupts"), at: time)
    case .pkruWrite(_, let new, _):
      pkruWrites &+= 1
      changeRights(new, numbered)
      count(numbered.event)
    case .halt:
      enter("halted", on: row(.processor, "halt"), at: time, arguments(numbered))
      count(numbered.event)
    case .exception, .accessDenied, .tripleFault: mark(payload.kind.name, on: row(.processor, "faults"), numbered)
    case .controlRegisterWrite(let register, _, _, _), .descriptorTableWrite(let register, _, _, _, _):
      mark(register, on: row(.processor, "control registers"), numbered)
    case .msrWrite(let index, _, _):
      mark("MSR 0x" + String(index, radix: 16), on: row(.processor, "control registers"), numbered)
    case .crossing(let how, _, let to, _, _): mark("\(how.name): \(to)", on: row(.processor, "actors"), numbered)
    case .guardedAccess(let what, let access, _, _, _, _, _):
      mark("\(access) of \(what)", on: row(.processor, "faults"), numbered)
    case .deviceStatus(let device, _): mark("status", on: row(.queues, device), numbered)
    case .queueNotify(let device, let queue): mark("notify", on: row(.queues, "\(device) \(queue)"), numbered)
    case .queueError(let device, let queue, let reason):
      mark("error: \(reason)", on: row(.queues, "\(device) \(queue)"), numbered)
    case .descriptorChain(let device, let queue, let head, _, _):
      begin(
        Overlapping(category: "chain", id: "\(device) \(queue) \(head)"), named: "\(device) \(queue) chains",
        on: row(.queues, "\(device) \(queue)"), numbered)
    case .usedChain(let device, let queue, let head, _):
      end(Overlapping(category: "chain", id: "\(device) \(queue) \(head)"), numbered)
    case .ninePRequest(let tag, let message, _):
      begin(Overlapping(category: "9p", id: "tag \(tag)"), named: message, on: row(.ninep, "requests"), numbered)
    case .ninePReply(let tag, _, _): end(Overlapping(category: "9p", id: "tag \(tag)"), numbered)
    case .scriptStep(_, let description): mark(description, on: row(.run, "script"), numbered)
    case .faultInjected(_, let target, let change, _, _, _):
      mark("\(target): \(change)", on: row(.run, "injected faults"), numbered)
    case .outcome(let outcome, _): mark(outcome, on: row(.run, "outcome"), numbered)
    case .debugExit: mark(payload.kind.name, on: row(.run, "outcome"), numbered)
    case .sync, .portAccess, .mmioAccess: break
    }
  }

  /// Closes what is still open.
  mutating func finish(_ header: TraceHeader) {
    let end = last?.time ?? 0
    if let last { count(last) }
    for console in Console.allCases { endLine(of: console, at: end) }
    for (track, names) in open.sorted(by: { $0.key < $1.key }) { for _ in names { leave(track, at: end) } }
    for slice in overlapping.keys.sorted() { self.end(slice, at: end) }
    output.finish([
      ("scenario", .string(header.scenario)), ("seed", .integer(header.seed)),
      ("simulatorVersion", .string(header.simulatorVersion)), ("clockHz", .integer(header.clockHz)),
    ])
  }

  /// The local APIC's EOI register (SDM vol. 3, 11.8.5).
  private static let endOfInterrupt: UInt64 = 0xfee0_00b0
}
