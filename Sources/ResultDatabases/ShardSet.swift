import Foundation

/// The parts of one work, each in a database of its own, before they are put together.
public struct ShardSet {
  /// What is to be known of a part.
  public struct Member {
    public var path: String
    /// A digest of everything that the results follow from.
    public var identity: String
    public var shard: Shard
    /// Pieces of work of all parts.
    public var total: Int
    public var done: Set<Int>

    public init(path: String, identity: String, shard: Shard, total: Int, done: Set<Int>) {
      (self.path, self.identity, self.shard, self.total, self.done) = (path, identity, shard, total, done)
    }
  }

  /// What messages call the work, and a piece of it: "campaign", "experiment".
  private let noun: String
  private let piece: String
  private var members: [Member] = []

  public init(noun: String, piece: String) { (self.noun, self.piece) = (noun, piece) }

  /// - Throws: for a file that is there already, before it is opened: a database is opened by one at a time.
  public func requireNew(_ path: String) throws(ResultDatabase.Refusal) {
    if let twice = members.first(where: { Self.isSame($0.path, path) }) {
      throw .init(description: "\(path) is the same file as \(twice.path); name each part once")
    }
  }

  /// - Throws: for a part of something else, one that is there twice, or one that is not done.
  public mutating func add(_ member: Member) throws(ResultDatabase.Refusal) {
    if let first = members.first {
      guard member.identity == first.identity else {
        throw .init(
          description:
            "\(member.path) is of another \(noun), or of another version, scenario or image, than \(first.path)")
      }
      guard member.shard.count == first.shard.count else {
        throw .init(
          description:
            "\(member.path) is one of \(member.shard.count) parts, \(first.path) of \(first.shard.count)")
      }
    }
    if let twice = members.first(where: { $0.shard == member.shard }) {
      throw .init(
        description: "\(member.path) and \(twice.path) are both part \(member.shard.number); name each part once")
    }
    let expected = (0..<member.total).count { member.shard.contains($0) }
    guard member.done.count == expected,
      member.done.allSatisfy({ member.shard.contains($0) && (0..<member.total).contains($0) })
    else {
      throw .init(
        description:
          "\(member.path) has \(member.done.count) of its \(expected) \(piece)s; run that part to its end first")
    }
    members.append(member)
  }

  /// - Throws: if there are none, or some are missing.
  public func requireWhole() throws(ResultDatabase.Refusal) {
    guard let first = members.first else { throw .init(description: "there are no parts to merge") }
    let there = Set(members.map(\.shard.number))
    let missing = (1...first.shard.count).filter { !there.contains($0) }
    guard missing.isEmpty else {
      let list = missing.map { "\($0)/\(first.shard.count)" }.joined(separator: ", ")
      throw .init(description: "these parts are missing: \(list)")
    }
  }

  private static func isSame(_ one: String, _ other: String) -> Bool {
    URL(fileURLWithPath: one).resolvingSymlinksInPath() == URL(fileURLWithPath: other).resolvingSymlinksInPath()
  }

  /// Makes a file that is whole or not there.
  public static func making<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch {
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
      throw error
    }
  }
}
