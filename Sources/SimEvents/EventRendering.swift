import TerminalText

/// The forms of an event that people and other programs read.
extension Event {
  /// One line for people: time, instruction, kind, fields.
  ///
  ///     1200 @ 480 pkruWrite old=0x4 new=0x0 instructionPointer=0x1000
  public var text: String {
    var line = "\(time) @ \(instruction) \(payload.kind.name)"
    for (name, value) in knownFields { line += " \(name)=\(value.text)" }
    return line
  }

  /// One JSON object without a line end: `time`, `instruction`, `kind`, then the fields in order.
  ///
  /// Numbers that are shown in hexadecimal are strings, as not every reader keeps 64 bits. Bytes are a string in which
  /// each byte is the character with its number.
  public var json: String {
    var object = "{\"time\":\(time),\"instruction\":\(instruction),\"kind\":\"\(payload.kind.name)\""
    for (name, value) in knownFields { object += ",\"\(name)\":\(value.json)" }
    return object + "}"
  }
}

extension EventFieldValue {
  /// As it stands in a line for people: text and bytes are quoted.
  public var text: String {
    switch self {
    case .unsigned(let number): return String(number)
    case .address(let number): return "0x" + String(number, radix: 16)
    case .flag(let flag): return flag ? "true" : "false"
    case .text(let text):
      var quoted = ""
      appendJSONString(text.unicodeScalars, to: &quoted)
      return quoted
    case .bytes(let bytes):
      var quoted = ""
      appendJSONString(bytes.lazy.map { Unicode.Scalar($0) }, to: &quoted)
      return quoted
    }
  }

  /// As it stands in a JSON object.
  public var json: String {
    if case .address = self { "\"\(text)\"" } else { text }
  }
}

/// Appends a JSON string (RFC 8259, section 7), in which what operates terminals is written out.
private func appendJSONString(_ scalars: some Sequence<Unicode.Scalar>, to text: inout String) {
  text.append("\"")
  for scalar in scalars {
    switch scalar {
    case "\"": text.append("\\\"")
    case "\\": text.append("\\\\")
    case "\n": text.append("\\n")
    case "\r": text.append("\\r")
    case "\t": text.append("\\t")
    case _ where scalar.operatesTerminals: text.append(scalar.writtenOut)
    default: text.unicodeScalars.append(scalar)
    }
  }
  text.append("\"")
}
