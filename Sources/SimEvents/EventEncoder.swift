import LEB128

/// Writes events in their canonical binary form.
///
/// An event is its kind (one byte), the cycles and the instructions since the event before, and its fields in order; then, for
/// kinds that have them, the instruction pointer and the actor (``EventKind/hasPlace``, ``EventKind/hasActor``). An actor is a
/// byte for its form, and for an extension's the name.
/// Numbers are unsigned LEB128 in the fewest bytes, differences wrap around 2^64; a flag is a byte 0 or 1; text (UTF-8)
/// and bytes are preceded by their length. The first event counts from 0.
///
///     pkruWrite(old: 4, new: 0, instructionPointer: 0x1000) after 3 cycles and 1 instruction:
///     07  03  01  04  00  80 20  00
public struct EventEncoder: ~Copyable {
  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private var used = 0
  private var time: UInt64 = 0
  private var instruction: UInt64 = 0

  public init(capacity: Int = 1 << 14) {
    self.capacity = max(capacity, 1024)
    buffer = .allocate(capacity: self.capacity)
  }

  deinit {
    buffer.deallocate()
  }

  /// The bytes encoded since ``removeAll()``.
  public var count: Int { used }

  /// Lends the encoded bytes for the time of `body`.
  public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try body(UnsafeRawBufferPointer(start: buffer, count: used))
  }

  /// Forgets the bytes, but not the time and instruction that the next event counts from.
  public mutating func removeAll() {
    used = 0
  }

  public mutating func encode(_ event: Event) {
    encode(
      event.payload, time: event.time, instruction: event.instruction, actor: event.actor,
      instructionPointer: event.instructionPointer)
  }

  @inline(__always)
  public mutating func encode(
    _ payload: EventPayload, time: UInt64, instruction: UInt64, actor: Actor, instructionPointer: UInt64
  ) {
    // No kind has more than ten numbers; text and bytes see to their own space.
    reserve(128)
    let kind = payload.kind
    put(kind.rawValue)
    number(time &- self.time)
    number(instruction &- self.instruction)
    self.time = time
    self.instruction = instruction
    payload.visitFields(&self)
    if kind.hasPlace { number(instructionPointer) }
    if kind.hasActor { self.actor("actor", actor) }
  }

  @inline(__always)
  private mutating func put(_ byte: UInt8) {
    buffer[used] = byte
    used &+= 1
  }

  @inline(__always)
  private mutating func number(_ value: UInt64) {
    // The compiler takes each byte that is written for one that may be this value's own: so these are read and written once.
    used &+= LEB128.write(value, to: buffer + used)
  }

  private mutating func append(_ source: UnsafeBufferPointer<UInt8>) {
    // 128 bytes stay free for the numbers that may follow.
    reserve(source.count + 138)
    number(UInt64(source.count))
    guard let address = source.baseAddress, !source.isEmpty else { return }
    (buffer + used).update(from: address, count: source.count)
    used += source.count
  }

  @inline(__always)
  private mutating func reserve(_ count: Int) {
    if capacity &- used < count { grow(by: count) }
  }

  @inline(never)
  private mutating func grow(by count: Int) {
    let larger = max(capacity * 2, used + count)
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    copy.update(from: buffer, count: used)
    buffer.deallocate()
    buffer = copy
    capacity = larger
  }
}

extension EventEncoder: EventFieldVisitor {
  @inline(__always) mutating func unsigned(_ name: StaticString, _ value: UInt64) { number(value) }
  @inline(__always) mutating func address(_ name: StaticString, _ value: UInt64) { number(value) }
  @inline(__always) mutating func flag(_ name: StaticString, _ value: Bool) { put(value ? 1 : 0) }

  mutating func text(_ name: StaticString, _ value: String) {
    var value = value
    value.withUTF8 { append($0) }
  }

  @inline(__always)
  mutating func actor(_ name: StaticString, _ value: Actor) {
    put(value.number)
    if let served = value.servedExtension { text(name, served) }
  }

  mutating func crossing(_ name: StaticString, _ value: Crossing) { put(value.rawValue) }

  mutating func bytes(_ name: StaticString, _ value: [UInt8]) {
    value.withUnsafeBufferPointer { append($0) }
  }
}
