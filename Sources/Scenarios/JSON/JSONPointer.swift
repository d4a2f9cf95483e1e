/// A place in a JSON value as RFC 6901 writes it: `/script/0/within`; the empty text is the whole value.
public struct JSONPointer: Equatable, Sendable, CustomStringConvertible {
  /// Keys of objects and indices of lists, from the outside in, unescaped.
  public var tokens: [String]
  public let description: String

  /// Why a text is no pointer.
  public struct SyntaxError: Error, Equatable {
    public var problem: String
    public var remedy: String
  }

  public init(_ text: String) throws(SyntaxError) {
    description = text
    tokens = []
    if text.isEmpty { return }
    guard text.hasPrefix("/") else {
      // The other way of naming a place, as in messages about a scenario.
      let words = text.split { ".[]/".contains($0) }.drop { $0 == "$" }
      throw SyntaxError(
        problem: "a JSON pointer starts with \"/\"", remedy: "did you mean \"/\(words.joined(separator: "/"))\"?")
    }
    for token in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      tokens.append(try Self.unescape(token))
    }
  }

  /// `~1` stands for "/", `~0` for "~" (RFC 6901, section 3).
  private static func unescape(_ token: Substring) throws(SyntaxError) -> String {
    var text = ""
    var rest = token
    while let character = rest.popFirst() {
      guard character == "~" else {
        text.append(character)
        continue
      }
      switch rest.popFirst() {
      case "0": text.append("~")
      case "1": text.append("/")
      default:
        throw SyntaxError(
          problem: "\"~\" is followed by neither 0 nor 1", remedy: "write \"~0\" for \"~\", \"~1\" for \"/\"")
      }
    }
    return text
  }
}
