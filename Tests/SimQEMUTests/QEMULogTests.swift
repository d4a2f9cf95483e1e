import SimEvents
import Testing

@testable import SimQEMU

struct QEMULogTests {
  private func events(_ text: String, pieces: Int = .max) -> [EventPayload] {
    var log = QEMULog()
    var events: [EventPayload] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      log.take(Array(rest.prefix(pieces))) { events.append($0) }
      rest = rest.dropFirst(pieces)
    }
    return events
  }

  static let pageFault = """
    check_exception old: 0xffffffff new 0xe
        21: v=0e e=0023 i=0 cpl=0 IP=0008:000000008000300b pc=000000008000300b SP=0010:0000000080ffefd0 CR2=000000000012e000
    RAX=0000000000000001 RBX=0000000000000000

    """

  @Test(arguments: [1, 7, .max]) func aPageFaultHasItsAddressAndErrorCode(pieces: Int) {
    #expect(
      events(Self.pageFault, pieces: pieces) == [
        .exception(vector: 14, errorCode: 0x23, instructionPointer: 0x8000_300b, address: 0x12_e000)
      ])
  }

  @Test func anInterruptIsNoException() {
    let line =
      "     0: v=30 e=0000 i=0 cpl=0 IP=0008:0000000000113b8a pc=0000000000113b8a SP=0010:000000000017d278 env->regs[R_EAX]=0000000000000000\n"
    #expect(events(line) == [.interrupt(vector: 0x30, instructionPointer: 0x113b8a)])
  }

  @Test(arguments: [("02", 0, true), ("02", 1, false), ("20", 1, false), ("ff", 1, false), ("08", 0, false)])
  func anINTIsAnExceptionAndAnNMIAnInterrupt(vector: String, isSoftware: Int, isInterrupt: Bool) throws {
    let number = try #require(UInt8(vector, radix: 16))
    let line =
      "     0: v=\(vector) e=0000 i=\(isSoftware) cpl=0 IP=0008:80000008 pc=80000008 SP=0010:0 env->regs[R_EAX]=0\n"
    #expect(
      events(line) == [
        isInterrupt
          ? .interrupt(vector: number, instructionPointer: 0x8000_0008)
          : .exception(vector: number, errorCode: 0, instructionPointer: 0x8000_0008, address: 0)
      ])
  }

  @Test func aTripleFaultIsWhereTheLastExceptionWas() {
    #expect(events(Self.pageFault + "Triple fault\n").last == .tripleFault(instructionPointer: 0x8000_300b))
  }

  @Test func ninePMessagesHaveTheStandardsNames() {
    let lines = """
      v9fs_walk tag 0 id 110 fid 0 newfid 1 nwnames 1
      v9fs_walk_return tag 0 id 110 nwnames 1 qids 0x7f4fb4047be0
      v9fs_open tag 0 id 12 fid 1 mode 65536
      v9fs_open_return tag 0 id 12 qid={type 0 version 1795668909 path 16237768} iounit 28672
      v9fs_read tag 3 id 116 fid 1 off 904 max_count 32744
      v9fs_rerror tag 3 id 110 err 2

      """
    #expect(
      events(lines) == [
        .ninePRequest(tag: 0, message: "Twalk", detail: "fid 0 newfid 1 nwname 1"),
        .ninePReply(tag: 0, message: "Rwalk", detail: "nwqid 1"),
        .ninePRequest(tag: 0, message: "Tlopen", detail: "fid 1 flags 0200000"),
        .ninePReply(tag: 0, message: "Rlopen", detail: ""),
        .ninePRequest(tag: 3, message: "Tread", detail: "fid 1 offset 904 count 32744"),
        .ninePReply(tag: 3, message: "Rlerror", detail: "errno 2"),
      ])
  }

  /// The guest chooses parts of these lines, such as the name of a folder it makes.
  @Test func linesThatMakeNoSenseAreNoEvents() {
    let lines = [
      "", "v9fs_", "v9fs_walk", "v9fs_unheard of", " 1: v=zz e=0 i=0 cpl=0 IP=0 pc=0 SP=0", " 1: v=", "v9fs_stat tag",
      " 1: v=1ffffffffffffffff e=0 i=0 cpl=0 IP=0 pc=0 SP=0", " 1: v=0e", String(repeating: "x", count: 100_000),
    ]
    for line in lines.dropFirst(3) { #expect(events(line + "\n").isEmpty, "\(line.prefix(80))") }
    _ = events(lines.joined(separator: "\n"))
    var seed: UInt64 = 0x9e37_79b9
    for _ in 0..<2_000 {
      let noise = (0..<60).map { _ -> UInt8 in
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Array("v9fs_walk =0:\nexc{}tag 1".utf8)[Int(seed >> 33) % 24]
      }
      _ = events(String(decoding: noise, as: UTF8.self))
    }
  }
}
