import NineP
import Testing

struct NameTests {
  @Test func namesAreThoseOfDirectoryEntries() {
    let good = ["a", "...", "a b", ".hidden", "é", String(repeating: "x", count: 255)]
    let bad = ["", "/", "a/b", "a\0", ".", String(repeating: "x", count: 256)]
    for name in good { #expect(view(name).isEntryName && view(name).isWalkName, "\(name)") }
    for name in bad { #expect(!view(name).isEntryName && !view(name).isWalkName, "\(name)") }
    #expect(view("..").isWalkName && !view("..").isEntryName)
  }

  @Test func messagesCarryAnyName() throws {
    // Which error a bad name is, depends on what else the server sees.
    for name in ["", "a/b", "..", "a\0", String(repeating: "x", count: 300)] {
      let request = Request.mkdir(directory: 0, name: view(name), mode: 0, group: 0)
      try withRequest(try encoded(request)) { _, decoded in #expect(decoded == request) }
    }
    var entry = [UInt8](repeating: 0, count: 60)
    let count = entry.withUnsafeMutableBytes { raw in
      var writer = DirectoryWriter(raw)
      _ = writer.append(DirectoryEntry(qid: sampleQID, offset: 1, type: 4, name: view("a/b")))
      return writer.count
    }
    #expect(throws: CodecError.invalidName) { try readEntries(Array(entry.prefix(count))) }
  }

  @Test func aRecordHasTheSizeThatItSays() throws {
    let message = try encoded(.wstat(fid: 1, sampleRecord))
    // n[2] size[2] behind header and fid: either of them wrong, and the record is none.
    for place in [11, 13] {
      for change in [UInt8(1), 2, 255] {
        var wrong = message
        wrong[place] &+= change
        #expect(throws: CodecError.self) { try withRequest(wrong) { _, _ in } }
      }
    }
  }

  @Test func aWalkHasAtMostSixteenNames() throws {
    let names = [ByteView](repeating: view("a"), count: 17)
    #expect(throws: CodecError.tooManyNames) { try encoded(.walk(fid: 0, newFid: 1, names: names)) }
    var message = try encoded(.walk(fid: 0, newFid: 1, names: Array(names.prefix(16))))
    message[15] = 17
    #expect(throws: CodecError.tooManyNames) { try withRequest(message) { _, _ in } }
  }

  @Test func directoryEntriesAreReadAsWritten() throws {
    var buffer = [UInt8](repeating: 0, count: 60)
    let names = [".", "..", "third"]
    let count = buffer.withUnsafeMutableBytes { raw in
      var writer = DirectoryWriter(raw)
      var fits: [Bool] = []
      for (index, name) in names.enumerated() {
        fits.append(
          writer.append(DirectoryEntry(qid: sampleQID, offset: UInt64(index + 1), type: 4, name: view(name))))
      }
      #expect(fits == [true, true, false])
      return writer.count
    }
    #expect(count == 25 + 26)
    let entries = try readEntries(Array(buffer.prefix(count)))
    #expect(entries.map(\.name) == [".", ".."])
    #expect(entries.map(\.offset) == [1, 2])
    #expect(throws: CodecError.truncated) { try readEntries(Array(buffer.prefix(count - 1))) }
  }

  private func readEntries(_ bytes: [UInt8]) throws -> [(name: String, offset: UInt64)] {
    try bytes.withUnsafeBytes { raw throws in
      var entries = DirectoryEntries(ByteView(raw))
      var all: [(name: String, offset: UInt64)] = []
      while let entry = try entries.next() {
        #expect(entry.qid == sampleQID && entry.type == 4)
        all.append((String(decoding: entry.name.bytes, as: UTF8.self), entry.offset))
      }
      return all
    }
  }
}
