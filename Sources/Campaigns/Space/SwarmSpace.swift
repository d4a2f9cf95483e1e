import Scenarios
import SeededRandom

/// Faults of many kinds together: each seed draws which kinds are on and how often each happens, and so all faults of one run
/// (A. Groce and others, "Swarm Testing", ISSTA 2012). With fewer kinds on, none hides what another one does.
struct SwarmSpace: Sendable {
  /// Seeds that there are.
  static let count: UInt64 = 1 << 32
  /// A kind is on in one of so many runs.
  private static let onIn: UInt64 = 4
  /// The rarest rate is one in two to the power of this.
  private static let rarest: UInt64 = 6
  /// Faults of a kind in one run, at most.
  private static let faultsMax = 64

  private struct Kind: Sendable {
    var name: String
    var places: Places
  }

  private enum Places: Sendable {
    /// Operations by the numbers of their sites, each with the ways that it can go wrong in.
    case operations([(site: Int, ways: [FaultWay])])
    /// Anything here, before any instruction.
    case instructions([FaultLocation])
  }

  private let kinds: [Kind]
  private let instructions: InstructionSet
  private let operations: OperationSpace

  /// - Parameters:
  ///   - sites: all that happens in the window.
  ///   - locations: the places of each model that is about instructions.
  /// - Throws: ``CampaignError`` if there is nothing to draw from.
  init(
    _ sites: [OperationSite], _ models: [FaultModel], locations: [(model: String, places: [FaultLocation])],
    _ instructions: InstructionSet
  ) throws(CampaignError) {
    let happening = models.filter { model in
      model.isOfOperations && sites.contains { !model.ways(at: $0.operation).isEmpty }
    }
    operations = try OperationSpace(sites, happening)
    self.instructions = instructions
    var found: [String: [(site: Int, ways: [FaultWay])]] = [:]
    var order: [String] = []
    for site in sites.indices {
      for way in operations.ways(at: site) where way.count > 0 {
        let name = "\(way.kind) \(way.change)"
        if found[name] == nil { order.append(name) }
        if let last = found[name]?.last, last.site == site {
          found[name]![found[name]!.count - 1].ways.append(way)
        } else {
          found[name, default: []].append((site, [way]))
        }
      }
    }
    kinds =
      order.map { Kind(name: $0, places: .operations(found[$0] ?? [])) }
      + locations.filter { !$0.places.isEmpty }.map { Kind(name: $0.model, places: .instructions($0.places)) }
    guard !kinds.isEmpty else {
      throw CampaignError("the space is empty: nothing that the swarm's models are about happens in the window")
    }
  }

  /// The names of all kinds that a seed draws from.
  var kindNames: [String] { kinds.map(\.name) }

  /// All faults of one run.
  ///
  /// - Returns: them, and the instruction before which the first one happens.
  func location(seed: UInt64) -> (location: FaultLocation, instruction: UInt64) {
    precondition(seed < Self.count, "there are not so many seeds")
    var generator = SeededGenerator(seed: seed)
    var (faults, names): ([(instruction: UInt64, text: String)], [String]) = ([], [])
    // With low rates it may be that nothing happens at all, which would tell nothing.
    while faults.isEmpty {
      names = []
      let coins = kinds.map { _ in UInt64.random(in: 0..<Self.onIn, using: &generator) == 0 }
      let only = coins.contains(true) ? nil : Int.random(in: kinds.indices, using: &generator)
      for (index, kind) in kinds.enumerated() where coins[index] || index == only {
        let (drawn, rate) = draw(kind, &generator)
        names.append("\(kind.name) \(rate) (\(drawn.count))")
        faults += drawn
      }
    }
    let ordered = faults.enumerated().sorted {
      ($0.element.instruction, $0.offset) < ($1.element.instruction, $1.offset)
    }
    let location = FaultLocation(
      target: .faults(ordered.map(\.element.text)), group: "swarm",
      name: "seed \(seed): \(names.joined(separator: ", "))")
    return (location, ordered[0].element.instruction)
  }

  private func draw(
    _ kind: Kind, _ generator: inout SeededGenerator
  ) -> (faults: [(instruction: UInt64, text: String)], rate: String) {
    var faults: [(instruction: UInt64, text: String)] = []
    switch kind.places {
    case .operations(let sites):
      let power = UInt64.random(in: 0...Self.rarest, using: &generator)
      for (site, ways) in sites where faults.count < Self.faultsMax {
        guard UInt64.random(in: 0..<1 << power, using: &generator) == 0 else { continue }
        let way = ways[Int.random(in: ways.indices, using: &generator)]
        let place = UInt64.random(in: 0..<way.count, using: &generator)
        let instruction = operations.sites[site].instruction
        faults.append((instruction, operations.location(way, place, at: site).text(at: instruction)))
      }
      return (faults, power == 0 ? "always" : "1/\(1 << power)")
    case .instructions(let locations):
      for _ in 0..<1 << UInt64.random(in: 0...3, using: &generator) {
        let instruction = instructions[UInt64.random(in: 0..<instructions.count, using: &generator)]
        let location = locations[Int.random(in: locations.indices, using: &generator)]
        faults.append((instruction, location.text(at: instruction)))
      }
      return (faults, "anywhere")
    }
  }
}
