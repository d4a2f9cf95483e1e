import Hexadecimal
import Scenarios
import SimCPU
import SimEvents

extension ReplayReport {
  /// What `sim replay --format json` says of a difference.
  public var json: [(key: String, value: JSONText)] {
    func sided(_ event: Event?, _ symbols: TraceSymbols) -> JSONText? {
      event.map { NumberedEvent(number: divergence.number, event: $0).json(symbols) }
    }
    let first = divergence.number - UInt64(divergence.before.count)
    let before = divergence.before.enumerated().map {
      NumberedEvent(number: first + UInt64($0.offset), event: $0.element).json(oldSymbols)
    }
    let members: [(String, JSONText?)] = [
      ("event", .integer(divergence.number)), ("time", .integer(divergence.time)),
      ("instruction", .integer(divergence.instruction)), ("expected", sided(divergence.expected, oldSymbols)),
      ("got", sided(divergence.got, newSymbols)),
      (
        "fields",
        .array(
          divergence.differences.map {
            .object([("name", .string($0.name)), ("expected", .string($0.expected)), ("got", .string($0.got))])
          })
      ),
      ("pointer", pointer.map { .string($0.hexadecimal) }),
      ("symbol", pointer.flatMap { newSymbols.name(of: $0, at: divergence.number) }.map { .string($0) }),
      ("source", sourceLine.map { .string("\($0)") }), ("registersNow", now?.json), ("registersThen", then?.json),
      ("lastSameSync", lastSame?.json), ("nextSync", next?.json), ("before", .array(before)),
      ("narrowed", conclusion.json(oldSymbols, newSymbols, divergence.number)),
      ("recordedBy", .string(versions.recorded)),
      ("replayedBy", .string(versions.replayed)),
    ]
    return members.compactMap { name, value in value.map { (name, $0) } }
  }
}

extension ReplayReport.SyncPoint {
  fileprivate var json: JSONText {
    .object([("event", .integer(number)), ("time", .integer(time)), ("instruction", .integer(instruction))])
  }
}

extension ReplayReport.SyncRegisters {
  fileprivate var json: JSONText {
    .object(
      [("point", point.json)] + (differences.map { [("registers", $0.json(old: "then", new: "now"))] } ?? []))
  }
}

extension ReplayReport.Conclusion {
  fileprivate func json(_ old: TraceSymbols, _ new: TraceSymbols, _ number: UInt64) -> JSONText {
    switch self {
    case .searched(let narrowing): narrowing.json(old: old, new: new, at: number)
    case .interval(let after, let upTo, let isRepeatable):
      .object([("after", .integer(after)), ("upTo", .integer(upTo)), ("isRepeatable", .boolean(isRepeatable))])
    }
  }
}

extension Narrowing {
  /// What was found, for programs.
  ///
  /// - Parameters:
  ///   - old, new: name the addresses.
  ///   - number: of the first different event, as loaded programs come and go.
  ///   - sides: what the two runs are called.
  public func json(
    old: TraceSymbols, new: TraceSymbols, at number: UInt64, sides: (old: String, new: String) = ("then", "now")
  ) -> JSONText {
    switch self {
    case .found(let difference): difference.json(old, new, number, sides)
    case .differentBefore(let instruction, let registers):
      .object([
        ("differentBefore", .integer(instruction)), ("registers", registers.json(old: sides.old, new: sides.new)),
      ])
    case .sameState(let until): .object([("sameStateUntil", .integer(until))])
    }
  }
}

extension FirstDifference {
  fileprivate func json(
    _ old: TraceSymbols, _ new: TraceSymbols, _ number: UInt64, _ sides: (old: String, new: String)
  ) -> JSONText {
    func bytes(_ bytes: [UInt8]) -> JSONText { .string(bytes.hexadecimal(separator: "")) }
    let name = new.name(of: pointer, at: number) ?? old.name(of: pointer, at: number)
    var members: [(key: String, value: JSONText)] = [
      ("instruction", .integer(instruction)), ("pointer", .string(pointer.hexadecimal)),
    ]
    if let name { members.append(("symbol", .string(name))) }
    members += [
      ("code", bytes(code)), ("codes", .object([(sides.old, bytes(code)), (sides.new, bytes(newCode))])),
      ("registersBefore", before.json),
      ("registers", registers.json(old: sides.old, new: sides.new)),
      (
        "memory",
        .array(
          memory.map {
            .object([
              ("address", .string($0.address.hexadecimal)), (sides.old, bytes($0.old)),
              (sides.new, bytes($0.new)),
            ])
          })
      ),
      ("pagesDifferentBefore", .array(pagesDifferentBefore.map { .integer(UInt64($0)) })),
      ("events", .object([(sides.old, Self.list(oldEvents)), (sides.new, Self.list(newEvents))])),
    ]
    if let ended { members.append(("ended", .string(ended == .old ? sides.old : sides.new))) }
    return .object(members)
  }

  private static func list(_ events: [Event]) -> JSONText {
    .array(events.map { .string($0.text) })
  }
}
