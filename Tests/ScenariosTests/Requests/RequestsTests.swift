import GuestOS
import SimEvents
import Testing

@testable import Scenarios

@Suite(.enabled(if: imagesAreBuilt)) struct RequestsTests {
  private func scenario(
    _ guest: String, _ requests: String, share: String = "{}", script: String, _ memory: String = ""
  ) throws -> ScenarioRun {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "requests.json",
      """
      {"guest": {\(guest), "application": "requests", "requests": \(requests)}, "share": \(share),
       "script": [\(script)], "expect": {"memory": [\(memory)]}}
      """)
    return try ScenarioRun(ScenarioFile(path: file), products: products, seed: nil)
  }

  private static let served = #"{"expect": "requests: served ", "console": "serial", "within": "20s"}, {"wait": "1ms"}"#

  @Test(arguments: [
    RequestsParameters(count: 1), RequestsParameters(count: 500),
    RequestsParameters(count: 300, keys: 1, payloadBytes: 0, updatePercent: 100, work: 3, seed: .max),
    RequestsParameters(count: 300, keys: 7, payloadBytes: 13, updatePercent: 0, work: 5, seed: 0),
    RequestsParameters(count: 300, keys: 65536, payloadBytes: 1, updatePercent: 99, seed: 3),
    RequestsParameters(count: 5, payloadBytes: 65536, work: 10_000), RequestsParameters(count: 5, payloadBytes: 65535),
  ])
  func whatIsServedIsWhatTheModelSays(parameters: RequestsParameters) throws {
    let result = try scenario(#""variant": "noshell""#, parameters.json, script: Self.served).run()
    #expect(result.lines.contains(RequestsModel(serving: parameters).line[...]), "\(result.text())")
    #expect(result.outcome == .completed, "\(result.reason)")
  }

  @Test(arguments: GuestSpecification.Variant.allCases) func everyVariantServesTheSame(variant: GuestVariant) throws {
    let parameters = RequestsParameters(count: 1000)
    let result = try scenario(#""variant": "\#(variant.rawValue)""#, parameters.json, script: Self.served).run()
    #expect(result.lines.contains(RequestsModel(serving: parameters).line[...]), "\(result.text())")
  }

  /// No request is lost by being traced, and none is counted twice: by the nop and by a breakpoint, interpreted and translated.
  @Test(arguments: ["process_request", "lookup_entry"], ["interpreter", "jit"])
  func aTracedServerIsCountedExactly(function: String, engine: String) throws {
    for hasRecords in [true, false] { try countCalls(of: function, by: engine, hasRecords) }
  }

  private func countCalls(of function: String, by engine: String, _ hasRecords: Bool) throws {
    let run = try scenario(
      #""variant": "ushellmpk-bpf", "design": "ebpf-verified", "bpf": "\#(engine)", "callRecords": \#(hasRecords)"#,
      #"{"count": 3000, "work": 200}"#,
      share: #"{"extensions": ["count.bpf.o", "get-count.bpf.o"]}"#,
      script: """
        {"expect": "> "}, {"send": "bpf_attach \(function) count.bpf.o"}, {"expect": "\\n> "}, \(Self.served),
        {"send": "bpf_exec get-count.bpf.o \(function)"}, {"expect": "\\n> "}
        """)
    let watcher = AttachmentWatcher(run)
    let result = try run.run(observers: [watcher])
    let before = try #require(watcher.servedBefore)
    #expect(before < 3000)
    #expect(watcher.calls == (hasRecords ? 3000 - before : 0))
    #expect(result.lines.contains("> program returned \(3000 - before)"), "\(result.text())")
    #expect(result.lines.contains(RequestsModel(serving: .init(count: 3000, work: 200)).line[...]))
  }

  /// A server that never pauses leaves the shell its turns, and says once a second that it is there.
  @Test func aServerWithoutAnEndIsNoHungGuest() throws {
    let result = try scenario(
      #""variant": "ushellmpk""#, #"{"work": 100000}"#, share: #"{"extensions": ["hello.o"]}"#,
      script: #"{"expect": "> "}, {"wait": "1500ms"}, {"send": "run hello.o"}, {"expect": "\n> "}, {"wait": "3s"}"#
    ).run()
    #expect(result.outcome == .completed, "\(result.text())")
    #expect(result.lines.filter { $0.hasSuffix(" so far") }.count == 4, "\(result.text())")
  }
}

extension RunResult {
  fileprivate var lines: [Substring] { consoleText.split(separator: "\n") }
}

/// How many requests had been served when a program was attached, and how many calls have been followed since.
private final class AttachmentWatcher: EventSink {
  private weak var run: ScenarioRun?
  private(set) var servedBefore: UInt64?
  private(set) var calls: UInt64 = 0

  init(_ run: ScenarioRun) { self.run = run }

  var kinds: EventKinds { EventKinds([.guest]) }

  func record(_ event: Event) {
    guard case .guest("bpf", let detail) = event.payload else { return }
    if detail.hasPrefix("call ") { calls += 1 }
    guard detail.hasPrefix("attach "), let machine = run?.machine,
      let symbol = machine.image.symbol(named: "requests_served"),
      let bytes = machine.readMemory(at: symbol.address, count: 8)
    else { return }
    servedBefore = bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
