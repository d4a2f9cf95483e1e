import Scenarios
import SimEvents

/// Which events, and which of their fields, a comparison looks at.
public struct EventSelection: Equatable, Sendable {
  /// Empty: everything.
  private var included: [EventPart] = []
  private var excluded: [EventPart] = []

  /// Everything.
  public init() {}

  /// - Parameters:
  ///   - projected: names of kinds or groups; if there are any, nothing else is looked at.
  ///   - ignored: names of kinds or groups that are left out.
  public init(projected: [String], ignored: [String]) throws(SelectionError) {
    for name in projected { included += try Self.parts(of: name) }
    for name in ignored { excluded += try Self.parts(of: name) }
    let isEmpty = included.allSatisfy { part in excluded.contains { $0.covers(part) } }
    if !included.isEmpty && isEmpty {
      throw SelectionError("nothing is left to compare: what is projected is ignored too; take one of both away")
    }
  }

  private static func parts(of name: String) throws(SelectionError) -> [EventPart] {
    if let group = EventGroup(rawValue: name) { return group.parts }
    if let kind = EventKind(name: name) { return [EventPart(kind)] }
    let known = EventGroup.allCases.map(\.rawValue) + EventKind.allCases.map(\.name)
    throw SelectionError(
      "\"\(name)\" is no group or kind of events; \(remedyForName(name, among: known, noun: "name"))")
  }

  /// Which fields of an event count.
  func fields(of payload: EventPayload) -> FieldChoice {
    var choice = FieldChoice.all
    if !included.isEmpty {
      let parts = included.filter { $0.contains(payload) }
      guard !parts.isEmpty else { return .none }
      if !parts.contains(where: { $0.fields == nil }) { choice = .only(parts.flatMap { $0.fields ?? [] }) }
    }
    for part in excluded where part.contains(payload) {
      guard let fields = part.fields else { return .none }
      let left = payload.fields.map(\.name).filter { choice.contains($0) && !fields.contains($0) }
      if left.isEmpty { return .none }
      choice = .only(left)
    }
    return choice
  }
}

/// What of an event counts.
enum FieldChoice: Equatable {
  case none
  case all
  case only([String])

  func contains(_ name: String) -> Bool {
    switch self {
    case .none: false
    case .all: true
    case .only(let names): names.contains(name)
    }
  }
}

/// A choice of events that can't be made.
public struct SelectionError: Error, Equatable, CustomStringConvertible {
  public var description: String

  init(_ description: String) { self.description = description }
}
