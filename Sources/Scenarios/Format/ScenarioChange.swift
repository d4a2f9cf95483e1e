/// One value that is put into a scenario before it is read, in the place of what its file says.
public struct ScenarioChange: Equatable, Sendable {
  public var pointer: JSONPointer
  var value: JSONNode
  /// What messages call it: `--set /seed`.
  var title: String

  /// Reads `POINTER=VALUE`. A value that is no JSON is a string, so that quotes are needed only for strings that look like
  /// something else.
  ///
  /// - Throws: what is wrong with the pointer or the value.
  public init(_ text: String) throws(JSONPointer.SyntaxError) {
    guard let sign = text.firstIndex(of: "=") else {
      throw JSONPointer.SyntaxError(
        problem: "there is no \"=\"", remedy: "write POINTER=VALUE, such as /budget/time=2s")
    }
    let pointer = String(text[..<sign])
    self.init(
      try JSONPointer(pointer), try Self.value(String(text[text.index(after: sign)...])), title: "--set \(pointer)")
  }

  /// Puts a string into the scenario.
  ///
  /// - Parameter title: what messages call the change.
  public init(_ pointer: JSONPointer, to string: String, title: String) {
    self.init(pointer, JSONNode(value: .string(string), position: nil), title: title)
  }

  /// - Parameters:
  ///   - value: comes from no file.
  ///   - title: what messages call the change.
  package init(_ pointer: JSONPointer, _ value: JSONNode, title: String) {
    self.pointer = pointer
    self.value = value
    self.title = title
  }

  private static func value(_ text: String) throws(JSONPointer.SyntaxError) -> JSONNode {
    do {
      return try JSONParser.parse(Array(text.utf8)).withoutPositions
    } catch {
      // What starts like this was meant as JSON.
      guard let first = text.first, "{[\"".contains(first) else {
        return JSONNode(value: .string(text), position: nil)
      }
      throw JSONPointer.SyntaxError(
        problem: "the value is not JSON: at character \(error.position.column): \(error.problem)", remedy: "mend it")
    }
  }

  /// The value as JSON.
  package var text: String { value.text }

  static func apply(
    _ changes: [ScenarioChange], to tree: JSONNode, file: String
  ) throws(ScenarioProblems) -> JSONNode {
    var tree = tree
    var problems: [ScenarioProblem] = []
    for change in changes {
      do throws(JSONPointer.SyntaxError) {
        if change.pointer.tokens.starts(with: ["machine", "costs"]), change.pointer.tokens.count > 2 {
          tree.openCosts()
        }
        try tree.set(change.pointer, to: change.value)
      } catch {
        problems.append(
          .init(file: file, position: nil, path: change.title, problem: error.problem, remedy: error.remedy))
      }
    }
    guard problems.isEmpty else { throw ScenarioProblems(problems) }
    // A recording must be able to read what it keeps.
    let text = Array(tree.text.utf8)
    do throws(JSONSyntaxError) {
      _ = try JSONParser.parse(text)
    } catch {
      throw ScenarioProblems([
        .init(file: file, position: nil, path: "--set", problem: error.problem, remedy: "set something smaller")
      ])
    }
    return tree
  }
}
