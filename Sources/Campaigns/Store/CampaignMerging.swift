import ResultDatabases

/// The parts of one campaign, all of them there and done.
public struct CampaignMerging {
  private let stores: [CampaignStore]
  private let header: CampaignHeader

  /// - Throws: ``CampaignStore/Refusal`` for parts that do not belong together, or that are missing, there twice or not done.
  public init(_ paths: [String]) throws {
    var stores: [CampaignStore] = []
    var shards = ShardSet(noun: "campaign", piece: "experiment")
    for path in paths {
      try shards.requireNew(path)
      let store = try CampaignStore(path, mustExist: true)
      let header = try store.requireHeader()
      try shards.add(
        .init(
          path: path, identity: header.identity, shard: header.part, total: header.classCount, done: try store.done()))
      stores.append(store)
    }
    try shards.requireWhole()
    self.stores = stores
    header = try stores[0].requireHeader()
  }

  /// Makes the database of the whole. A file that was begun and could not be ended is taken away.
  public func write(to path: String) throws -> CampaignStore {
    try ShardSet.making(path) {
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
    }
  }
}
