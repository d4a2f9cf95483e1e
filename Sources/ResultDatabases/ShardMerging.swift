import Foundation

/// The parts of one work, all of them there and done.
package struct ShardMerging<Store: ResultStore> {
  private let stores: [Store]
  private let header: Store.Header

  private static var batchSize: Int { 256 }

  /// - Throws: ``ResultDatabase/Refusal`` for parts that do not belong together, or that are missing, there twice or not done.
  package init(_ paths: [String]) throws(ResultDatabase.Refusal) {
    var parts: [(store: Store, header: Store.Header)] = []
    for path in paths {
      // A database is opened by one at a time.
      if let twice = parts.first(where: { Self.isSame($0.store.path, path) }) {
        throw .init(description: "\(path) is the same file as \(twice.store.path); name each part once")
      }
      let store = try Store(path, mustExist: true)
      let header = try store.requireHeader()
      try Self.check(store, header, beside: parts)
      parts.append((store, header))
    }
    guard let first = parts.first else { throw .init(description: "there are no parts to merge") }
    let there = Set(parts.map(\.header.part.number))
    let missing = (1...first.header.part.count).filter { !there.contains($0) }
    guard missing.isEmpty else {
      let list = missing.map { "\($0)/\(first.header.part.count)" }.joined(separator: ", ")
      throw .init(description: "these parts are missing: \(list)")
    }
    stores = parts.map(\.store)
    header = first.header
  }

  /// - Throws: for a part of something else, one that is there twice, or one that is not done.
  private static func check(
    _ store: Store, _ header: Store.Header, beside parts: [(store: Store, header: Store.Header)]
  ) throws(ResultDatabase.Refusal) {
    let path = store.path
    if let first = parts.first {
      guard header.identity == first.header.identity else {
        throw .init(
          description:
            "\(path) is of another \(Store.noun), or of another version, scenario or image, than \(first.store.path)")
      }
      guard header.part.count == first.header.part.count else {
        throw .init(
          description:
            "\(path) is one of \(header.part.count) parts, \(first.store.path) of \(first.header.part.count)")
      }
    }
    if let twice = parts.first(where: { $0.header.part == header.part }) {
      throw .init(
        description: "\(path) and \(twice.store.path) are both part \(header.part.number); name each part once")
    }
    let expected = (0..<header.pieceCount).count { header.part.contains($0) }
    let done = try store.done()
    guard done.count == expected,
      done.allSatisfy({ header.part.contains($0) && (0..<header.pieceCount).contains($0) })
    else {
      throw .init(
        description: "\(path) has \(done.count) of its \(expected) \(Store.piece)s; run that part to its end first")
    }
  }

  private static func isSame(_ one: String, _ other: String) -> Bool {
    URL(fileURLWithPath: one).resolvingSymlinksInPath() == URL(fileURLWithPath: other).resolvingSymlinksInPath()
  }

  /// Makes the database of the whole. A file that was begun and could not be ended is taken away.
  package func write(to path: String) throws -> Store {
    do {
      let whole = try Store(path, mustExist: false)
      var header = header
      header.part = .whole
      try whole.adopt(header)
      for store in stores {
        var batch: [Store.Record] = []
        try store.visit { record in
          batch.append(record)
          guard batch.count == Self.batchSize else { return }
          try whole.add(batch)
          batch = []
        }
        try whole.add(batch)
        try whole.addRemarks(of: store)
        try store.close(isChanged: false)
      }
      try whole.settle()
      return whole
    } catch {
      for suffix in ResultDatabase.suffixes { try? FileManager.default.removeItem(atPath: path + suffix) }
      throw error
    }
  }
}
