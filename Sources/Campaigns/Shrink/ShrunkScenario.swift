import Foundation
import Scenarios

/// A scenario that a search has found, and how it fails.
public struct ShrunkScenario: Sendable {
  public let failure: ObservedFailure
  public let size: ScenarioSize
  let tree: JSONNode
  /// What people read of the original: `$schema`.
  let schema: String?
  let description: String

  /// The scenario as a file in a folder, which must be there: JSON for people.
  ///
  /// - Parameters:
  ///   - folder: nil: that of the original.
  ///   - original: the folder that its paths start from.
  public func text(in folder: URL?, from original: URL) -> String {
    whole(in: folder, from: original).laidOut()
  }

  /// The same as an object.
  public func json(in folder: URL?, from original: URL) -> JSONText { JSONText(whole(in: folder, from: original)) }

  private func whole(in folder: URL?, from original: URL) -> JSONNode {
    var members = schema.map { [("$schema", $0)] } ?? []
    members.append(("description", description))
    let head = members.map { JSONNode.Member(key: $0.0, value: JSONNode(value: .string($0.1))) }
    guard case .object(let rest) = tree.value else { preconditionFailure("a scenario is an object") }
    let whole = JSONNode(value: .object(head + rest))
    return folder.map { Scenario.moved(whole, from: original, to: $0) } ?? whole
  }
}

extension JSONText {
  /// The value of a scenario, which holds whole numbers only.
  fileprivate init(_ node: JSONNode) {
    self =
      switch node.value {
      case .boolean(let flag): .boolean(flag)
      case .number(let literal): UInt64(literal).map { .integer($0) } ?? .string(literal)
      case .string(let text): .string(text)
      case .null: .string("null")
      case .array(let elements): .array(elements.map { JSONText($0) })
      case .object(let members): .object(members.map { ($0.key, JSONText($0.value)) })
      }
  }
}
