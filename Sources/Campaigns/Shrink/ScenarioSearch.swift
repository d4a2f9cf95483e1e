import Hexadecimal
import Scenarios

/// Why a search ended although more might be taken away.
public enum SearchEnd: Error, Equatable, Sendable {
  case runs(Int)
  case time
}

/// The search for the smallest scenario that fails as a given one does. It knows runs only by what is said of them.
///
/// Parts are taken away at every level, whatever they mean: what is no scenario any more counts as one that does not fail. So this
/// knows little of what scenarios look like (G. Misherghi, Z. Su: HDD: Hierarchical Delta Debugging, ICSE 2006).
final class ScenarioSearch {
  /// The smallest scenario so far.
  private(set) var best: JSONNode
  private(set) var bestFailure: ObservedFailure
  private(set) var counts = ShrinkCounts()
  /// Of each other cause that was found the smallest scenario.
  private(set) var others: [FailureSignature.Cause: Other] = [:]

  private let target: FailureSignature
  private let runsMax: Int?
  private let judge: (JSONNode) throws -> CandidateVerdict
  private let show: (ShrinkProgress) -> Void
  private let hadScript: Bool
  /// Without its faults the original does not fail in this way, so nothing smaller may: it would fail for want of something.
  private var needsFaults = false
  /// By the text: nothing is run twice.
  private var verdicts: [String: CandidateVerdict] = [:]

  struct Other {
    var tree: JSONNode
    var failure: ObservedFailure
    var text: String
  }

  /// - Parameters:
  ///   - tree: the original without what only people read.
  ///   - failure: what its run showed.
  ///   - runsMax: the most runs, the original's not counted; nil: as many as are needed.
  ///   - judge: runs a scenario; must say the same of the same scenario.
  init(
    _ tree: JSONNode, failure: ObservedFailure, runsMax: Int? = nil,
    show: @escaping (ShrinkProgress) -> Void = { _ in }, judge: @escaping (JSONNode) throws -> CandidateVerdict
  ) {
    (best, bestFailure, target) = (tree, failure, failure.signature)
    (self.runsMax, self.judge, self.show) = (runsMax, judge, show)
    hadScript = tree.hasScript
    verdicts[tree.text] = .failed(failure)
  }

  /// Takes away what can be taken away, until nothing can.
  ///
  /// - Returns: why it ended before; nil: in ``best`` nothing is left that could be taken away alone.
  /// - Throws: what ``judge`` throws but ``SearchEnd``.
  func run() throws -> SearchEnd? {
    do {
      needsFaults = try !isFailingAsTarget(best.without(["faults"]))
      var before: String
      repeat {
        before = best.text
        // Before steps go: with fewer of them an instruction of the same number is another one.
        if let list = faultList {
          try reduceParts(at: [list])
          try freeMoments(list)
        }
        try reduceParts(at: [])
        try reduceValues(at: [], names: [])
      } while best.text != before
      return nil
    } catch let end as SearchEnd { return end }
  }

  // MARK: Steps

  /// The order in which members of a scenario are reduced: expectations that nobody needs would keep other parts.
  private static let order = ["expect", "faults", "secrets", "script", "share"]

  private func reduceParts(at path: NodePath) throws {
    let (whole, node) = (best, best[path])
    _ = try DeltaDebugging.minimum(of: Array(node.children.indices)) { kept in
      var tree = whole
      tree[path] = node.keeping(kept)
      return try take(tree)
    }
    let names = best[path].childNames
    let first = path.isEmpty ? Self.order.compactMap { names.firstIndex(of: $0) } : []
    for index in first + names.indices.filter({ !first.contains($0) }) { try reduceParts(at: path + [index]) }
  }

  private func reduceValues(at path: NodePath, names: [String]) throws {
    let (whole, node) = (best, best[path])
    if let reduction = ValueReduction(at: names) {
      _ = try reduction.smallest(node) { value in
        var tree = whole
        tree[path] = value
        return try take(tree)
      }
    }
    for (index, name) in best[path].childNames.enumerated() {
      try reduceValues(at: path + [index], names: names + [name])
    }
  }

  /// Has faults happen when the processor first comes to the place where they happened, and no longer after so many
  /// instructions or so much time: all that comes before would have to stay.
  private func freeMoments(_ list: Int) throws {
    for (index, pointer) in bestFailure.injections.sorted(by: { $0.key < $1.key }) {
      let faults = best[[list]].children
      guard index < faults.count, let place = faults[index].childNames.firstIndex(of: "when"),
        case .object(var members) = faults[index].children[place].value,
        let moment = members.firstIndex(where: { ["instruction", "time"].contains($0.key) })
      else { continue }
      members[moment] = .init(key: "address", value: JSONNode(value: .string(pointer.hexadecimal)))
      var tree = best
      tree[[list, index, place]] = JSONNode(value: .object(members))
      _ = try take(tree)
    }
  }

  private var faultList: Int? { best.childNames.firstIndex(of: "faults") }

  // MARK: Questions

  /// Makes a scenario the smallest one, if it fails in the same way.
  private func take(_ tree: JSONNode) throws -> Bool {
    if tree.text == best.text { return true }
    guard try isFailingAsTarget(tree), case .failed(let failure) = try verdict(tree) else { return false }
    if needsFaults, try isFailingAsTarget(tree.without(["faults"])) { return false }
    (best, bestFailure) = (tree, failure)
    counts.taken += 1
    return true
  }

  private func isFailingAsTarget(_ tree: JSONNode) throws -> Bool {
    if case .failed(let failure) = try verdict(tree) { failure.signature == target } else { false }
  }

  private func verdict(_ tree: JSONNode) throws -> CandidateVerdict {
    let text = tree.text
    if let known = verdicts[text] { return known }
    if let runsMax, counts.runs >= runsMax { throw SearchEnd.runs(runsMax) }
    var verdict = try judge(tree)
    // Without a script every guest that does not end by itself runs to its budget.
    if case .failed(let failure) = verdict, failure.outcome == .hung, hadScript, !tree.hasScript { verdict = .passed }
    switch verdict {
    case .refused: counts.refused += 1
    case .exhausted: counts.exhausted += 1
    case .passed: break
    case .failed(let failure): note(failure, tree, text)
    }
    if case .refused = verdict {} else { counts.runs += 1 }
    verdicts[text] = verdict
    show(ShrinkProgress(counts: counts, bytes: best.text.utf8.count))
    return verdict
  }

  /// Keeps what failed in another way. That an expectation does not hold is none: a smaller scenario shows less.
  private func note(_ failure: ObservedFailure, _ tree: JSONNode, _ text: String) {
    let cause = failure.signature.cause
    guard cause.outcome != .completed, cause != target.cause else { return }
    if let known = others[cause], (known.text.utf8.count, known.text) <= (text.utf8.count, text) { return }
    others[cause] = Other(tree: tree, failure: failure, text: text)
  }
}

extension JSONNode {
  fileprivate var hasScript: Bool { self["script"]?.children.isEmpty == false }
}
