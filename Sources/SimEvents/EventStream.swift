/// The one stream of events of a run: it counts them, digests them, and hands them to the sinks.
///
/// An event that no sink wants costs its encoding only, and allocates nothing unless it carries text.
public final class EventStream {
  /// What every event touches, behind pointers: the checks for overlapping access to a class's own properties would cost
  /// more than everything else together.
  private let encoder: UnsafeMutablePointer<EventEncoder>
  /// The number of events of each kind, by raw value. No kind is 0: there stands the number of all.
  private let counts: UnsafeMutablePointer<UInt64>
  /// What any of the sinks wants to see: of anybody, and of extensions.
  private let wanted: UnsafeMutablePointer<(ofAll: EventKinds, ofExtensions: EventKinds)>

  private var sinks: [(sink: any EventSink, ofAll: EventKinds, ofExtensions: EventKinds)] = [] {
    didSet {
      wanted.pointee = sinks.reduce(([], [])) { ($0.0.union($1.ofAll), $0.1.union($1.ofExtensions)) }
    }
  }
  private var content = ContentDigest()

  /// Bytes that gather in the encoder before they are digested.
  private static let chunkSize = 1 << 14

  public init() {
    encoder = .allocate(capacity: 1)
    encoder.initialize(to: EventEncoder(capacity: 2 * Self.chunkSize))
    counts = .allocate(capacity: 256)
    counts.initialize(repeating: 0, count: 256)
    wanted = .allocate(capacity: 1)
    wanted.initialize(to: ([], []))
  }

  deinit {
    encoder.deinitialize(count: 1)
    encoder.deallocate()
    counts.deallocate()
    wanted.deallocate()
  }

  /// How many events there were so far: also the sequence number of the next one.
  public var count: UInt64 { counts[0] }

  /// Adds a fold over the events that follow. Sinks are called in the order in which they were added.
  public func add(_ sink: any EventSink) {
    sinks.append((sink, sink.kinds, sink.kinds.union(sink.kindsOfExtensions)))
  }

  /// Removes `sink`, wherever it stands.
  public func remove(_ sink: any EventSink) {
    sinks.removeAll { $0.sink === sink }
  }

  /// Something happened at `time`, after `instruction` instructions.
  ///
  /// - Parameters:
  ///   - actor: who acts, for kinds that have an actor.
  ///   - instructionPointer: of the instruction, for kinds whose payload does not have it.
  public func emit(
    _ payload: EventPayload, time: UInt64, instruction: UInt64, actor: Actor = .unknown, instructionPointer: UInt64 = 0
  ) {
    add(payload, time: time, instruction: instruction, actor: actor, instructionPointer: instructionPointer)
  }

  /// An access to a device's register. What is known of its kind is known when this is compiled: drivers make many.
  ///
  /// The parameters are those of ``emit(_:time:instruction:actor:instructionPointer:)`` and of
  /// ``EventPayload/mmioAccess(address:size:value:isWrite:)``.
  public func emitDeviceAccess(
    address: UInt64, size: UInt8, value: UInt64, isWrite: Bool, time: UInt64, instruction: UInt64, actor: Actor,
    instructionPointer: UInt64
  ) {
    add(
      .mmioAccess(address: address, size: size, value: value, isWrite: isWrite), time: time, instruction: instruction,
      actor: actor, instructionPointer: instructionPointer)
  }

  @inline(__always)
  private func add(
    _ payload: EventPayload, time: UInt64, instruction: UInt64, actor: Actor, instructionPointer: UInt64
  ) {
    encoder.pointee.encode(
      payload, time: time, instruction: instruction, actor: actor, instructionPointer: instructionPointer)
    if encoder.pointee.count >= Self.chunkSize { digestChunk() }
    counts[Int(payload.kind.rawValue)] &+= 1
    counts[0] &+= 1
    if (actor.isExtension ? wanted.pointee.ofExtensions : wanted.pointee.ofAll).contains(payload.kind) {
      forward(
        Event(
          time: time, instruction: instruction, payload: payload, actor: actor, instructionPointer: instructionPointer))
    }
  }

  /// An event of another stream.
  public func emit(_ event: Event) {
    emit(
      event.payload, time: event.time, instruction: event.instruction, actor: event.actor,
      instructionPointer: event.instructionPointer)
  }

  /// How many events of `kind` there were.
  public func count(of kind: EventKind) -> UInt64 {
    counts[Int(kind.rawValue)]
  }

  /// The kinds that occurred, in the order of their raw values, with their numbers.
  public var countsByKind: [(kind: EventKind, count: UInt64)] {
    EventKind.allCases.compactMap { kind in
      let count = count(of: kind)
      return count > 0 ? (kind, count) : nil
    }
  }

  /// XXH3-128 of the canonical encoding of all events so far: 32 hexadecimal digits in lower case.
  public var digest: String {
    digestChunk()
    return content.hex
  }

  @inline(never)
  private func digestChunk() {
    encoder.pointee.withBytes { content.update($0) }
    encoder.pointee.removeAll()
  }

  @inline(never)
  private func forward(_ event: Event) {
    let (kind, isExtension) = (event.payload.kind, event.actor.isExtension)
    for (sink, ofAll, ofExtensions) in sinks where (isExtension ? ofExtensions : ofAll).contains(kind) {
      sink.record(event)
    }
  }
}
