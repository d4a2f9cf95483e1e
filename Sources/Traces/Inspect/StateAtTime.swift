import Engines
import Hexadecimal
import Scenarios
import SimCPU
import SimEvents
import SimMachine

/// Registers and memory of a recorded run at a virtual time: the run is made again up to there, and compared on the way.
public struct StateAtTime {
  /// The first moment between two instructions that is not before the time that was asked for, in cycles.
  public var time: UInt64
  /// Instructions retired.
  public var instruction: UInt64
  public var registers: RegisterFile
  /// Contents of the regions.
  public var memory: [(region: MemoryRegion, contents: Contents)]
  /// The number of the next event.
  public var nextEvent: UInt64

  /// What a region holds.
  public enum Contents: Equatable, Sendable {
    case bytes([UInt8])
    case notMapped
    /// The page tables lead to a physical address without RAM: a device, or nothing.
    case noRAM(physical: UInt64)

    init(of region: MemoryRegion, in machine: Machine) {
      if let bytes = machine.readMemory(at: region.address, count: region.count) {
        self = .bytes(bytes)
      } else if let physical = machine.firstAddressWithoutRAM(at: region.address, count: region.count) {
        self = .noRAM(physical: physical)
      } else {
        self = .notMapped
      }
    }

    public var bytes: [UInt8]? {
      if case .bytes(let bytes) = self { bytes } else { nil }
    }

    /// Why there are no bytes.
    var problem: String? {
      switch self {
      case .bytes: nil
      case .notMapped: "nothing is mapped there"
      case .noRAM(let physical):
        "there is no RAM at physical address \(physical.hexadecimal), to which this leads"
      }
    }
  }

  /// Why there is no such state.
  public enum Failure: Error, CustomStringConvertible {
    /// The run was over.
    case ended(time: UInt64)
    /// The run is not as recorded.
    case diverged(Divergence)

    public var description: String {
      switch self {
      case .ended(let time): "the run ends at \(time) cycles"
      case .diverged(let divergence):
        "this version runs differently from event \(divergence.number) on, at \(divergence.time) cycles; "
          + "\"sim replay\" says more"
      }
    }
  }

}

extension StateAtTime {
  /// - Parameters:
  ///   - time: in cycles.
  ///   - inputs: the trace's own.
  /// - Throws: ``Failure``, or what a replay throws.
  public init(at time: UInt64, of trace: TraceReader, inputs: RunInputs, regions: [MemoryRegion]) throws {
    let run = try ScenarioRun(inputs)
    let count = EventCounter()
    var state: StateAtTime?
    let checker = try ReplayChecker(trace) { [unowned run] in run.abandon() }
    run.appoint(at: .time(time)) { [unowned run] machine in
      run.abandon()
      // A run that differed stops soon, but not before the probe.
      guard checker.divergence == nil else { return nil }
      state = StateAtTime(
        time: machine.time, instruction: machine.instructions, registers: machine.registers,
        memory: regions.map { ($0, Contents(of: $0, in: machine)) }, nextEvent: count.count)
      return nil
    }
    _ = try run.run(observers: [count, checker])
    if let failure = checker.failure { throw failure }
    if let state {
      self = state
    } else if let divergence = checker.divergence {
      throw Failure.diverged(divergence)
    } else {
      throw Failure.ended(time: count.time)
    }
  }
}

extension StateAtTime {
  /// For people.
  ///
  /// - Parameter showsAll: every register instead of those that tell most.
  public func text(_ symbols: TraceSymbols, showsAll: Bool) -> String {
    let pointer = registers.instructionPointer
    let place = symbols.nameAndLine(of: pointer, at: nextEvent).map { ", in \($0)" } ?? ""
    var lines = ["at \(time) cycles, after instruction \(instruction), before event \(nextEvent)\(place)"]
    if showsAll {
      lines += zip(RegisterFile.names, registers.words).map {
        "  \($0)\(String(repeating: " ", count: 22 - $0.count))\($1.hexadecimal)"
      }
    } else if memory.isEmpty {
      lines += registers.listing.map { "  \($0)" }
    }
    for (region, contents) in memory {
      lines.append("  \(region.text)\(contents.problem.map { ": \($0)" } ?? "")")
      lines += (contents.bytes ?? []).hexadecimalLines(from: region.address).map { "    \($0)" }
    }
    return lines.joined(separator: "\n")
  }

  /// For programs: all registers, and memory as hexadecimal digits.
  public func json(_ symbols: TraceSymbols) -> JSONText {
    let name = symbols.name(of: registers.instructionPointer, at: nextEvent)
    return .object(
      [
        ("time", .integer(time)), ("instruction", .integer(instruction)), ("nextEvent", .integer(nextEvent)),
        ("registers", registers.json),
      ] + (name.map { [("symbol", .string($0))] } ?? []) + [
        (
          "memory",
          .array(
            memory.map { region, contents in
              .object(
                [("region", .string(region.text)), ("address", .string(region.address.hexadecimal))]
                  + (contents.bytes.map { [("bytes", .string($0.hexadecimal(separator: "")))] } ?? [])
                  + (contents.problem.map { [("problem", .string($0))] } ?? []))
            })
        )
      ])
  }
}

extension [UInt8] {
  /// Sixteen bytes a line, with their address and what they are as text.
  func hexadecimalLines(from address: UInt64) -> [String] {
    stride(from: 0, to: count, by: 16).map { start in
      let row = self[start..<Swift.min(count, start + 16)]
      let digits = row.hexadecimal()
      let text = String(decoding: row.map { (0x20..<0x7f).contains($0) ? $0 : 0x2e }, as: UTF8.self)
      let padding = String(repeating: " ", count: 47 - digits.count)
      return "\((address &+ UInt64(start)).hexadecimal)  \(digits)\(padding)  \(text)"
    }
  }
}

/// Counts the events of a run.
final class EventCounter: EventSink {
  var count: UInt64 = 0
  var time: UInt64 = 0

  func record(_ event: Event) {
    count += 1
    time = event.time
  }
}
