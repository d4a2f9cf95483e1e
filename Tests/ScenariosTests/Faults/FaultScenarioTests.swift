import Engines
import Foundation
import SimEvents
import SimMachine
import Testing

@testable import Scenarios

/// The injections of a run.
private final class InjectedFaults: EventSink {
  struct Injected: Equatable {
    var instruction: UInt64
    var index: UInt32
    var target: String
    var change: String
    var before: String
    var after: String
    var code: String
    var actor: Actor
  }

  private(set) var faults: [Injected] = []
  private(set) var guardedAccesses = 0

  func record(_ event: Event) {
    if case .guardedAccess = event.payload { guardedAccesses += 1 }
    guard case .faultInjected(let index, let target, let change, let before, let after, let code) = event.payload else {
      return
    }
    faults.append(
      Injected(
        instruction: event.instruction, index: index, target: target, change: change, before: before, after: after,
        code: code, actor: event.actor))
  }
}

/// A fault in a scenario, and what its event must be like.
struct FaultCase: Sendable, CustomTestStringConvertible {
  let when: String
  let what: String
  /// The beginnings of the event's texts; nil: any.
  var target: String
  var change: String
  var before: String?
  var after: String?
  var count = 1
  var testDescription: String { "\(what) at \(when)" }

  init(
    _ when: String, _ what: String, _ target: String, _ change: String, _ before: String? = nil,
    _ after: String? = nil, count: Int = 1
  ) {
    (self.when, self.what, self.target, self.change) = (when, what, target, change)
    (self.before, self.after, self.count) = (before, after, count)
  }
}

private let inExtension = #"{"enter": "extension"}"#
private let early = #"{"instruction": 200000}"#
private let atStart = #"{"start": true}"#

/// One for each kind and for each way to say when.
private let cases: [FaultCase] = [
  .init(early, #"{"register": {"name": "rbx", "bit": 3}}"#, "register rbx", "flip 0x8"),
  .init(
    early, #"{"register": {"name": "xmm3.low", "set": "0x1234"}}"#, "register xmm3.low", "set 0x1234", nil, "0x1234"),
  .init(
    early, #"{"register": {"name": "lstar", "bit": 5, "pattern": "byte"}}"#, "register lstar", "flip 0xff", "0x0",
    "0xff"),
  .init(inExtension, #"{"pkru": {"set": 0}}"#, "register pkru", "set 0x0", nil, "0x0"),
  .init(#"{"time": "1ms"}"#, #"{"memory": {"symbol": "count", "bytes": "07"}}"#, "memory 0x", "set 07", "01", "07"),
  .init(
    #"{"time": "1ms"}"#, #"{"memory": {"physical": "0x5000", "offset": 3, "flip": "ff 01"}}"#, "physical memory 0x5003",
    "flip ff 01"),
  .init(inExtension, #"{"code": {"bit": 0}}"#, "code 0x", "flip 01"),
  .init(
    inExtension, #"{"pageTable": {"symbol": "count", "toggle": ["writable"]}}"#, "page-table entry of 0x", "flip 0x2"),
  .init(inExtension, #"{"key": {"symbol": "count", "key": 3}}"#, "page-table entry of 0x", "key 3"),
  .init(inExtension, #"{"tlb": {"symbol": "count", "lose": true}}"#, "TLB entry of 0x", "lost", nil, "none"),
  .init(inExtension, #"{"tlb": {"symbol": "count", "keep": true, "for": 100}}"#, "TLB entry of 0x", "stale"),
  .init(inExtension, #"{"instruction": {"do": "skip"}}"#, "instruction ", "skip"),
  .init(inExtension, #"{"instruction": {"do": "repeat"}}"#, "instruction ", "repeat"),
  .init(inExtension, #"{"instruction": {"do": "replace", "bytes": "cc"}}"#, "instruction at 0x", "replace", nil, "cc"),
  .init(#"{"symbol": "set_count"}"#, #"{"return": {"value": 0}}"#, "function at 0x", "return 0x0"),
  .init(
    atStart, #"{"interrupt": {"vector": 32, "fate": "drop"}}"#, "interrupt 32", "drop", "requested", "not requested"),
  .init(
    atStart, #"{"interrupt": {"vector": 32, "fate": "delay", "delay": "2ms"}}"#, "interrupt 32", "delay 2000000 cycles"),
  .init(atStart, #"{"interrupt": {"vector": 32, "fate": "repeat"}}"#, "interrupt 32", "repeat", "taken", "requested"),
  .init(
    early, #"{"interrupt": {"vector": 99, "fate": "spurious"}}"#, "interrupt 99", "spurious", "not requested",
    "requested"),
  .init(early, #"{"nmi": {}}"#, "non-maskable interrupt", "spurious"),
  .init(early, #"{"clock": {"jump": "1s"}}"#, "clock", "1000000000 cycles forward"),
  .init(
    #"{"event": {"kind": "ninePReply", "where": {"message": "Rattach"}}}"#,
    #"{"descriptor": {"device": "9p", "queue": 0, "position": 1, "field": "length", "set": 4096}}"#,
    "9p queue 0 descriptor 1 length", "set 0x1000", "0x8000", "0x1000"),
  .init(
    #"{"event": {"kind": "queueNotify", "where": {"device": "9p"}}, "nth": 3}"#,
    #"{"usedEntry": {"device": "9p", "queue": 0, "fate": "delay", "delay": "3ms"}}"#, "9p queue 0 used entry",
    "delay 3000000 cycles", "returned", "held"),
  .init(
    atStart, #"{"ringIndex": {"device": "9p", "queue": 0, "ring": "used", "flip": "0x4000"}}"#, "9p queue 0 used index",
    "flip 0x4000"),
  .init(early, #"{"deviceStatus": {"device": "console", "flip": 128}}"#, "console status", "flip 0x80", "0xf", "0x8f"),
  .init(
    atStart, #"{"configuration": {"device": "9p", "bytes": "03"}}"#, "9p configuration byte 0", "set 03", "03", "03"),
  .init(
    atStart, #"{"ninePRequest": {"message": "Tlopen", "fate": "delay", "delay": "1ms"}}"#, "9p request Tlopen",
    "delay 1000000 cycles"),
  .init(
    atStart, #"{"ninePReply": {"message": "Rread", "truncateTo": 7, "times": 2}}"#, "9p reply Rread",
    "truncate to 7 bytes", nil, "7 bytes"),
  .init(atStart, #"{"shareError": {"error": "read"}}"#, "9p share", "read error", "Tread", "errno 5"),
  .init(atStart, #"{"file": {"name": "set-count.o", "truncateTo": 300}}"#, "file set-count.o", "truncate to 300 bytes"),
  .init(
    #"{"access": {"symbol": "count", "access": "write", "count": 8}, "nth": 2}"#, #"{"clock": {"jump": "1ms"}}"#,
    "clock",
    "1000000 cycles forward"),
  .init(#"{"address": "0x102000"}"#, #"{"clock": {"jump": "1ms"}}"#, "clock", "1000000 cycles forward"),
  .init(#"{"leave": "extension"}"#, #"{"clock": {"jump": "1ms"}}"#, "clock", "1000000 cycles forward"),
  .init(#"{"enter": "hostFunction"}"#, #"{"clock": {"jump": "1ms"}}"#, "clock", "1000000 cycles forward"),
  .init(#"{"enter": "handler", "nth": 2}"#, #"{"clock": {"jump": "1ms"}}"#, "clock", "1000000 cycles forward"),
  .init(#"{"leave": "handler"}"#, #"{"clock": {"jump": "1ms"}}"#, "clock", "1000000 cycles forward"),
  .init(
    #"{"instruction": 3000, "while": "extension"}"#, #"{"clock": {"jump": "1ms"}}"#, "clock", "1000000 cycles forward"),
]

@Suite struct FaultScenarioTests {
  /// Plays set-count.json's script with faults.
  private func run(
    _ faults: String, budget: String = "4s"
  ) throws -> (result: RunResult, injected: InjectedFaults) {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "scenario.json",
      """
      {"share": {"extensions": ["set-count.o"]}, "faults": [\(faults)], "budget": {"time": "\(budget)"},
       "script": [{"expect": "> ", "within": "2s"}, {"wait": "1500ms"}, {"send": "run set-count.o 1000"},
                  {"expect": "> ", "within": "1s"}]}
      """)
    let sink = InjectedFaults()
    let result = try ScenarioRun(ScenarioFile(path: file), products: products, seed: nil).run(observers: [sink])
    return (result, sink)
  }

  @Test(.enabled(if: imagesAreBuilt), arguments: cases)
  func afaultHappensAndIsTold(fault: FaultCase) throws {
    let text = #"{"when": \#(fault.when), "what": \#(fault.what)}"#
    let (result, sink) = try run(text)
    #expect(sink.faults.count == fault.count, "\(result.text())")
    #expect(result.faults == [.injected])
    #expect(result.outcome != .simulatorDefect, "\(result.reason)")
    #expect(result.failures.allSatisfy { !$0.contains("not triggered") })
    for injected in sink.faults {
      #expect(injected.index == 0)
      #expect(injected.target.hasPrefix(fault.target), "\(injected)")
      #expect(injected.change == fault.change, "\(injected)")
      if let before = fault.before { #expect(injected.before == before) }
      if let after = fault.after { #expect(injected.after == after) }
      if !fault.what.contains("\"file\"") {
        let length = injected.code.split(separator: " ").count
        #expect((1...15).contains(length) || injected.instruction == 0, "\(injected)")
      }
      if fault.when.contains(#""instruction": 200000"#) && !fault.what.contains("device") {
        #expect(injected.instruction == 200_000)
      }
      if fault.when.contains("while") || fault.when == inExtension { #expect(ActorKind(injected.actor) == .extension) }
      if fault.when.contains(#""enter": "hostFunction""#) { #expect(ActorKind(injected.actor) == .hostFunction) }
      if fault.when.contains(#""enter": "handler""#) { #expect(ActorKind(injected.actor) == .handler) }
      if fault.when.contains(#""leave": "handler""#) { #expect(ActorKind(injected.actor) == .unikernel) }
    }
    let again = try run(text)
    #expect(again.result.digest == result.digest && again.injected.faults == sink.faults)
  }

  /// A write of a fault's is no access of anybody's to a guarded variable.
  @Test(.enabled(if: imagesAreBuilt)) func anInjectionIsNoAccess() throws {
    let plain = try run("")
    let (_, sink) = try run(#"{"when": \#(inExtension), "what": {"memory": {"symbol": "secret", "flip": "01"}}}"#)
    #expect(sink.faults.count == 1 && sink.guardedAccesses == plain.injected.guardedAccesses)
  }

  @Test(
    .enabled(if: imagesAreBuilt),
    arguments: [
      (#"{"when": {"instruction": 4000000000}, "what": {"nmi": {}}}"#, "its moment never came"),
      (
        #"{"when": {"start": true}, "what": {"ninePReply": {"message": "Rsymlink", "fate": "drop"}}}"#,
        "its moment came, but nothing that it waits for came after it"
      ),
      (
        #"{"when": {"start": true}, "what": {"tlb": {"symbol": "count", "lose": true}}}"#,
        "the TLB holds nothing for data at 0x"
      ),
      (
        #"{"when": {"instruction": 200000}, "what": {"register": {"name": "cr0", "set": "0x80000000"}}}"#,
        "cr0 = 0x80000000: CR0 has reserved bits"
      ),
    ])
  func afaultThatNeverHappensFailsTheRun(text: String, why: String) throws {
    let (result, sink) = try run(text)
    #expect(sink.faults.isEmpty)
    #expect(
      result.failures.contains { $0.contains("faults[0]") && $0.contains("not triggered: \(why)") },
      "\(result.failures)")
    #expect(result.faults != [.injected])
  }

  /// Faults of one list have their own fates and indexes.
  @Test(.enabled(if: imagesAreBuilt)) func eachFaultHasItsOwnFate() throws {
    let (result, sink) = try run(
      #"""
      {"when": {"instruction": 3000000000}, "what": {"nmi": {}}},
      {"when": {"time": "5ms"}, "what": {"clock": {"jump": "1us"}}},
      {"when": {"time": "5ms"}, "what": {"clock": {"jump": "2us"}}}
      """#)
    #expect(result.faults == [.notTriggered, .injected, .injected])
    #expect(sink.faults.map(\.index) == [1, 2])
    #expect(result.failures.count == 1)
  }

  /// Only the simulator injects faults, and no snapshot keeps what waits for its moment.
  @Test(.enabled(if: imagesAreBuilt)) func otherEnginesAndSnapshotsRefuse() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "scenario.json",
      #"{"share": {"extensions": ["hello.o"]}, "faults": [{"when": {"instruction": 9}, "what": {"nmi": {}}}]}"#)
    let file = try ScenarioFile(path: path)
    let refusal = KVMMachines.refusal(of: file.scenario, hasProtectionKeys: true)
    #expect(refusal?.problem == "only the simulator can inject the fault \"nmi\"")
    let inputs = try RunInputs(file, products: products, seed: nil)
    #expect {
      try RunSnapshot(of: inputs, at: .instruction(1000), engine: .unicorn)
    } throws: { error in
      let text = "\(error)"
      return text.contains("$.faults[0]") && text.contains("can't be saved or gone on with")
    }
    let plain = try ScenarioFile(path: try folder.write("plain.json", #"{"share": {"extensions": ["hello.o"]}}"#))
    let snapshot = try RunSnapshot(
      of: RunInputs(plain, products: products, seed: nil), at: .instruction(1000), engine: .unicorn)
    #expect {
      try snapshot.resume(inputs, engine: .unicorn)
    } throws: { "\($0)".contains("can't be saved or gone on with") }
    let ofFile = try ScenarioFile(
      path: try folder.write(
        "file.json",
        #"{"share": {"extensions": ["hello.o"]}, "faults": [{"when": {"start": true}, "what": {"file": {"name": "hello.o", "truncateTo": 9}}}]}"#
      ))
    #expect(throws: Never.self) {
      try RunSnapshot(of: RunInputs(ofFile, products: products, seed: nil), at: .instruction(1000), engine: .unicorn)
    }
  }
}
