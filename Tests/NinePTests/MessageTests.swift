import NineP
import TestSupport
import Testing

struct MessageTests {
  @Test func everyMessageSurvivesTheWire() throws {
    let requests = sampleRequests()
    for request in requests {
      try withRequest(try encoded(request)) { tag, decoded in
        #expect(tag == 0x1234)
        #expect(decoded == request)
      }
    }
    let replies = sampleReplies()
    for reply in replies {
      try withReply(try encoded(reply)) { tag, decoded in
        #expect(tag == 0x1234)
        #expect(decoded == reply)
      }
    }
    let covered = Set(requests.map(\.type)).union(replies.map(\.type))
    #expect(covered.count == MessageType.allCases.count)
  }

  @Test func theBytesAreThoseOfTheProtocol() throws {
    #expect(
      try encoded(Request.version(messageBytesMax: 0x2000, version: .version9P2000L), tag: Absent.tag)
        == [21, 0, 0, 0, 100, 0xff, 0xff, 0, 0x20, 0, 0, 8, 0] + Array("9P2000.L".utf8))
    #expect(
      try encoded(.walk(fid: 1, newFid: 2, names: [view("ab")]), tag: 3)
        == [21, 0, 0, 0, 110, 3, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 2, 0] + Array("ab".utf8))
    #expect(try encoded(Reply.lerror(.noEntry), tag: 3) == [11, 0, 0, 0, 7, 3, 0, 2, 0, 0, 0])
    #expect(
      try encoded(Reply.attach(QID(type: .directory, version: 1, path: 2)), tag: 3)
        == [20, 0, 0, 0, 105, 3, 0, 0x80, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0])
    let attributes = Attributes(valid: 1, qid: sampleQID, mode: 0, size: 0, blocks: 0)
    #expect(try encoded(.getattr(attributes)).count == Limits.largestFixedMessage)
    #expect(try encoded(.read(view([1]))).count == Limits.dataReplyOverhead + 1)
    #expect(try encoded(.write(fid: 0, offset: 0, data: view([1]))).count == Limits.writeRequestOverhead + 1)
  }

  @Test func everyTruncationIsRefused() throws {
    var cases = 0
    for message in try sampleRequests().map({ try encoded($0) }) {
      for count in 0..<message.count {
        var cut = Array(message.prefix(count))
        #expect(throws: CodecError.truncated) { try withRequest(cut) { _, _ in } }
        guard count >= Limits.headerBytes else { continue }
        // The size field lies along with the cut: the body is short.
        cut[0] = UInt8(count)
        #expect(throws: CodecError.self) { try withRequest(cut) { _, _ in } }
        cases += 2
      }
    }
    for message in try sampleReplies().map({ try encoded($0) }) {
      for count in 0..<message.count {
        #expect(throws: CodecError.truncated) { try withReply(Array(message.prefix(count))) { _, _ in } }
        cases += 1
      }
    }
    print("truncated messages: \(cases)")
  }

  @Test func noMessageFitsIntoTooSmallABuffer() throws {
    for request in sampleRequests() {
      let size = try encoded(request).count
      for count in 0..<size {
        var buffer = [UInt8](repeating: 0, count: count)
        #expect(throws: CodecError.noSpace) {
          try buffer.withUnsafeMutableBytes { try request.encode(tag: 0, into: $0) }
        }
      }
    }
  }

  @Test func bytesAfterTheBodyAreRefusedInsideTheSizeAndIgnoredBeyond() throws {
    var message = try encoded(.clunk(fid: 1)) + [0]
    try withRequest(message) { _, request in #expect(request == .clunk(fid: 1)) }
    message[0] += 1
    #expect(throws: CodecError.trailingBytes) { try withRequest(message) { _, _ in } }
  }

  @Test func sizesBelowAHeaderAndUnknownNumbersAreRefused() {
    #expect(throws: CodecError.impossibleSize) { try withRequest([6, 0, 0, 0, 100, 0, 0]) { _, _ in } }
    for code in UInt8.min...UInt8.max {
      let message: [UInt8] = [7, 0, 0, 0, code, 0, 0]
      if code == 6 || MessageType(rawValue: code) == nil {
        #expect(throws: CodecError.unknownType(code)) { try withRequest(message) { _, _ in } }
      }
      if code & 1 == 0 || MessageType(rawValue: code - 1) == nil {
        #expect(throws: CodecError.unknownType(code)) { try withReply(message) { _, _ in } }
      }
    }
  }

  @Test func randomBytesNeverTrap() throws {
    let seed: UInt64 = 0x9b20_0001
    var random = SeededGenerator(seed: seed)
    let samples = try sampleRequests().map { try encoded($0) } + sampleReplies().map { try encoded($0) }
    var accepted = 0
    let rounds = 100_000
    for _ in 0..<rounds {
      var bytes = samples.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if (try? withRequest(bytes, { _, _ in })) != nil { accepted += 1 }
      if (try? withReply(bytes, { _, _ in })) != nil { accepted += 1 }
    }
    print("random messages: \(rounds), seed \(seed), decoded \(accepted)")
    #expect(accepted > 0)
  }
}
