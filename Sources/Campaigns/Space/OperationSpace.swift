import Scenarios
import SimMachine

/// All faults of some models at what happens in a part of a run, counted.
struct OperationSpace: Sendable {
  /// All that happens, in its order, whether or not a model is about it.
  let sites: [OperationSite]
  /// Sites that have faults.
  let siteCount: UInt64
  private let models: [FaultModel]
  /// The number of faults before each site's.
  private let before: [UInt64]
  let count: UInt64

  static let empty = OperationSpace()

  private init() { (sites, models, before, count, siteCount) = ([], [], [], 0, 0) }

  /// - Parameter sites: all that happens in the window.
  /// - Throws: ``CampaignError`` for a model that is about nothing of that, or for two that have places in common.
  init(_ sites: [OperationSite], _ models: [FaultModel]) throws(CampaignError) {
    var (before, count, siteCount): ([UInt64], UInt64, UInt64) = ([], 0, 0)
    var hasPlaces = models.map { _ in false }
    var looked: Set<OperationSite.Operation> = []
    for site in sites {
      let ways = models.map { $0.ways(at: site.operation) }
      let here = ways.joined().reduce(UInt64(0)) { $0 + $1.count }
      before.append(count)
      guard here > 0 else { continue }
      siteCount += 1
      for index in models.indices where ways[index].contains(where: { $0.count > 0 }) { hasPlaces[index] = true }
      if looked.insert(site.operation).inserted {
        let names = ways.joined().map(\.identity)
        guard Set(names).count == names.count else { throw Self.overlap }
      }
      let (sum, isTooLarge) = count.addingReportingOverflow(here)
      guard !isTooLarge, sum < 1 << 62 else { throw CampaignError("the space is too large to count") }
      count = sum
    }
    if let index = hasPlaces.firstIndex(of: false) {
      throw CampaignError(
        "the space is empty: the fault-free run has \(models[index].subject) in the window, so no fault of that model can "
          + "happen; make the window larger, or name a scenario that has them")
    }
    (self.sites, self.models, self.before, self.count, self.siteCount) = (sites, models, before, count, siteCount)
  }

  static let overlap = CampaignError(
    "two fault models have places in common, which would count twice; take one of them away")

  /// A fault by its number.
  func location(_ number: UInt64) -> FaultLocation {
    let index = site(of: number)
    var place = number - before[index]
    for way in models.lazy.flatMap({ $0.ways(at: sites[index].operation) }) {
      if place < way.count { return location(way, place, at: index) }
      place -= way.count
    }
    preconditionFailure("each site has as many faults as were counted")
  }

  /// The instruction before which a fault has its moment.
  func instruction(_ number: UInt64) -> UInt64 { sites[site(of: number)].instruction }

  private func site(of number: UInt64) -> Int {
    precondition(number < count, "there are not so many faults")
    return before.partitioningIndex { $0 > number } - 1
  }

  /// - Parameter index: the site's.
  func location(_ way: FaultWay, _ place: UInt64, at index: Int) -> FaultLocation {
    let site = sites[index]
    let (what, name) = way.what(place, nth: nth(way, place, at: index))
    return FaultLocation(
      target: .what(what.text), group: way.group, name: Self.name(way, name, site))
  }

  private static func name(_ way: FaultWay, _ place: String, _ site: OperationSite) -> String {
    if case .execution = site.operation { return "\(way.group) \(place)" }
    return "\(way.group) \(place), number \(site.ordinal)"
  }

  /// Which of the operations that a fault is about, from its moment on, the site is: others may come before the same instruction.
  private func nth(_ way: FaultWay, _ place: UInt64, at index: Int) -> UInt64 {
    let instruction = sites[index].instruction
    guard index > 0, sites[index - 1].instruction == instruction,
      case .machine(.device(let device, _)) = sites[index].operation
    else { return 1 }
    let location = FaultLocation(target: .what(way.what(place, nth: 1).what.text), group: "", name: "")
    guard case .device(let fault, _) = location.faults(at: instruction)[0].what else { return 1 }
    let earlier = sites[..<index].reversed().prefix { $0.instruction == instruction }
    return 1
      + UInt64(
        earlier.count { site in
          guard case .machine(.device(device, let operation)) = site.operation else { return false }
          return fault.change.concerns(operation)
        })
  }

  /// The ways of all models at a site. For draws.
  func ways(at index: Int) -> [FaultWay] { models.flatMap { $0.ways(at: sites[index].operation) } }
}

extension FaultModel {
  /// What its faults need and the run does not have, for messages.
  fileprivate var subject: String {
    switch self {
    case .message(let isReply, let names, _, _, _):
      "no 9P \(isReply ? "reply" : "request")\(names.map { " \($0.joined(separator: ", "))" } ?? "")"
    case .descriptor(let choice, _): "no chain that a device takes\(choice.text)"
    case .usedEntry(let choice, _, _, _): "no chain that a device gives back\(choice.text)"
    case .ringIndex(let choice, _): "no chain in a split queue\(choice.text)"
    case .sectors: "no transfer of sectors"
    case .shareError: "no request that such an error is an answer to"
    case .randomBytes: "no random bytes"
    case .interrupt(let vectors, _, _):
      "no interrupt\(vectors.map { " with the vector \($0.map { "\($0)" }.joined(separator: ", "))" } ?? "")"
    case .code(let choice, _): choice == .programs ? "no instruction of a program that was loaded" : "no instruction"
    case .register, .memory, .program, .pageTable, .skip, .repeat, .nonMaskableInterrupt, .everyInterrupt, .swarm:
      "nothing"
    }
  }
}

extension FaultModel.QueueChoice {
  fileprivate var text: String {
    (queue.map { " from queue \($0)" } ?? "") + (device.map { " of the device \($0)" } ?? "")
  }
}
