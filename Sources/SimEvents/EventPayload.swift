/// What happened: one case for each kind of thing that a run can show.
///
/// Everything observable is one of these; console output, assertions, statistics, traces and comparison are folds over
/// the stream of them. Addresses are guest addresses; times are carried beside the payload by ``Event``.
public enum EventPayload: Equatable, Sendable {
  /// Bytes that the guest wrote to a console.
  case consoleOutput(console: Console, bytes: [UInt8])
  /// Bytes that the scenario's script typed into a console.
  case consoleInput(console: Console, bytes: [UInt8])

  /// An exception was raised and handed to the guest. `address` is CR2 for #PF (vector 14), otherwise 0.
  case exception(vector: UInt8, errorCode: UInt32, instructionPointer: UInt64, address: UInt64)
  /// The access models refused an access: the explanation behind the #PF that follows.
  /// `access` is "read", "write" or "fetch"; `rule` is the deciding rule's name in PKRUModel. `pkru` is IA32_PKRS instead where
  /// CR4.PKS makes it decide about the page.
  case accessDenied(
    address: UInt64, access: String, rule: String, errorCode: UInt32, key: UInt8, pkru: UInt32,
    instructionPointer: UInt64
  )
  /// An external interrupt was delivered.
  case interrupt(vector: UInt8, instructionPointer: UInt64)
  /// A third fault while delivering a double fault: the machine stops.
  case tripleFault(instructionPointer: UInt64)
  /// PKRU changed hands by WRPKRU or XRSTOR (also when the value is the same).
  case pkruWrite(old: UInt32, new: UInt32, instructionPointer: UInt64)
  /// CR0, CR3, CR4, EFER or another sensitive register was written. `register` is its name in the SDM, in lower case.
  case controlRegisterWrite(register: String, old: UInt64, new: UInt64, instructionPointer: UInt64)
  /// An MSR other than EFER was written by WRMSR (SDM volume 4). `index` is its address.
  case msrWrite(index: UInt32, value: UInt64, instructionPointer: UInt64)
  /// LGDT, LIDT, LLDT or LTR was executed: `register` is "gdtr", "idtr", "ldtr" or "tr" (SDM volume 3, 2.4). `selector` is 0 for
  /// the first two.
  case descriptorTableWrite(
    register: String, selector: UInt16, base: UInt64, limit: UInt32, instructionPointer: UInt64
  )
  /// Control went from one actor to another. `how` says by what way, `instructionPointer` where the new one begins, `pkru`
  /// with which rights: IA32_PKRS where CR4.PKS is set.
  case crossing(how: Crossing, from: Actor, to: Actor, instructionPointer: UInt64, pkru: UInt32)
  /// Memory that a design or a scenario keeps from extensions was accessed on behalf of one. `what` names it, `access` is
  /// "read" or "write", "execute" for code that could be written, "dma" for a device's write, "found" for a secret that was looked for;
  /// `address` is physical; the bytes are those before and after.
  case guardedAccess(
    what: String, access: String, address: UInt64, old: [UInt8], new: [UInt8], instructionPointer: UInt64, pkru: UInt32
  )
  /// HLT was executed; the clock jumps to `until` (a cycle count).
  case halt(until: UInt64)

  /// IN or OUT, other than console bytes.
  case portAccess(port: UInt16, size: UInt8, value: UInt32, isWrite: Bool)
  /// An access to a device's registers.
  case mmioAccess(address: UInt64, size: UInt8, value: UInt64, isWrite: Bool)

  /// A write to the Status register of a virtio device (virtio 1.2, section 2.1).
  case deviceStatus(device: String, status: UInt8)
  /// The driver notified a queue.
  case queueNotify(device: String, queue: UInt16)
  /// The device took a descriptor chain from the available ring.
  case descriptorChain(device: String, queue: UInt16, head: UInt16, readableBytes: UInt32, writableBytes: UInt32)
  /// The device returned a chain through the used ring.
  case usedChain(device: String, queue: UInt16, head: UInt16, writtenBytes: UInt32)
  /// The guest broke the virtio specification; the device is now in DEVICE_NEEDS_RESET or ignored the request.
  case queueError(device: String, queue: UInt16, reason: String)

  /// A 9P2000.L message from the guest. `message` is its name ("Twalk"), `detail` its decoded arguments.
  case ninePRequest(tag: UInt16, message: String, detail: String)
  /// The reply; `message` is "Rwalk" or "Rlerror".
  case ninePReply(tag: UInt16, message: String, detail: String)

  /// A record that the guest wrote to the trace port. `name` is its first word (loader, domain, thread, contained, …).
  case guest(name: String, detail: String)

  /// A digest of the CPU (registers) and of all memory at a point where both are exact.
  case sync(cpu: UInt64, memory: UInt64)
  /// A step of the scenario's script was done.
  case scriptStep(index: UInt32, description: String)
  /// A fault was injected on purpose: the scenario's fault with this index has changed `target` in the way of `change`.
  /// `before` and `after` were read back. `code` has the bytes of the instruction that was next as
  /// two hexadecimal digits each, with blanks between them; it is empty where none was.
  case faultInjected(index: UInt32, target: String, change: String, before: String, after: String, code: String)
  /// The guest wrote to the debug-exit port.
  case debugExit(value: UInt32)
  /// The run ended. `outcome` is one of design's outcome words.
  case outcome(outcome: String, reason: String)
}

/// A console that the guest can write to.
public enum Console: UInt8, Sendable, CaseIterable {
  /// COM1, a 16550A UART at port 0x3f8.
  case serial = 0
  /// The first port of the virtio console.
  case virtio = 1
}
