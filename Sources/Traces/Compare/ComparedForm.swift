import GuestOS
import SimEvents

/// How closely two traces are compared.
public enum Closeness: String, CaseIterable, Sendable {
  /// Everything must be the same, times and instruction counts too.
  case exact
  /// The same things must happen in the same order: neither when, nor at which addresses of an image.
  case aligned
}

/// The part of an event that a comparison looks at, as bytes: events are the same if these are.
struct ComparedForm {
  let selection: EventSelection
  let closeness: Closeness
  /// Names the addresses of an image that differs from the other trace's. Where it has no name they are left out.
  let image: GuestImage?
  let imagesDiffer: Bool

  /// Nil if the event is not looked at.
  func bytes(of event: Event) -> [UInt8]? {
    let payload = event.payload
    let choice = selection.fields(of: payload)
    // Digests of the whole state can't be the same when anything else is not.
    guard choice != .none, choice != .all || closeness == .exact || payload.kind != .sync else { return nil }
    var form = TraceBytes()
    form.bytes.append(payload.kind.rawValue)
    if closeness == .exact {
      form.number(event.time)
      form.number(event.instruction)
    }
    for (name, value) in event.fields where choice.contains(name) { append(name, value, of: payload, to: &form) }
    return form.bytes
  }

  /// What counts of each field, for events whose kind is the same.
  func fields(of event: Event) -> [(name: String, bytes: [UInt8])] {
    let payload = event.payload
    let choice = selection.fields(of: payload)
    return event.fields.filter { choice.contains($0.name) }.map { name, value in
      var form = TraceBytes()
      append(name, value, of: payload, to: &form)
      return (name, form.bytes)
    }
  }

  private func append(_ name: String, _ value: EventFieldValue, of payload: EventPayload, to form: inout TraceBytes) {
    guard closeness == .aligned else { return append(value, to: &form) }
    switch Meaning(of: name, in: payload) {
    case .itself: append(value, to: &form)
    case .moment: return
    case .place: if imagesDiffer { appendPlace(value, to: &form) } else { append(value, to: &form) }
    case .memory: if !imagesDiffer { append(value, to: &form) }
    }
  }

  private func append(_ value: EventFieldValue, to form: inout TraceBytes) {
    switch value {
    case .unsigned(let number), .address(let number): form.number(number)
    case .flag(let flag): form.number(flag ? 1 : 0)
    case .text(let text): form.text(text)
    case .bytes(let bytes):
      form.number(UInt64(bytes.count))
      form.bytes += bytes
    }
  }

  private func appendPlace(_ value: EventFieldValue, to form: inout TraceBytes) {
    guard case .address(let address) = value, let image else { return }
    if let found = image.symbol(at: address) {
      form.text(found.symbol.name)
    } else if !image.isLoaded(address) {
      append(value, to: &form)
    }
  }
}

/// What a field says, as far as two runs can't be expected to agree in it.
private enum Meaning {
  case itself
  /// When something happened or will happen, or where that found the guest.
  case moment
  /// An address that may lie in the image.
  case place
  /// Where the guest has put something.
  case memory

  init(of field: String, in payload: EventPayload) {
    switch (payload, field) {
    case (.halt, "until"), (.interrupt, "instructionPointer"): self = .moment
    case (.mmioAccess(let address, _, _, _), "value"):
      self = Self.registers[address & 0xffff_ffff] ?? Self.queue(address)
    case (.controlRegisterWrite("cr3", _, _, _), "old"), (.controlRegisterWrite("cr3", _, _, _), "new"): self = .memory
    case (_, "instructionPointer"), (.accessDenied, "address"), (.exception, "address"): self = .place
    default: self = .itself
    }
  }

  /// The local APIC's timer: initial and current count (SDM vol. 3, 11.5.4).
  private static let registers: [UInt64: Meaning] = [0xfee0_0380: .moment, 0xfee0_0390: .moment]

  /// The addresses of a virtqueue's parts (virtio 1.2, 4.2.2): Queue Desc, Driver and Device, low and high halves.
  private static let queueAddresses: Set<UInt64> = [0x80, 0x84, 0x90, 0x94, 0xa0, 0xa4]

  private static func queue(_ address: UInt64) -> Meaning {
    let isVirtio = address >= 0xfeb0_0000 && address < 0xfec0_0000
    return isVirtio && queueAddresses.contains(address & 0x1ff) ? .memory : .itself
  }
}
