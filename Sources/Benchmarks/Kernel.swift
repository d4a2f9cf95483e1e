import Foundation
import GuestOS
import Processes
import SimEvents
import SimMachine
import SimQEMU
import SimUnicorn

/// A bare-metal program of a kind in which emulators differ; Scripts/build-benchmarks builds them.
public enum Kernel: String, CaseIterable, Sendable {
  case alu, sort, crc32, chase, recursion, stores, calls, interpreter
  case tlbMisses = "tlb-misses"
  case sse, x87, pdep, syscall
  case portReads = "port-reads"
  case mmio
  case domainSwitch = "domain-switch"

  public var fileName: String { "\(rawValue).elf" }
}

/// A benchmark that cannot run, and what to do about it.
public struct BenchmarkError: Error, CustomStringConvertible {
  public var description: String

  public init(_ description: String) {
    self.description = description
  }
}

/// How long one run of a kernel took.
public struct KernelRun: Sendable {
  public var seconds: Double
  /// Instructions retired; nil where the engine does not count them.
  public var instructions: UInt64?
}

extension Kernel {
  /// Runs on the simulator with everything on: exact counting, the access models, the event stream with its digest.
  public func runOnSimulator(folder: URL) throws -> KernelRun {
    let path = folder.appendingPathComponent(fileName)
    guard let data = try? Data(contentsOf: path) else {
      throw BenchmarkError("\(fileName) is missing; Scripts/build-benchmarks makes it")
    }
    var configuration = MachineConfiguration()
    configuration.devices = []
    let clock = ContinuousClock()
    let start = clock.now
    let events = EventStream()
    let machine = try Machine(configuration, image: GuestImage([UInt8](data)), events: events, engine: .unicorn)
    let stop = machine.run(until: .max)
    _ = events.digest
    let seconds = Self.seconds(clock.now - start)
    guard stop == .exited(0) else { throw BenchmarkError("\(rawValue) ended with \(stop) instead of its exit code 0") }
    return KernelRun(seconds: seconds, instructions: machine.instructions)
  }

  /// Runs on QEMU's microvm, the same file.
  public func runOnQEMU(folder: URL, countsInstructions: Bool) throws -> KernelRun {
    guard let program = QEMUProgram.url else {
      throw BenchmarkError("qemu-system-x86_64 is missing; install Debian's qemu-system-x86")
    }
    let arguments =
      [
        "-M", "microvm,accel=tcg", "-cpu", "max", "-m", "64", "-nodefaults", "-no-reboot", "-display", "none",
        "-serial", "null", "-kernel", folder.appendingPathComponent(fileName).path, "-device",
        "isa-debug-exit,iobase=0xf4,iosize=4",
      ] + (countsInstructions ? ["-icount", "shift=0,sleep=off"] : [])
    let (seconds, exitCode) = try secondsToEnd(of: program, arguments)
    // isa-debug-exit ends QEMU with (value << 1) | 1.
    guard exitCode == 1 else {
      throw BenchmarkError("QEMU ended \(rawValue) with status \(exitCode.map(String.init) ?? "none") instead of 1")
    }
    return KernelRun(seconds: seconds, instructions: nil)
  }

  private static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }
}

/// Runs a program, and tells how long it took. Its messages go where ours go.
func secondsToEnd(of program: URL, _ arguments: [String]) throws -> (seconds: Double, exitCode: Int32?) {
  let clock = ContinuousClock()
  let start = clock.now
  let exitCode = try ChildProcess.run(program, arguments, errors: .inherited).exitCode
  let duration = clock.now - start
  return (Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18, exitCode)
}
