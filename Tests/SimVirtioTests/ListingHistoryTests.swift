import NineP
import SimVirtio
import TestSupport
import Testing

/// Listings while names come, go and move: random histories against a model of names.
struct ListingHistoryTests {
  /// What is known of a directory while it is listed.
  private struct Model {
    /// Each name that was there when the listing began and was there all the time since, and whether its file stayed too.
    var steady: Set<String> = []
    /// The files behind names, by number.
    var files: [String: UInt64] = [:]
    /// Files that had a name in the directory all the time, though not always the same.
    var steadyFiles: Set<UInt64> = []
  }

  private static let names = (0..<40).map { "n\($0)" }

  @Test(arguments: [UInt64(1), 2, 3, 4])
  func everyNameThatStaysIsListedOnce(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: 0x11_5700 + seed)
    var listings = 0
    var changes = 0
    for _ in 0..<150 {
      let client = try NinePTestClient([.folder("d"), .folder("other")])
      try client.start()
      try client.walk(0, 1, ["d"])
      try client.walk(0, 2, ["other"])
      var model = Model()
      for name in Self.names where random.below(2) == 0 { try create(name, client, &model) }
      try client.walk(0, 3, ["d"])
      try client.send(.lopen(fid: 3, flags: OpenFlags.directory))
      // Whoever begins again gets a new listing.
      for _ in 0..<2 {
        model.steady = Set(model.files.keys)
        model.steadyFiles = Set(model.files.values)
        changes += try listOnce(client, &model, &random)
        listings += 1
      }
    }
    print("listings: \(listings), seed \(seed), \(changes) changes meanwhile")
    #expect(changes > listings)
  }

  private func create(_ name: String, _ client: NinePTestClient, _ model: inout Model) throws {
    let text = client.text(name)
    guard (try? client.send(.mknod(directory: 1, name: text, mode: 0o644, major: 0, minor: 0, group: 0))) != nil else {
      return
    }
    let qids = try client.walk(1, 9, [name])
    try client.send(.clunk(fid: 9))
    model.files[name] = qids[0].path
  }

  /// One listing from its beginning to its end, with changes between the replies; returns how many.
  private func listOnce(
    _ client: NinePTestClient, _ model: inout Model, _ random: inout SeededGenerator
  ) throws -> Int {
    var seen: [(name: String, file: UInt64)] = []
    var offset: UInt64 = 0
    var changes = 0
    // Every reply holds an entry at least, so this many are enough for all that were there.
    for _ in 0...Self.names.count + 3 {
      let part = try client.list(3, offset: offset, count: UInt32(40 + random.below(150)))
      guard let last = part.last else { break }
      seen += part.map { ($0.name, $0.qid.path) }
      offset = last.offset
      for _ in 0..<random.below(5) {
        try change(client, &model, &random)
        changes += 1
      }
    }
    #expect(try client.list(3, offset: offset).isEmpty, "the listing ends")
    #expect(seen.prefix(2).map(\.name) == [".", ".."])
    let listed = Dictionary(grouping: seen.dropFirst(2), by: \.name).mapValues(\.count)
    for name in model.steady { #expect(listed[name] == 1, "\(name) was there all the time") }
    let files = Dictionary(grouping: seen.dropFirst(2), by: \.file).mapValues(\.count)
    for file in model.steadyFiles { #expect(files[file] == 1, "file \(file) was there all the time") }
    return changes
  }

  private func change(
    _ client: NinePTestClient, _ model: inout Model, _ random: inout SeededGenerator
  ) throws {
    let (name, other) = (Self.names[random.below(40)], Self.names[random.below(40)])
    let (text, otherText) = (client.text(name), client.text(other))
    switch random.below(5) {
    case 0: try create(name, client, &model)
    case 1:
      guard (try? client.send(.unlinkat(directory: 1, name: text, flags: 0))) != nil else { return }
      forget(name, &model)
    case 2:
      // Away and back again: for a reader that is another name.
      guard (try? move(client, (1, text), (2, text))) != nil else { return }
      let file = model.files[name]
      forget(name, &model)
      if random.below(3) > 0 {
        try move(client, (2, text), (1, text))
        model.files[name] = file
      } else {
        try client.send(.unlinkat(directory: 2, name: text, flags: 0))
      }
    default:
      guard name != other, let file = model.files[name], (try? move(client, (1, text), (1, otherText))) != nil else {
        return
      }
      let wasThere = model.files[other] != nil
      if wasThere {
        // The name stays, with another file behind it, and is listed where it was: the files may be met twice or never.
        if let replaced = model.files[other] { model.steadyFiles.remove(replaced) }
        model.steadyFiles.remove(file)
      }
      model.steady.remove(name)
      model.files[name] = nil
      model.files[other] = file
    }
  }

  private func forget(_ name: String, _ model: inout Model) {
    if let file = model.files.removeValue(forKey: name) { model.steadyFiles.remove(file) }
    model.steady.remove(name)
  }

  private func move(
    _ client: NinePTestClient, _ from: (UInt32, ByteView), _ to: (UInt32, ByteView)
  ) throws {
    try client.send(.renameat(oldDirectory: from.0, oldName: from.1, newDirectory: to.0, newName: to.1))
  }

  @Test func renamingEveryEntryThatIsReadEnds() throws {
    // As the test for btrfs in Linux's commit 9b378f6ad48c: away and back, for each entry that readdir gives.
    let client = try NinePTestClient((0..<30).map { .file("d/f\($0)", []) } + [.folder("elsewhere")])
    try client.start()
    try client.walk(0, 1, ["d"])
    try client.walk(0, 2, ["elsewhere"])
    for other in [UInt32(1), 2] {
      try client.walk(0, 3, ["d"])
      try client.send(.lopen(fid: 3, flags: 0))
      var count = 0
      var offset: UInt64 = 0
      while count < 200, case let part = try client.list(3, offset: offset, count: 100), let last = part.last {
        for entry in part where entry.name.hasPrefix("f") {
          try move(client, (1, client.text(entry.name)), (other, client.text("TEMPFILE")))
          try move(client, (other, client.text("TEMPFILE")), (1, client.text(entry.name)))
        }
        count += part.count
        offset = last.offset
      }
      #expect(count == 32, "through \(other == 1 ? "the same" : "another") directory")
      try client.send(.clunk(fid: 3))
    }
  }
}
