import Engines
import Hexadecimal
import Scenarios
import SimCPU
import SimEvents
import SimMachine

/// The last write to a piece of memory in a recorded run, seen by a watch while the run is made again and compared.
///
/// The piece is meant physically: the page tables at the time that is asked for say which memory that is. So writes through
/// other mappings and by devices are seen.
public struct LastWriter {
  public var region: MemoryRegion
  /// Nil if nothing was written after the machine was started.
  public var write: Write?

  public struct Write {
    public var hit: MemoryHit
    /// When the writing instruction was done, in cycles.
    public var time: UInt64
    /// The number of the next event then.
    public var nextEvent: UInt64
  }

  public enum Failure: Error, CustomStringConvertible {
    case notMapped(MemoryRegion)
    /// A physical address behind the region has no RAM: a device, or nothing.
    case noRAM(MemoryRegion, physical: UInt64)

    public var description: String {
      switch self {
      case .notMapped(let region): "\(region.text): nothing is mapped there at that time"
      case .noRAM(let region, let physical):
        "\(region.text): there is no RAM at physical address \(physical.hexadecimal), to which this leads; "
          + "accesses to devices are events: --events --kind devices"
      }
    }
  }

  /// - Parameters:
  ///   - time: whose state is meant, in cycles; nil: the end of the run.
  ///   - inputs: the trace's own.
  /// - Throws: ``Failure``, ``StateAtTime/Failure``, or what a replay throws.
  public init(of region: MemoryRegion, at time: UInt64?, in trace: TraceReader, inputs: RunInputs) throws {
    self.region = region
    let pieces = try Self.pieces(of: region, at: time, in: trace, inputs: inputs)
    let run = try ScenarioRun(inputs)
    let counter = EventCounter()
    let checker = try ReplayChecker(trace) { [unowned run] in run.abandon() }
    var last: Write?
    run.appoint(at: .instruction(0)) { machine in
      for piece in pieces {
        // It is the simulator's machine.
        try! machine.watch(piece) { machine, hit in
          last = Write(hit: hit, time: machine.time, nextEvent: counter.count)
        }
      }
      return nil
    }
    if let time {
      run.appoint(at: .time(time)) { [unowned run] _ in
        run.abandon()
        return nil
      }
    }
    _ = try run.run(observers: [counter, checker])
    if let failure = checker.failure { throw failure }
    if let divergence = checker.divergence, time == nil { throw StateAtTime.Failure.diverged(divergence) }
    write = last
  }

  /// Watches of the physical memory behind `region`.
  private static func pieces(
    of region: MemoryRegion, at time: UInt64?, in trace: TraceReader, inputs: RunInputs
  ) throws -> [MemoryWatch] {
    var found: [MemoryWatch]?
    var outside: UInt64?
    var wasThere = false
    func look(_ machine: Machine) {
      wasThere = true
      outside = machine.firstAddressWithoutRAM(at: region.address, count: region.count)
      found = machine.physicalPieces(at: region.address, count: region.count)?
        .map { MemoryWatch(.write, .physical, at: $0.address, count: UInt64($0.count)) }
    }
    let run = try ScenarioRun(inputs)
    let counter = EventCounter()
    if let time {
      run.appoint(at: .time(time)) { [unowned run] machine in
        look(machine)
        run.abandon()
        return nil
      }
    }
    _ = try run.run(observers: [counter]) { machine in
      if time == nil, let machine = machine as? Machine { look(machine) }
    }
    guard wasThere else { throw StateAtTime.Failure.ended(time: counter.time) }
    guard let found else { throw Failure.notMapped(region) }
    if let outside { throw Failure.noRAM(region, physical: outside) }
    return found
  }
}

extension LastWriter {
  /// For people.
  public func text(_ symbols: TraceSymbols) -> String {
    guard let write else {
      return "\(region.text): nothing has written there since the start; it holds what was loaded"
    }
    let hit = write.hit
    let pointer = hit.instructionPointer.hexadecimal
    let place = symbols.nameAndLine(of: hit.instructionPointer, at: write.nextEvent).map { " (\($0))" } ?? ""
    let who = hit.origin == .processor ? "instruction \(hit.instruction) at \(pointer)\(place)" : "a device or the host"
    return """
      \(region.text) was last written by \(who)
        at \(write.time) cycles, before event \(write.nextEvent), with PKRU 0x\(String(hit.pkru, radix: 16))
        \(hit.count) bytes at \(hit.address.map(\.hexadecimal) ?? "-"), physical \
      \(hit.physicalAddress.hexadecimal): \(Self.digits(hit.old)) became \(Self.digits(hit.new))
      """
  }

  /// For programs.
  public func json(_ symbols: TraceSymbols) -> JSONText {
    guard let write else { return .object([("region", .string(region.text)), ("written", .boolean(false))]) }
    let hit = write.hit
    let place = symbols.name(of: hit.instructionPointer, at: write.nextEvent)
    var fields: [(String, JSONText)] = [("region", .string(region.text)), ("written", .boolean(true))]
    fields.append(("origin", .string(hit.origin == .processor ? "processor" : "outside")))
    fields.append(("instruction", .integer(hit.instruction)))
    fields.append(("instructionPointer", .string(hit.instructionPointer.hexadecimal)))
    if let place { fields.append(("symbol", .string(place))) }
    if let address = hit.address { fields.append(("address", .string(address.hexadecimal))) }
    fields.append(("physicalAddress", .string(hit.physicalAddress.hexadecimal)))
    fields.append(("bytes", .integer(hit.count)))
    fields.append(("old", .string(hit.old.hexadecimal(separator: ""))))
    fields.append(("new", .string(hit.new.hexadecimal(separator: ""))))
    fields.append(("pkru", .integer(UInt64(hit.pkru))))
    fields.append(("time", .integer(write.time)))
    fields.append(("nextEvent", .integer(write.nextEvent)))
    return .object(fields)
  }

  /// The first bytes; a write may be long.
  private static func digits(_ bytes: [UInt8]) -> String {
    bytes.prefix(16).hexadecimal() + (bytes.count > 16 ? " …" : "")
  }
}
