import Foundation
import OutputFiles
import Scenarios

/// A file of the corpus: the object at its head, and where in the file that stands.
struct AttackFile {
  /// A program of more is none that anybody reads.
  static let bytesMax = 1 << 18

  let path: String
  let text: [UInt8]
  /// Where the object stands in the text; what is around it is the comment's, or nothing.
  let range: Range<Int>
  let tree: JSONNode

  /// - Parameter name: the path that messages name.
  init(_ url: URL, name: String) throws(ScenarioProblems) {
    func problem(_ text: String, _ remedy: String, at position: JSONPosition? = nil) -> ScenarioProblems {
      ScenarioProblems([.init(file: name, position: position, path: "$", problem: text, remedy: remedy)])
    }
    guard let handle = FileHandle(forReadingAtPath: url.path),
      let data = try? handle.read(upToCount: Self.bytesMax + 1)
    else { throw problem("can't be read", "check its permissions") }
    guard data.count <= Self.bytesMax else {
      throw problem("has more than \(Self.bytesMax) bytes", "make the attack smaller")
    }
    path = name
    text = [UInt8](data)
    if url.pathExtension == "json" {
      range = text.indices
    } else {
      guard text.starts(with: Array("/*\n".utf8)), let end = Self.endOfComment(text) else {
        throw problem(
          "does not begin with a comment that holds what the attack is",
          "begin with \"/*\", the object on lines of its own, and \"*/\" (docs/add-an-attack.md)",
          at: JSONPosition(line: 1, column: 1))
      }
      range = 3..<end
    }
    // The lines before the object are kept empty, so that places are those in the file.
    let body = text[..<range.lowerBound].filter { $0 == 0x0a } + text[range]
    do throws(JSONSyntaxError) { tree = try JSONParser.parse(body) } catch {
      throw problem("not JSON: \(error.problem)", "mend the text at this place", at: error.position)
    }
  }

  private static func endOfComment(_ text: [UInt8]) -> Int? {
    var last: UInt8 = 0
    for (index, byte) in text.enumerated().dropFirst(2) {
      if last == UInt8(ascii: "*"), byte == UInt8(ascii: "/") { return index - 1 }
      last = byte
    }
    return nil
  }

  /// Puts another object in the place of the one that is there; the rest stays as it is.
  func write(_ tree: JSONNode, to url: URL) throws(OutputError) {
    let file = try AtomicFile(url.path)
    defer { file.discard() }
    file.write(text[..<range.lowerBound])
    file.write(tree.laidOut())
    file.write(text[range.upperBound...])
    try file.finish()
  }
}
