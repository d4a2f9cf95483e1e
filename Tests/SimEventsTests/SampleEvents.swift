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
  .faultInjected(index: 0, description: "PKRU := 0"),
  .debugExit(value: 0x31),
  .outcome(outcome: "contained", reason: "the overlay was stopped"),
]

/// The sample with times that go on, stand still, and jump.
let sampleEvents: [Event] = samplePayloads.enumerated().map { index, payload in
  Event(time: UInt64(index * index * 1000), instruction: UInt64(index / 2 * 300), payload: payload)
}

func encode(_ events: [Event]) -> [UInt8] {
  var encoder = EventEncoder()
  for event in events { encoder.encode(event.payload, time: event.time, instruction: event.instruction) }
  return encoder.withBytes { [UInt8]($0) }
}

func decode(_ bytes: [UInt8]) throws(EventDecodingError) -> [Event] {
  var decoder = EventDecoder(bytes)
  var events: [Event] = []
  while let event = try decoder.next() { events.append(event) }
  return events
}
