/// The page for people: what an exploration has found.
public struct ExplorationReport {
  private let results: ExplorationResults

  public init(_ store: ExplorationStore) throws { results = try ExplorationResults(store) }

  public var html: String { "<!DOCTYPE html><title>\(results.header.name)</title>" }
}
