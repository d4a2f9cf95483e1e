import Foundation

/// The parts of one campaign, all of them there and done.
public struct CampaignMerging {
  private let stores: [CampaignStore]
  private let header: CampaignHeader

  /// - Throws: ``CampaignStore/Refusal`` for parts that do not belong together, or that are missing, there twice or not done.
  public init(_ paths: [String]) throws {
    var stores: [(store: CampaignStore, header: CampaignHeader)] = []
    for path in paths {
      if let twice = stores.first(where: { Self.isSame($0.store.path, path) }) {
        throw CampaignStore.Refusal(description: "\(path) is the same file as \(twice.store.path); name each part once")
      }
      let store = try CampaignStore(path, mustExist: true)
      let header = try store.requireHeader()
      if let first = stores.first {
        guard header.identity == first.header.identity else {
          throw CampaignStore.Refusal(
            description:
              "\(path) is of another campaign, or of another version, scenario or image, than \(first.store.path)")
        }
        guard header.part.count == first.header.part.count else {
          throw CampaignStore.Refusal(
            description:
              "\(path) is one of \(header.part.count) parts, \(first.store.path) of \(first.header.part.count)")
        }
      }
      if let twice = stores.first(where: { $0.header.part == header.part }) {
        throw CampaignStore.Refusal(
          description: "\(path) and \(twice.store.path) are both part \(header.part.number); name each part once")
      }
      let expected = (0..<header.classCount).count { header.part.contains($0) }
      let done = try store.done()
      guard done.count == expected,
        done.allSatisfy({ header.part.contains($0) && (0..<header.classCount).contains($0) })
      else {
        throw CampaignStore.Refusal(
          description: "\(path) has \(done.count) of its \(expected) experiments; run that part to its end first")
      }
      stores.append((store, header))
    }
    guard let first = stores.first else { throw CampaignStore.Refusal(description: "there are no parts to merge") }
    let there = Set(stores.map(\.header.part.number))
    let missing = (1...first.header.part.count).filter { !there.contains($0) }
    guard missing.isEmpty else {
      let list = missing.map { "\($0)/\(first.header.part.count)" }.joined(separator: ", ")
      throw CampaignStore.Refusal(description: "these parts are missing: \(list)")
    }
    self.stores = stores.map(\.store)
    header = first.header
  }

  private static func isSame(_ one: String, _ other: String) -> Bool {
    URL(fileURLWithPath: one).resolvingSymlinksInPath() == URL(fileURLWithPath: other).resolvingSymlinksInPath()
  }

  /// Makes the database of the whole. A file that was begun and could not be ended is taken away.
  public func write(to path: String) throws -> CampaignStore {
    do {
      let whole = try CampaignStore(path)
      var header = header
      header.part = .whole
      try whole.adopt(header)
      for store in stores {
        var batch: [ExperimentRecord] = []
        try store.visit { record in
          batch.append(record)
          guard batch.count == 1024 else { return }
          try whole.add(batch)
          batch = []
        }
        try whole.add(batch)
        try whole.add(sourceLines: store.sourceLines())
        try store.close(isChanged: false)
      }
      try whole.settle()
      return whole
    } catch {
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
      throw error
    }
  }
}
