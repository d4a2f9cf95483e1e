import SimEvents

/// Measures one kind of span of a run.
struct SpanMeter {
  let specification: SpanSpecification
  private(set) var durations = Distribution()
  /// From the first beginning that counts to the last end.
  private(set) var window: (from: UInt64, to: UInt64)?
  /// Spans that had begun and began anew before they had ended.
  private(set) var abandoned: UInt64 = 0
  /// What happened during the longest one.
  private(set) var slowest: Timeline?

  private var began: UInt64?
  private var ended: UInt64 = 0
  private var lines: [Timeline.Line] = []

  init(_ specification: SpanSpecification) { self.specification = specification }

  var isOpen: Bool { began != nil }

  mutating func begin(at time: UInt64) {
    if began != nil { abandoned += 1 }
    began = time
    lines.removeAll(keepingCapacity: true)
  }

  /// Ends the span that has begun; nothing if none has.
  mutating func end(at time: UInt64) {
    guard let began else { return }
    self.began = nil
    ended += 1
    guard specification.occurrence.map({ $0 == ended }) ?? (ended > specification.skip) else { return }
    let duration = time &- began
    window = (window?.from ?? began, time)
    if durations.count == 0 || duration > durations.max {
      slowest = Timeline(from: began, duration: duration, lines: lines)
    }
    durations.add(duration)
  }

  /// Notes what happens while a span is open.
  mutating func note(_ event: Event) {
    guard let began, lines.count < Timeline.lineMax else { return }
    if let line = Timeline.Line(event, since: began) { lines.append(line) }
  }
}

/// What happened in one span, for people.
public struct Timeline: Equatable, Sendable {
  /// Who did something.
  public enum Lane: String, CaseIterable, Sendable {
    case guest, queue, host
  }

  public struct Line: Equatable, Sendable {
    /// Cycles since the span began.
    public var time: UInt64
    public var lane: Lane
    public var text: String
  }

  /// More lines would be no picture.
  static let lineMax = 400

  /// In cycles since the run began.
  public var from: UInt64
  public var duration: UInt64
  public var lines: [Line]
}

extension Timeline.Line {
  /// Nil for what nobody wants to see.
  init?(_ event: Event, since start: UInt64) {
    switch event.payload {
    case .sync, .scriptStep, .outcome: return nil
    case .queueNotify, .descriptorChain, .usedChain, .queueError, .deviceStatus: lane = .queue
    case .ninePRequest, .ninePReply, .consoleInput, .faultInjected: lane = .host
    default: lane = .guest
    }
    time = event.time &- start
    let fields = event.knownFields.map { "\($0.name)=\($0.value.json)" }.joined(separator: " ")
    text = String("\(event.payload.kind.name) \(fields)".prefix(120))
  }
}
