/// A strict parser for RFC 8259 that keeps positions.
///
/// Foundation's parsers do not serve here: they accept trailing commas, drop duplicate keys silently (which one wins
/// differs between platforms) and name no place for most errors.
package struct JSONParser {
  /// Deep enough for any scenario, shallow enough for the stack.
  static let depthMax = 64

  private let bytes: [UInt8]
  private var offset = 0
  private var line = 1
  private var column = 1

  /// Parses a whole text as one JSON value.
  package static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONNode {
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
      throw JSONSyntaxError(position: .init(line: 1, column: 1), problem: "the file starts with a byte order mark")
    }
    var parser = JSONParser(bytes: bytes)
    let node = try parser.value(depth: 0)
    parser.skipBlanks()
    if parser.offset < bytes.count { throw parser.error("nothing may follow the value, but \(parser.here) does") }
    return node
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  private var position: JSONPosition { .init(line: line, column: column) }
  private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  /// The current character as an error message shows it.
  private var here: String {
    guard let byte = current else { return "the end of the file" }
    return byte > 0x20 && byte < 0x7f ? "'\(Character(UnicodeScalar(byte)))'" : "byte 0x\(String(byte, radix: 16))"
  }

  private func error(_ problem: String) -> JSONSyntaxError { .init(position: position, problem: problem) }

  private mutating func advance() {
    let byte = bytes[offset]
    offset += 1
    if byte == UInt8(ascii: "\n") {
      line += 1
      column = 1
    } else if byte & 0xc0 != 0x80 {
      column += 1
    }
  }

  private mutating func skipBlanks() {
    while let byte = current, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { advance() }
  }

  private mutating func take(_ character: Unicode.Scalar, _ purpose: String) throws(JSONSyntaxError) {
    guard current == UInt8(ascii: character) else { throw error("'\(character)' \(purpose) expected, \(here) found") }
    advance()
  }

  private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONNode {
    skipBlanks()
    if depth > Self.depthMax { throw error("more than \(Self.depthMax) levels of nesting") }
    let start = position
    if current == UInt8(ascii: "-") || isDigit(current) {
      return .init(value: .number(try number()), position: start)
    }
    switch current {
    case UInt8(ascii: "{"): return .init(value: .object(try members(depth: depth)), position: start)
    case UInt8(ascii: "["): return .init(value: .array(try elements(depth: depth)), position: start)
    case UInt8(ascii: "\""): return .init(value: .string(try string()), position: start)
    default: return .init(value: try word(), position: start)
    }
  }

  private mutating func word() throws(JSONSyntaxError) -> JSONNode.Value {
    let words: [(String, JSONNode.Value)] = [("true", .boolean(true)), ("false", .boolean(false)), ("null", .null)]
    for (word, value) in words where bytes[offset...].starts(with: word.utf8) {
      for _ in word.utf8 { advance() }
      return value
    }
    throw error("a value expected, \(here) found")
  }

  private mutating func members(depth: Int) throws(JSONSyntaxError) -> [JSONNode.Member] {
    var members: [JSONNode.Member] = []
    var places: [String: JSONPosition] = [:]
    try take("{", "")
    skipBlanks()
    if current == UInt8(ascii: "}") {
      advance()
      return members
    }
    while true {
      skipBlanks()
      let keyPosition = position
      guard current == UInt8(ascii: "\"") else { throw error("a key in double quotes expected, \(here) found") }
      let key = try string()
      if let first = places.updateValue(keyPosition, forKey: key) {
        throw JSONSyntaxError(position: keyPosition, problem: "key \"\(key)\" appears twice, first at \(first)")
      }
      skipBlanks()
      try take(":", "after a key")
      members.append(.init(key: key, keyPosition: keyPosition, value: try value(depth: depth + 1)))
      skipBlanks()
      if current == UInt8(ascii: ",") {
        advance()
        continue
      }
      try take("}", "or ',' after a member")
      return members
    }
  }

  private mutating func elements(depth: Int) throws(JSONSyntaxError) -> [JSONNode] {
    var elements: [JSONNode] = []
    try take("[", "")
    skipBlanks()
    if current == UInt8(ascii: "]") {
      advance()
      return elements
    }
    while true {
      elements.append(try value(depth: depth + 1))
      skipBlanks()
      if current == UInt8(ascii: ",") {
        advance()
        continue
      }
      try take("]", "or ',' after an element")
      return elements
    }
  }

  private mutating func number() throws(JSONSyntaxError) -> String {
    let start = offset
    if current == UInt8(ascii: "-") { advance() }
    if current == UInt8(ascii: "0") {
      advance()
      if isDigit(current) { throw error("a number may not start with 0") }
    } else {
      try digits()
    }
    if current == UInt8(ascii: ".") {
      advance()
      try digits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      advance()
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { advance() }
      try digits()
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private func isDigit(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  private mutating func digits() throws(JSONSyntaxError) {
    guard isDigit(current) else { throw error("a digit expected, \(here) found") }
    while isDigit(current) { advance() }
  }

  private mutating func string() throws(JSONSyntaxError) -> String {
    let start = position
    try take("\"", "")
    var text: [UInt8] = []
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        advance()
        guard let string = String(validating: text, as: UTF8.self) else {
          throw JSONSyntaxError(position: start, problem: "the string is not valid UTF-8")
        }
        return string
      case UInt8(ascii: "\\"):
        advance()
        try escape(into: &text)
      case 0..<0x20:
        throw error("a control character in a string must be written as an escape such as \\n")
      default:
        text.append(byte)
        advance()
      }
    }
    throw JSONSyntaxError(position: start, problem: "the string that starts here is never closed")
  }

  private static let simpleEscapes: [UInt8: UInt8] = [
    UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5c, UInt8(ascii: "/"): 0x2f, UInt8(ascii: "b"): 0x08,
    UInt8(ascii: "f"): 0x0c, UInt8(ascii: "n"): 0x0a, UInt8(ascii: "r"): 0x0d, UInt8(ascii: "t"): 0x09,
  ]

  private mutating func escape(into text: inout [UInt8]) throws(JSONSyntaxError) {
    if let byte = current, let plain = Self.simpleEscapes[byte] {
      advance()
      text.append(plain)
      return
    }
    guard current == UInt8(ascii: "u") else { throw error("no escape \\ followed by \(here) exists in JSON") }
    advance()
    var code = try hexadecimal4()
    if code & 0xfc00 == 0xd800 {
      try take("\\", "of the second half of a surrogate pair")
      try take("u", "of the second half of a surrogate pair")
      let low = try hexadecimal4()
      guard low & 0xfc00 == 0xdc00 else { throw error("the second half of a surrogate pair expected") }
      code = 0x10000 + (code & 0x3ff) << 10 + (low & 0x3ff)
    }
    guard let scalar = Unicode.Scalar(code) else { throw error("half a surrogate pair is no character") }
    text.append(contentsOf: Array(String(Character(scalar)).utf8))
  }

  private mutating func hexadecimal4() throws(JSONSyntaxError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
        throw error("four hexadecimal digits expected after \\u, \(here) found")
      }
      code = code << 4 | UInt32(digit)
      advance()
    }
    return code
  }
}
