/// A regular expression over bytes, compiled for a matcher whose time is linear in the text.
///
/// Backtracking engines need exponential time for some patterns, and the C library's depend on the locale: neither may
/// decide about a run. Syntax: literals, `.` (any byte but newline), `[a-z]`, `[^a-z]`, `\d \w \s` and their
/// complements, `\n \t \r \xHH`, `( )`, `|`, `* + ?`, `{m}`, `{m,}`, `{m,n}`, `^` and `$` at line boundaries.
public struct Pattern: Equatable, Sendable {
  enum Instruction: Equatable, Sendable {
    case byte(ByteSet)
    /// Go on at both places.
    case split(Int, Int)
    case jump(Int)
    case lineStart
    case lineEnd
    case match
  }

  /// Limits the work per byte; `{m,n}` can multiply a short pattern.
  static let instructionCountMax = 4096

  public let source: String
  let program: [Instruction]

  /// Compiles a pattern.
  public init(_ source: String) throws(PatternError) {
    self.source = source
    program = try PatternCompiler.compile(source)
  }

  /// A pattern that matches exactly this text.
  public init(literal text: String) {
    source = text
    program = text.utf8.map { .byte(ByteSet($0)) } + [.match]
  }
}

/// Why a text is no pattern.
public struct PatternError: Error, Equatable, Sendable {
  /// In bytes from the pattern's start.
  public var offset: Int
  public var problem: String
}

/// A set of bytes in 256 bits.
struct ByteSet: Equatable, Sendable {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  init() {}

  init(_ byte: UInt8) { insert(byte) }

  init(_ range: ClosedRange<UInt8>) {
    for byte in range { insert(byte) }
  }

  init(text: StaticString) {
    text.withUTF8Buffer { for byte in $0 { insert(byte) } }
  }

  mutating func insert(_ byte: UInt8) {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: words.0 |= bit
    case 1: words.1 |= bit
    case 2: words.2 |= bit
    default: words.3 |= bit
    }
  }

  func contains(_ byte: UInt8) -> Bool {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: return words.0 & bit != 0
    case 1: return words.1 & bit != 0
    case 2: return words.2 & bit != 0
    default: return words.3 & bit != 0
    }
  }

  func union(_ other: ByteSet) -> ByteSet {
    var result = self
    result.words.0 |= other.words.0
    result.words.1 |= other.words.1
    result.words.2 |= other.words.2
    result.words.3 |= other.words.3
    return result
  }

  var complement: ByteSet {
    var result = ByteSet()
    result.words = (~words.0, ~words.1, ~words.2, ~words.3)
    return result
  }

  static func == (left: ByteSet, right: ByteSet) -> Bool { left.words == right.words }

  static let digits = ByteSet(UInt8(ascii: "0")...UInt8(ascii: "9"))
  static let blanks = ByteSet(text: " \t\n\r\u{0b}\u{0c}")
  static let wordBytes = digits.union(ByteSet(UInt8(ascii: "a")...UInt8(ascii: "z")))
    .union(ByteSet(UInt8(ascii: "A")...UInt8(ascii: "Z"))).union(ByteSet(UInt8(ascii: "_")))
  static let anyButNewline = ByteSet(UInt8(ascii: "\n")).complement
}
