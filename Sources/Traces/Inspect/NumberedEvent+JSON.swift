import Scenarios
import SimEvents

extension NumberedEvent {
  /// As an event listing has it, with its number first and the symbol of its instruction last.
  public func json(_ symbols: TraceSymbols) -> JSONText {
    var members: [(key: String, value: JSONText)] = [
      ("number", .integer(number)), ("time", .integer(event.time)), ("instruction", .integer(event.instruction)),
      ("kind", .string(event.payload.kind.name)),
    ]
    members += event.knownFields.map { ($0.name, JSONText($0.value)) }
    if let name = event.payload.instructionPointer.flatMap({ symbols.name(of: $0, at: number) }) {
      members.append(("symbol", .string(name)))
    }
    return .object(members)
  }
}

extension JSONText {
  /// A field as event listings show it.
  init(_ value: EventFieldValue) {
    self =
      switch value {
      case .unsigned(let number): .integer(number)
      case .address: .string(value.text)
      case .flag(let flag): .boolean(flag)
      case .text(let text): .string(text)
      // Each byte is the character with its number.
      case .bytes(let bytes): .string(String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })))
      }
  }
}
