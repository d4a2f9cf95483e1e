import ResultDatabases

/// The parts of one exploration, all of them there and done.
public struct ExplorationMerging {
  private let stores: [ExplorationStore]
  private let header: ExplorationHeader

  /// - Throws: ``ExplorationStore/Refusal`` for parts that do not belong together, or that are missing, there twice or not done.
  public init(_ paths: [String]) throws {
    var stores: [ExplorationStore] = []
    var shards = ShardSet(noun: "exploration", piece: "run")
    for path in paths {
      try shards.requireNew(path)
      let store = try ExplorationStore(path, mustExist: true)
      let header = try store.requireHeader()
      try shards.add(
        .init(
          path: path, identity: header.identity, shard: header.shard, total: header.runCount, done: try store.done()))
      stores.append(store)
    }
    try shards.requireWhole()
    self.stores = stores
    header = try stores[0].requireHeader()
  }

  /// Makes the database of the whole. A file that was begun and could not be ended is taken away.
  public func write(to path: String) throws -> ExplorationStore {
    try ShardSet.making(path) {
      let whole = try ExplorationStore(path)
      var header = header
      header.shard = .whole
      try whole.adopt(header)
      for store in stores {
        var batch: [RunRecord] = []
        try store.visit { record in
          batch.append(record)
          guard batch.count == 256 else { return }
          try whole.add(batch)
          batch = []
        }
        try whole.add(batch)
        for attacks in try store.attacks().values { try whole.add(attacks) }
        try store.close(isChanged: false)
      }
      try whole.settle()
      return whole
    }
  }
}
