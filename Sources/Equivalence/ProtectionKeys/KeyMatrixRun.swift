import GuestOS
import SimEvents
import SimMachine
import SimQEMU
import SimUnicorn

/// One voice: what a processor made of all trials.
struct KeyMatrixRun {
  var name: String
  /// A byte for each trial, ``KeyResult``.
  var results: [UInt8]

  /// A guest that hangs in this simulator is ended after so many cycles.
  private static let cyclesMax: UInt64 = 20_000_000_000

  static func model() -> KeyMatrixRun { KeyMatrixRun(name: "PKRUModel", results: KeyTrial.all.map(\.expected)) }

  static func simulator(_ image: KeyMatrixImage) throws -> KeyMatrixRun {
    let (output, stop) = try run(image)
    guard stop == .exited(0), let results = image.results(in: output) else {
      throw KeyMatrixError("the simulator stopped with \(stop) after \(output.count) bytes of results")
    }
    return KeyMatrixRun(name: "simulator", results: results)
  }

  static func qemu(_ image: KeyMatrixImage) throws -> KeyMatrixRun {
    let run = try BareRun.run(image.bytes, port: KeyMatrixLayout.resultPort)
    guard run.ending == .exited, let results = image.results(in: run.output) else {
      throw KeyMatrixError("QEMU stopped with \(run.ending) after \(run.output.count) bytes of results")
    }
    return KeyMatrixRun(name: KeyMatrixReport.qemu, results: results)
  }

  /// Throws ``BochsMissing`` where Bochs is not installed.
  static func bochs(_ image: KeyMatrixImage) throws -> KeyMatrixRun {
    let output = try BochsRun.output(of: image.memory, at: KeyMatrixLayout.base) { image.results(in: $0) != nil }
    guard let results = image.results(in: output) else {
      throw KeyMatrixError("Bochs came to no end; it wrote \(output.count) bytes")
    }
    return KeyMatrixRun(name: KeyMatrixReport.bochs, results: results)
  }

  /// Runs on the simulator; the results are what comes out of the port.
  static func run(_ image: KeyMatrixImage) throws -> (output: [UInt8], stop: MachineStop) {
    var configuration = MachineConfiguration()
    configuration.devices = []
    configuration.hasSupervisorKeys = true
    let events = EventStream()
    let port = PortReader()
    events.add(port)
    let machine = try Machine(configuration, image: GuestImage(image.bytes), events: events, engine: .unicorn)
    let stop = machine.run(until: cyclesMax)
    return (port.bytes, stop)
  }
}

private final class PortReader: EventSink {
  private(set) var bytes: [UInt8] = []

  func record(_ event: Event) {
    if case .portAccess(KeyMatrixLayout.resultPort, 1, let value, true) = event.payload {
      bytes.append(UInt8(truncatingIfNeeded: value))
    }
  }
}

struct KeyMatrixError: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) {
    self.description = description
  }
}
