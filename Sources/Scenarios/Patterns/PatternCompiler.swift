/// Compiles a pattern by recursive descent: alternatives of sequences of repeated atoms.
struct PatternCompiler {
  private typealias Code = [Pattern.Instruction]

  static let depthMax = 50
  static let repetitionMax = 1000

  private let bytes: [UInt8]
  private var offset = 0

  static func compile(_ source: String) throws(PatternError) -> [Pattern.Instruction] {
    var compiler = PatternCompiler(bytes: Array(source.utf8))
    let code = try compiler.alternatives(depth: 0)
    if compiler.offset < compiler.bytes.count { throw compiler.error("')' without '('") }
    return code + [.match]
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private func error(_ problem: String) -> PatternError { .init(offset: min(offset, bytes.count), problem: problem) }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard current == UInt8(ascii: scalar) else { return false }
    offset += 1
    return true
  }

  /// Targets are indices within a fragment; joining fragments shifts those of the second.
  private func joined(_ first: Code, _ second: Code) throws(PatternError) -> Code {
    if first.count + second.count >= Pattern.instructionCountMax { throw error("the pattern is too large") }
    return first + shifted(second, by: first.count)
  }

  private func shifted(_ code: Code, by distance: Int) -> Code {
    code.map { instruction in
      switch instruction {
      case .split(let first, let second): .split(first + distance, second + distance)
      case .jump(let target): .jump(target + distance)
      default: instruction
      }
    }
  }

  private mutating func alternatives(depth: Int) throws(PatternError) -> Code {
    if depth > Self.depthMax { throw error("more than \(Self.depthMax) levels of groups") }
    var code = try sequence(depth: depth)
    while take("|") {
      let other = try sequence(depth: depth)
      // split A B; A: first; jump end; B: second; end:
      let head = try joined([.split(1, code.count + 2)], code)
      code = try joined(head + [.jump(code.count + 2 + other.count)], other)
    }
    return code
  }

  private mutating func sequence(depth: Int) throws(PatternError) -> Code {
    var code: Code = []
    while let byte = current, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
      code = try joined(code, try repeated(depth: depth))
    }
    return code
  }

  private mutating func repeated(depth: Int) throws(PatternError) -> Code {
    let atom = try atom(depth: depth)
    switch current {
    case UInt8(ascii: "*"):
      offset += 1
      return try copies(of: atom, min: 0, max: nil)
    case UInt8(ascii: "+"):
      offset += 1
      return try copies(of: atom, min: 1, max: nil)
    case UInt8(ascii: "?"):
      offset += 1
      return try copies(of: atom, min: 0, max: 1)
    case UInt8(ascii: "{"):
      let (least, most) = try bounds()
      return try copies(of: atom, min: least, max: most)
    default: return atom
    }
  }

  private func copies(of atom: Code, min: Int, max: Int?) throws(PatternError) -> Code {
    var code: Code = []
    for _ in 0..<min { code = try joined(code, atom) }
    guard let max else {
      // L: split A end; A: atom; jump L; end:
      let loop = try joined([.split(1, atom.count + 2)], atom) + [.jump(0)]
      return try joined(code, loop)
    }
    for _ in min..<max { code = try joined(code, try joined([.split(1, atom.count + 1)], atom)) }
    return code
  }

  private mutating func bounds() throws(PatternError) -> (Int, Int?) {
    offset += 1
    guard let least = try number() else { throw error("a number expected after '{'") }
    if take("}") { return (least, least) }
    guard take(",") else { throw error("',' or '}' expected") }
    if take("}") { return (least, nil) }
    guard let most = try number(), take("}") else { throw error("a number and '}' expected") }
    if most < least { throw error("{\(least),\(most)} can never hold") }
    return (least, most)
  }

  private mutating func number() throws(PatternError) -> Int? {
    var value: Int?
    while let byte = current, ByteSet.digits.contains(byte) {
      value = (value ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
      if value ?? 0 > Self.repetitionMax { throw error("more than \(Self.repetitionMax) repetitions") }
      offset += 1
    }
    return value
  }

  private mutating func atom(depth: Int) throws(PatternError) -> Code {
    guard let byte = current else { return [] }
    offset += 1
    switch byte {
    case UInt8(ascii: "("):
      if bytes[offset...].starts(with: "?:".utf8) { offset += 2 }
      let code = try alternatives(depth: depth + 1)
      guard take(")") else { throw error("')' expected") }
      return code
    case UInt8(ascii: "["): return [.byte(try bracket())]
    case UInt8(ascii: "."): return [.byte(.anyButNewline)]
    case UInt8(ascii: "^"): return [.lineStart]
    case UInt8(ascii: "$"): return [.lineEnd]
    case UInt8(ascii: "\\"): return [.byte(try escape())]
    case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
      offset -= 1
      throw error("nothing to repeat before '\(Character(UnicodeScalar(byte)))'; write \\ before it to mean itself")
    default: return [.byte(ByteSet(byte))]
    }
  }

  private mutating func escape() throws(PatternError) -> ByteSet {
    guard let byte = current else { throw error("something expected after '\\'") }
    offset += 1
    switch byte {
    case UInt8(ascii: "d"): return .digits
    case UInt8(ascii: "D"): return ByteSet.digits.complement
    case UInt8(ascii: "w"): return .wordBytes
    case UInt8(ascii: "W"): return ByteSet.wordBytes.complement
    case UInt8(ascii: "s"): return .blanks
    case UInt8(ascii: "S"): return ByteSet.blanks.complement
    case UInt8(ascii: "n"): return ByteSet(0x0a)
    case UInt8(ascii: "r"): return ByteSet(0x0d)
    case UInt8(ascii: "t"): return ByteSet(0x09)
    case UInt8(ascii: "x"):
      guard offset + 2 <= bytes.count, let text = String(validating: bytes[offset..<offset + 2], as: UTF8.self),
        text.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }), let value = UInt8(text, radix: 16)
      else { throw error("two hexadecimal digits expected after '\\x'") }
      offset += 2
      return ByteSet(value)
    default:
      if ByteSet.wordBytes.contains(byte) { throw error("no escape '\\\(Character(UnicodeScalar(byte)))' exists") }
      return ByteSet(byte)
    }
  }

  private mutating func bracket() throws(PatternError) -> ByteSet {
    let isComplement = take("^")
    var set = ByteSet()
    var isFirst = true
    while let byte = current, isFirst || byte != UInt8(ascii: "]") {
      isFirst = false
      offset += 1
      if byte == UInt8(ascii: "\\") {
        set = set.union(try escape())
        continue
      }
      guard current == UInt8(ascii: "-"), offset + 1 < bytes.count, bytes[offset + 1] != UInt8(ascii: "]") else {
        set.insert(byte)
        continue
      }
      let last = bytes[offset + 1]
      if last < byte || last == UInt8(ascii: "\\") { throw error("this range of bytes can never hold") }
      set = set.union(ByteSet(byte...last))
      offset += 2
    }
    guard take("]") else { throw error("']' expected") }
    return isComplement ? set.complement : set
  }
}
