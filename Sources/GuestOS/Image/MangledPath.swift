/// Reads the leading path of a mangled Swift name with what the standard library's names have: letters for its types, extensions of
/// them, and identifiers made of words of earlier ones (Swift's docs/ABI/Mangling.rst). Arguments, results and what a function was
/// specialized for are left out: copies of one function have one name.
struct MangledPath {
  private var rest: Substring.UTF8View.SubSequence
  /// Of identifiers read so far, which later ones refer to by letters.
  private var words: [[UInt8]] = []

  private static let wordMax = 26
  private static let nameMax = 4096

  /// - Parameter text: behind `$s` or `$e`.
  init(_ text: some BidirectionalCollection<UInt8>) {
    rest = Substring(decoding: text, as: UTF8.self).utf8[...]
  }

  /// `Array.append`, `Array.init(repeating:count:)`; nil for what is not read.
  mutating func name() -> String? {
    var path: [String] = []
    if let type = standardType() {
      path.append(type)
      skipExtension()
    } else if rest.starts(with: "So".utf8) {
      // C's types are in no module.
      rest = rest.dropFirst(2)
    } else if !skip(Self.swiftModule) {
      // The module, which is left out.
      guard identifier() != nil else { return nil }
    }
    while let name = identifier() {
      path.append(name)
      guard let kind = rest.first, Self.kinds.contains(kind) else { return finished(path) }
      rest = rest.dropFirst()
      skipExtension()
    }
    guard !path.isEmpty else { return nil }
    let type = path.joined(separator: ".")
    if let work = outlinedWork { return "outlined \(work) of \(type)" }
    if rest.starts(with: "fD".utf8) || rest.starts(with: "fd".utf8) { return "\(type).deinit" }
    if isInitializer { return "\(type).init" }
    if ["cig", "cis", "uig", "uis"].contains(where: Substring(rest).contains) { return "\(type).subscript" }
    return path.count > 1 ? type : nil
  }

  /// What code is for that the compiler has put beside functions that share it.
  private var outlinedWork: String? {
    guard let end = rest.lastIndex(of: UInt8(ascii: "W")), rest[end...].dropFirst().first == UInt8(ascii: "O") else {
      return nil
    }
    return switch rest[end...].dropFirst(2).first {
    case UInt8(ascii: "c"): "copy"
    case UInt8(ascii: "h"): "destroy"
    default: nil
    }
  }

  /// Behind the name of a function are the names of its arguments.
  private mutating func finished(_ path: [String]) -> String {
    guard isInitializer, path.count > 1, let first = path.last else { return path.joined(separator: ".") }
    var labels = [first]
    while let label = identifier() { labels.append(label) }
    return path.dropLast().joined(separator: ".") + ".init(" + labels.map { "\($0):" }.joined() + ")"
  }

  private var isInitializer: Bool {
    let text = Substring(rest)
    return text.contains("cfC") || text.contains("ufC") || text.contains("lufc") || text.contains("cfc")
  }

  /// Types have a letter for their kind behind them.
  private static let kinds = Set("VOCP".utf8)
  private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
  private static let swiftModule = UInt8(ascii: "s")
  private static let types: [Character: String] = [
    "a": "Array", "b": "Bool", "d": "Double", "f": "Float", "h": "Set", "i": "Int", "u": "UInt", "S": "String",
    "D": "Dictionary", "N": "ClosedRange", "n": "Range", "O": "ObjectIdentifier", "P": "UnsafePointer",
    "p": "UnsafeMutablePointer", "R": "UnsafeBufferPointer", "r": "UnsafeMutableBufferPointer", "V": "UnsafeRawPointer",
    "v": "UnsafeMutableRawPointer", "W": "UnsafeRawBufferPointer", "w": "UnsafeMutableRawBufferPointer",
    "q": "Optional", "s": "Substring", "B": "BinaryFloatingPoint", "E": "Encodable", "e": "Decodable",
    "F": "FloatingPoint", "G": "RandomNumberGenerator", "H": "Hashable", "j": "Numeric", "K": "BidirectionalCollection",
    "k": "RandomAccessCollection", "L": "Comparable", "l": "Collection", "M": "MutableCollection",
    "m": "RangeReplaceableCollection", "Q": "Equatable", "T": "Sequence", "t": "IteratorProtocol",
    "U": "UnsignedInteger", "X": "RangeExpression", "x": "Strideable", "Y": "RawRepresentable", "Z": "SignedInteger",
    "z": "BinaryInteger", "y": "StringProtocol",
  ]

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard rest.first == byte else { return false }
    rest = rest.dropFirst()
    return true
  }

  private mutating func standardType() -> String? {
    guard rest.first == UInt8(ascii: "S"), let letter = rest.dropFirst().first,
      let type = Self.types[Character(UnicodeScalar(letter))]
    else { return nil }
    rest = rest.dropFirst(2)
    return type
  }

  /// The module that extends a type, and for which of its arguments: up to an E with a name behind it.
  private mutating func skipExtension() {
    let start = rest
    if identifier() != nil, skip(UInt8(ascii: "E")) { return }
    rest = start
    guard rest.first == Self.swiftModule else { return }
    for place in rest.indices where rest[place] == UInt8(ascii: "E") {
      let after = rest[rest.index(after: place)...]
      guard let next = after.first, Self.digits.contains(next) || next == UInt8(ascii: "y") else { continue }
      rest = after
      return
    }
  }

  /// A length and so many characters, or with 0 before them letters for words of earlier identifiers.
  private mutating func identifier() -> String? {
    let start = rest
    guard let first = rest.first, Self.digits.contains(first) else { return nil }
    var hasWords = skip(UInt8(ascii: "0"))
    var name: [UInt8] = []
    repeat {
      while hasWords, let letter = rest.first, let number = Self.letter(letter) {
        rest = rest.dropFirst()
        if number.isLast { hasWords = false }
        guard number.index < words.count, name.count < Self.nameMax else {
          rest = start
          return nil
        }
        name += words[number.index]
      }
      if skip(UInt8(ascii: "0")) { break }
      let digits = rest.prefix { Self.digits.contains($0) }
      guard let length = Int(Substring(digits)), length > 0, length <= rest.count - digits.count else {
        rest = start
        return nil
      }
      rest = rest.dropFirst(digits.count)
      let literal = Array(rest.prefix(length))
      rest = rest.dropFirst(length)
      name += literal
      note(literal)
    } while hasWords
    return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
  }

  /// a is the first word and others follow; A is the first word and the last one here.
  private static func letter(_ byte: UInt8) -> (index: Int, isLast: Bool)? {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): (Int(byte - UInt8(ascii: "a")), false)
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): (Int(byte - UInt8(ascii: "A")), true)
    default: nil
    }
  }

  /// Notes the words of an identifier: each begins behind a digit or `_`, or with a capital behind a letter that is none.
  private mutating func note(_ literal: [UInt8]) {
    func isCapital(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
    func begins(_ byte: UInt8) -> Bool {
      byte != UInt8(ascii: "_") && !Self.digits.contains(byte)
    }
    var start: Int?
    for place in 0...literal.count {
      let byte = place < literal.count ? literal[place] : UInt8(ascii: "_")
      if let from = start, byte == UInt8(ascii: "_") || isCapital(byte) && !isCapital(literal[place - 1]) {
        if place - from >= 2, words.count < Self.wordMax { words.append(Array(literal[from..<place])) }
        start = nil
      }
      if start == nil, begins(byte) { start = place }
    }
  }
}
