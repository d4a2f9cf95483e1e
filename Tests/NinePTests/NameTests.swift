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

  @Test func noMessageCarriesABadName() throws {
    let bad = view("a/b")
    let requests: [Request] = [
      .walk(fid: 0, newFid: 1, names: [view("ok"), bad]), .mkdir(directory: 0, name: bad, mode: 0, group: 0),
      .lcreate(fid: 0, name: bad, flags: 0, mode: 0, group: 0), .unlinkat(directory: 0, name: bad, flags: 0),
      .renameat(oldDirectory: 0, oldName: bad, newDirectory: 0, newName: view("ok")),
      .renameat(oldDirectory: 0, oldName: view("ok"), newDirectory: 0, newName: bad),
      .mkdir(directory: 0, name: view(".."), mode: 0, group: 0),
    ]
    for request in requests {
      #expect(throws: CodecError.invalidName) { try encoded(request) }
    }
    // The same on the way in: a good message with one byte of its name turned into "/".
    for request in sampleRequests() {
      let message = try encoded(request)
      for (index, byte) in message.enumerated() where byte == UInt8(ascii: "x") || byte == UInt8(ascii: "d") {
        guard [.mkdir, .renameat, .unlinkat].contains(request.type), index >= 11 else { continue }
        var changed = message
        changed[index] = UInt8(ascii: "/")
        #expect(throws: CodecError.invalidName) { try withRequest(changed) { _, _ in } }
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
