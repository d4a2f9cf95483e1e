import Foundation
import OutputFiles
import Scenarios
import SimEvents
import TestSupport
import Testing

@testable import Traces

/// What the trace event format asks of a file ("Trace Event Format", its JSON object form), and what a timeline needs
/// to make sense: slices balanced, times in order on each row, rows named.
private struct FormatChecker {
  var problems: [String] = []
  private(set) var events: [[String: Any]] = []
  private var open: [String: [String]] = [:]
  private var overlapping: [String: Int] = [:]
  /// In nanoseconds, as sums of fractions are not exact.
  private var times: [String: Int64] = [:]
  private var named: Set<String> = []

  init(_ text: String) {
    guard let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
      let events = object["traceEvents"] as? [[String: Any]]
    else {
      problems = ["no JSON object with traceEvents"]
      return
    }
    self.events = events
    for event in events { check(event) }
    for (row, names) in open where !names.isEmpty { problems.append("\(row): \(names) never end") }
    for (slice, count) in overlapping where count != 0 { problems.append("\(slice) never ends") }
  }

  /// The members that each phase must have, beside ph, name, pid, tid and ts.
  private static let required: [String: [String]] = [
    "B": [], "E": [], "X": ["dur"], "i": ["s"], "C": ["args"], "M": ["args"], "b": ["cat", "id"], "e": ["cat", "id"],
  ]
  private static let metadata: Set = ["process_name", "process_sort_index", "thread_name", "thread_sort_index"]

  private func nanoseconds(_ microseconds: Any?) -> Int64? {
    (microseconds as? Double).flatMap { Int64(exactly: ($0 * 1_000).rounded()) }
  }

  private mutating func check(_ event: [String: Any]) {
    func fail(_ problem: String) { problems.append("\(problem): \(event)") }
    guard let phase = event["ph"] as? String, let name = event["name"] as? String, let process = event["pid"] as? Int,
      let thread = event["tid"] as? Int, let time = nanoseconds(event["ts"]), let members = Self.required[phase]
    else { return fail("ph, name, pid, tid or ts is missing or wrong") }
    for member in members where event[member] == nil { fail("\(member) is missing") }
    let row = "\(process)/\(thread)"
    let arguments = event["args"] as? [String: Any] ?? [:]
    if phase == "M" {
      if !Self.metadata.contains(name) { fail("unknown metadata") }
      if name.hasSuffix("_name") && !(arguments["name"] is String) { fail("a name without text") }
      named.insert(name == "process_name" ? "\(process)" : row)
      return
    }
    if !named.contains("\(process)") || phase != "C" && !named.contains(row) { fail("a row without a name") }
    if time < times[row] ?? 0 { fail("time runs backwards on a row") }
    times[row] = time
    switch phase {
    case "B": open[row, default: []].append(name)
    case "E": if open[row]?.popLast() != name { fail("ends what is not the innermost") }
    case "X":
      guard let length = nanoseconds(event["dur"]), length >= 0 else { return fail("a length below 0") }
      times[row] = time + length
    case "i": if !["t", "p", "g"].contains(event["s"] as? String) { fail("no scope") }
    case "C": if arguments.isEmpty || arguments.values.contains(where: { !($0 is Int) }) { fail("no number") }
    case "b", "e":
      let slice = "\(event["cat"] ?? "") \(event["id"] ?? "") \(name)"
      overlapping[slice, default: 0] += phase == "b" ? 1 : -1
      if overlapping[slice] != 0 && overlapping[slice] != 1 { fail("begins twice, or ends before it begins") }
    default: break
    }
  }

  /// The names on the row with this title, each once for its begin.
  func names(on title: String) -> [String] {
    let row = events.first {
      $0["name"] as? String == "thread_name" && ($0["args"] as? [String: Any])?["name"] as? String == title
    }
    return events.filter {
      ["B", "X", "i", "b"].contains($0["ph"] as? String) && $0["pid"] as? Int == row?["pid"] as? Int
        && $0["tid"] as? Int == row?["tid"] as? Int
    }.compactMap { $0["name"] as? String }
  }
}

private func timeline(of trace: TraceReader) throws -> FormatChecker {
  let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json").path
  defer { try? FileManager.default.removeItem(atPath: path) }
  try exportTimeline(of: trace, symbols: TraceSymbols(trace, images: ImageStore([])), to: path)
  return FormatChecker(try String(contentsOfFile: path, encoding: .utf8))
}

private let traces = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../../traces")
  .standardized

@Test func theTimelinesOfAllGoldenTracesFollowTheFormat() throws {
  let names = try FileManager.default.contentsOfDirectory(atPath: traces.path).filter { $0.hasSuffix(".trace") }
  var count = 0
  for name in names.sorted() {
    let timeline = try timeline(of: TraceReader(path: traces.appending(path: name).path))
    #expect(timeline.problems.isEmpty, "\(name): \(timeline.problems.first ?? "")")
    count += timeline.events.count
  }
  #expect(count > 1_000)
  print("\(names.count) timelines, \(count) events in them")
}

@Test func aTimelineShowsWhatTheRunDid() throws {
  let timeline = try timeline(of: TraceReader(path: traces.appending(path: "rogue-write.trace").path))
  #expect(timeline.names(on: "domain") == ["unikernel", "overlay rogue-write.o", "overlay hello.o"])
  let faults = timeline.names(on: "faults")
  #expect(faults.prefix(2) == ["accessDenied", "exception"] && faults.count == 3 && faults[2].hasPrefix("contained "))
  #expect(Set(timeline.names(on: "PKRU")) == ["0x2"])
  #expect(timeline.names(on: "requests").prefix(3) == ["Tversion", "Tattach", "Twalk"])
  #expect(timeline.names(on: "serial").prefix(2) == ["uIO ushellmpk", "0"])
  #expect(timeline.names(on: "virtio input") == ["run rogue-write.o\n", "run hello.o\n"])
  #expect(timeline.names(on: "interrupts").contains("vector 32"))
  #expect(timeline.names(on: "shell").allSatisfy { $0 == "running" } && !timeline.names(on: "count").isEmpty)
  #expect(timeline.names(on: "outcome") == ["contained"])
  #expect(timeline.names(on: "console 1").contains("notify"))
}

/// Whatever a guest does, also what makes no sense.
@Test func theTimelineOfAnyEventsFollowsTheFormat() throws {
  let seed = UInt64.random(in: 0 ... .max)
  print("seed \(seed)")
  var generator = SeededGenerator(seed: seed)
  for _ in 0..<60 {
    var time: UInt64 = 0
    let events = (0..<Int.random(in: 0...120, using: &generator)).map { _ in
      time += UInt64.random(in: 0...3, using: &generator) * UInt64.random(in: 0...2_000, using: &generator)
      return Event(time: time, instruction: time, payload: payload(&generator))
    }
    let timeline = try timeline(of: TraceReader(bytes: sampleTrace(events)))
    #expect(timeline.problems.isEmpty, "\(timeline.problems.first ?? "")")
  }
}

private func payload(_ generator: inout SeededGenerator) -> EventPayload {
  let small = UInt16.random(in: 0...2, using: &generator)
  let words = ["switch a", "switch b", "enter overlay x", "leave x", "load x base=0x0 size=9", "free x", "\"\\", ""]
  let word = words.randomElement(using: &generator) ?? ""
  let device = ["console", "9p"][Int(small) % 2]
  let payloads: [EventPayload] = [
    .guest(
      name: ["thread", "domain", "loader", "panic", "other"].randomElement(using: &generator) ?? "", detail: word),
    .guest(name: ["thread", "domain"][Int(small) % 2], detail: word),
    .consoleOutput(console: .serial, bytes: Array(repeating: UInt8(small) * 5, count: Int(small) * 200)),
    .consoleOutput(console: .virtio, bytes: [0xff, 0x80, 0x0a, 0x00]),
    .consoleInput(console: .virtio, bytes: [0x1b]),
    .interrupt(vector: UInt8(small), instructionPointer: 5),
    .mmioAccess(address: 0xfee0_00b0, size: 4, value: 0, isWrite: true),
    .pkruWrite(old: 0, new: UInt32(small), instructionPointer: 3),
    .halt(until: 7), .tripleFault(instructionPointer: 1), .debugExit(value: 1),
    .queueNotify(device: device, queue: small),
    .queueError(device: device, queue: small, reason: word),
    .descriptorChain(device: device, queue: small, head: small, readableBytes: 1, writableBytes: 2),
    .usedChain(device: device, queue: small, head: small, writtenBytes: 1),
    .ninePRequest(tag: small, message: "Twalk", detail: word), .ninePReply(tag: small, message: "Rwalk", detail: word),
    .sync(cpu: 1, memory: 2), .scriptStep(index: 1, description: word), .outcome(outcome: "hung", reason: word),
  ]
  return payloads.randomElement(using: &generator) ?? .debugExit(value: 0)
}

@Test func aTimeThatRunsBackwardsOrIsHugeBreaksNothing() throws {
  for times in [[5, 3], [UInt64.max, 0], [0, .max], [.max - 1, .max]] as [[UInt64]] {
    let events = times.map { Event(time: $0, instruction: 0, payload: .consoleOutput(console: .serial, bytes: [0x61])) }
    #expect(!(try timeline(of: TraceReader(bytes: sampleTrace(events))).events.isEmpty))
  }
}

@Test func aTimelineThatCanNotBeWrittenLeavesNothingBehind() throws {
  let trace = try TraceReader(bytes: sampleTrace([]))
  let symbols = try TraceSymbols(trace, images: ImageStore([]))
  #expect(throws: OutputError.self) { try exportTimeline(of: trace, symbols: symbols, to: "/nonexistent/t.json") }
  #expect(throws: OutputError.self) { try exportTimeline(of: trace, symbols: symbols, to: "/") }
}
