import GuestOS
import Scenarios
import SimEvents
import SimMachine

/// Measures a run from its events and from the symbols that it comes by. It knows nothing of the application.
final class RunMeter: EventSink {
  /// From a typed line to the next prompt of the overlay's.
  static let promptSpan = "prompt"

  /// Results that are numbers of events.
  private static let counted: [(name: String, kind: EventKind)] = [
    ("deviceAccesses", .mmioAccess), ("interrupts", .interrupt), ("exceptions", .exception),
    ("keySwitches", .pkruWrite), ("accessesDenied", .accessDenied), ("queueNotifications", .queueNotify),
    ("chains", .usedChain), ("ninePRequests", .ninePRequest), ("halts", .halt),
  ]
  /// Names of results that have no dot, which parameters could have too.
  static let resultNames = Set(
    ["cycles", "instructions", "clockHertz", "portAccesses", "extensionsEntered"] + counted.map(\.name))

  private(set) var spans: [SpanMeter]
  private(set) var actors = ActorMeter()
  /// By the kinds' raw values, among which there are gaps.
  private var counts = [UInt64](repeating: 0, count: (EventKind.allCases.map { Int($0.rawValue) }.max() ?? 0) + 1)
  private var serialBytes: UInt64 = 0
  private var entered: UInt64 = 0
  private var bootCycles: UInt64?
  private var loadBegan: UInt64?
  private var loadCycles = Distribution()
  private var isLoaded = false
  private var line: [UInt8] = []
  private var typed: [UInt8] = []

  init(_ specifications: [SpanSpecification]) {
    spans = ([SpanSpecification.prompt] + specifications).map { SpanMeter($0) }
  }

  var kinds: EventKinds { .all }

  // MARK: Symbols

  /// Has the run tell of the symbols that spans begin and end at. To be called before the run.
  ///
  /// - Throws: ``ScenarioProblems`` for symbols that the image has not.
  func appoint(on run: ScenarioRun, image: GuestImage, file: String) throws(ScenarioProblems) {
    // Ends first, as what ends may begin anew at the same moment.
    for place in try symbols(image, file).sorted(by: { !$0.isBeginning && $1.isBeginning }) {
      run.appoint(at: .address(place.address, hit: 1)) { [unowned self] machine in
        if place.isBeginning {
          spans[place.span].begin(at: machine.time)
        } else {
          spans[place.span].end(at: machine.time)
        }
        return .address(place.address, hit: 1)
      }
    }
  }

  /// - Throws: ``ScenarioProblems`` for symbols that the image has not.
  func check(_ image: GuestImage, file: String) throws(ScenarioProblems) { _ = try symbols(image, file) }

  private func symbols(
    _ image: GuestImage, _ file: String
  ) throws(ScenarioProblems) -> [(span: Int, isBeginning: Bool, address: UInt64)] {
    var places: [(span: Int, isBeginning: Bool, address: UInt64)] = []
    for (index, span) in spans.enumerated() {
      for (moment, key) in [(span.specification.from, "from"), (span.specification.to, "to")] {
        guard case .symbol(let name) = moment else { continue }
        guard let symbol = image.symbol(named: name) else {
          throw ScenarioProblems([
            .init(
              file: file, position: nil, path: "$.measure.spans[\(index - 1)].\(key)",
              problem: "the guest's image has no symbol \"\(name)\"",
              remedy: remedyForName(name, among: image.symbols.map(\.name), noun: "symbol"))
          ])
        }
        places.append((index, key == "from", symbol.address))
      }
    }
    return places
  }

  // MARK: Events

  func record(_ event: Event) {
    counts[Int(event.payload.kind.rawValue)] += 1
    actors.note(event)
    for index in spans.indices where spans[index].isOpen { spans[index].note(event) }
    switch event.payload {
    case .consoleInput(.virtio, let bytes): take(bytes, event)
    case .consoleOutput(.virtio, let bytes): show(bytes, event)
    case .consoleOutput(.serial, let bytes): serialBytes += UInt64(bytes.count)
    case .crossing(.enter, _, _, _, _): entered += 1
    case .guest where !event.actor.isExtension:
      // A load lasts from the line that asks for it to the prompt.
      if case .loaded? = event.payload.guestRecord { isLoaded = true }
    default: break
    }
    for index in spans.indices {
      let span = spans[index].specification
      if case .event(let filter) = span.to, filter.matches(event) { spans[index].end(at: event.time) }
      if case .event(let filter) = span.from, filter.matches(event) { spans[index].begin(at: event.time) }
    }
  }

  private func take(_ bytes: [UInt8], _ event: Event) {
    for byte in bytes {
      guard byte == 0x0a else {
        typed.append(byte)
        continue
      }
      let text = String(decoding: typed, as: UTF8.self)
      typed.removeAll(keepingCapacity: true)
      // The guest does not echo: where a terminal's user ends a line the next output begins one.
      line.removeAll(keepingCapacity: true)
      loadBegan = event.time
      isLoaded = false
      reach(at: event.time) { moment in
        if case .typed(let wanted) = moment { wanted == nil || wanted == text } else { false }
      }
    }
  }

  private func show(_ bytes: [UInt8], _ event: Event) {
    for byte in bytes {
      if byte == 0x0a { line.removeAll(keepingCapacity: true) } else { line.append(byte) }
      guard line == Self.promptBytes else { continue }
      bootCycles = bootCycles ?? event.time
      endLoad(event)
      reach(at: event.time) { $0 == .prompt }
    }
  }

  private static let promptBytes = Array("> ".utf8)

  /// Ends first, as what ends may begin anew at the same moment.
  private func reach(at time: UInt64, _ isReached: (SpanMoment) -> Bool) {
    for index in spans.indices where isReached(spans[index].specification.to) { spans[index].end(at: time) }
    for index in spans.indices where isReached(spans[index].specification.from) { spans[index].begin(at: time) }
  }

  private func endLoad(_ event: Event) {
    if isLoaded, let loadBegan { loadCycles.add(event.time &- loadBegan) }
    isLoaded = false
  }

  // MARK: Results

  /// What was measured.
  func measurements(_ result: RunResult, _ run: EndOfRun) -> Measurements {
    actors.advance(to: run.cycles, result.instructions)
    var values: [(name: String, value: UInt64)] = [
      ("cycles", run.cycles), ("instructions", result.instructions), ("clockHertz", run.clockHertz),
    ]
    if let bootCycles { values.append(("boot.cycles", bootCycles)) }
    for (place, share) in ActorMeter.Share.allCases.enumerated() where share != .idle {
      values.append(("\(share.rawValue).cycles", actors.cycles[place]))
      values.append(("\(share.rawValue).instructions", actors.instructions[place]))
    }
    values.append(("idle.cycles", actors.cycles.last ?? 0))
    values += Self.counted.map { name, kind in (name, counts[Int(kind.rawValue)]) }
    values += [
      ("portAccesses", counts[Int(EventKind.portAccess.rawValue)] + serialBytes), ("extensionsEntered", entered),
      ("image.bytes", run.imageBytes), ("memory.bytes", run.memoryBytes),
    ]
    if loadCycles.count > 0 { values.append(("load.cycles", loadCycles.total / loadCycles.count)) }
    var distributions: [(name: String, value: Distribution)] = []
    for span in spans {
      let name = span.specification.name
      // Nothing is typed at a guest without an overlay.
      if span.durations.count == 0, name == Self.promptSpan { continue }
      values.append(("\(name).count", span.durations.count))
      if span.abandoned > 0 { values.append(("\(name).abandoned", span.abandoned)) }
      guard let window = span.window else { continue }
      values += [
        ("\(name).total", span.durations.total), ("\(name).window", window.to - window.from),
        ("\(name).min", span.durations.min), ("\(name).p50", span.durations.quantile(0.5)),
        ("\(name).p90", span.durations.quantile(0.9)), ("\(name).p99", span.durations.quantile(0.99)),
        ("\(name).p999", span.durations.quantile(0.999)), ("\(name).max", span.durations.max),
      ]
      distributions.append((name, span.durations))
    }
    return Measurements(
      values: values, distributions: distributions,
      timelines: spans.compactMap { span in span.slowest.map { (span.specification.name, $0) } })
  }
}

extension SpanSpecification {
  /// From any typed line to the next prompt.
  fileprivate static let prompt = SpanSpecification(
    name: RunMeter.promptSpan, from: .typed(nil), to: .prompt, skip: 0, occurrence: nil)

  private init(name: String, from: SpanMoment, to: SpanMoment, skip: UInt64, occurrence: UInt64?) {
    (self.name, self.from, self.to, self.skip, self.occurrence) = (name, from, to, skip, occurrence)
  }
}

/// What the machine shows when the script is done.
struct EndOfRun {
  var cycles: UInt64 = 0
  var clockHertz: UInt64 = 0
  var imageBytes: UInt64 = 0
  /// Pages of memory that are not empty.
  var memoryBytes: UInt64 = 0
}
