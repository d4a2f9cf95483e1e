import SimEvents

/// One payload of every kind with values at the ends of their ranges.
let samplePayloads: [EventPayload] = [
  .consoleOutput(console: .virtio, bytes: Array(0...255)),
  .consoleInput(console: .serial, bytes: []),
  .exception(vector: 14, errorCode: 0x23, instructionPointer: .max, address: 1 << 63),
  .accessDenied(
    address: 0x1000, access: "write", rule: "key-write-disabled", errorCode: .max, key: 15, pkru: .max,
    instructionPointer: 0x10_0000),
  .interrupt(vector: 255, instructionPointer: 0),
  .tripleFault(instructionPointer: 0x7f),
  .pkruWrite(old: 4, new: 0, instructionPointer: 0x1000),
  .controlRegisterWrite(register: "cr3", old: 0x80, new: .max, instructionPointer: 0x3fff),
  .halt(until: 123_456_789),
  .portAccess(port: 0xffff, size: 4, value: .max, isWrite: true),
  .mmioAccess(address: 0xfee0_00b0, size: 4, value: 0, isWrite: false),
  .deviceStatus(device: "console", status: 15),
  .queueNotify(device: "9p", queue: .max),
  .descriptorChain(device: "rng", queue: 0, head: 127, readableBytes: 0, writableBytes: .max),
  .usedChain(device: "rng", queue: 1, head: 128, writtenBytes: 64),
  .queueError(device: "block", queue: 3, reason: "a loop in the chain at descriptor 5"),
  .ninePRequest(tag: 0xffff, message: "Twalk", detail: "fid=1 \"π\u{0}\n"),
  .ninePReply(tag: 0, message: "Rlerror", detail: ""),
  .guest(name: "contained", detail: "écriture 🚫"),
  .sync(cpu: .max, memory: 0),
  .scriptStep(index: .max, description: "send \"ls\""),
  .faultInjected(
    index: 0, target: "register pkru", change: "set 0x0", before: "0x4", after: "0x0", code: "0f 01 ef"),
  .debugExit(value: 0x31),
  .outcome(outcome: "contained", reason: "the overlay was stopped"),
  .msrWrite(index: 0xc000_0082, value: .max, instructionPointer: 0x10_0000),
  .descriptorTableWrite(register: "idtr", selector: 0, base: 1 << 47, limit: 0xffff, instructionPointer: 0),
  .crossing(
    how: .ungated, from: .gate(of: "a b.o"), to: .extension("é.o"), instructionPointer: 0x8000_0000, pkru: .max),
  .guardedAccess(
    what: "count", access: "write", address: 0x13_3000, old: [], new: [255, 0], instructionPointer: 0x8000_000b, pkru: 2
  ),
]

private let sampleActors: [Actor] = [
  .unknown, .unikernel, .application, .handler, .gate(of: "x.o"), .hostFunction(of: ""), .extension("é.o"),
]

/// The sample with times that go on, stand still, and jump.
let sampleEvents: [Event] = samplePayloads.enumerated().map { index, payload in
  Event(
    time: UInt64(index * index * 1000), instruction: UInt64(index / 2 * 300), payload: payload,
    actor: sampleActors[index % sampleActors.count], instructionPointer: UInt64(index * 0x1000))
}

func encode(_ events: [Event]) -> [UInt8] {
  var encoder = EventEncoder()
  for event in events { encoder.encode(event) }
  return encoder.withBytes { [UInt8]($0) }
}

func decode(_ bytes: [UInt8]) throws(EventDecodingError) -> [Event] {
  var decoder = EventDecoder(bytes)
  var events: [Event] = []
  while let event = try decoder.next() { events.append(event) }
  return events
}
