import Foundation
import Processes
import SimQEMU

/// From nothing to the overlay's prompt: a whole process, once as `sim run`, once as QEMU with the same image.
public struct Boot: Sendable {
  public var simulatorSeconds: Double
  public var qemuSeconds: Double
  /// The greatest resident size of the simulator's process, in KiB, the guest's touched RAM included.
  public var simulatorKiB: Int

  public var ratio: Double { qemuSeconds / simulatorSeconds }

  /// - Parameters:
  ///   - simulator: this program; `scenario`: one that ends at the prompt.
  ///   - image: the guest of the scenario.
  public static func measure(simulator: URL, scenario: String, image: URL, rounds: Int) throws -> Boot {
    // Before any QEMU: the kernel keeps the maximum over all children.
    var ours: [Double] = []
    for _ in 0..<max(1, rounds) { ours.append(try bootSimulator(simulator, scenario)) }
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
    var theirs: [Double] = []
    for _ in 0..<max(1, rounds) { theirs.append(try bootQEMU(image)) }
    return Boot(
      simulatorSeconds: ours.sorted()[ours.count / 2], qemuSeconds: theirs.sorted()[theirs.count / 2],
      simulatorKiB: usage.ru_maxrss)
  }

  private static func bootSimulator(_ program: URL, _ scenario: String) throws -> Double {
    let (seconds, exitCode) = try secondsToEnd(of: program, ["run", scenario])
    guard exitCode == 0 else {
      throw BenchmarkError("sim run \(scenario) ended with status \(exitCode.map(String.init) ?? "none")")
    }
    return seconds
  }

  private static func bootQEMU(_ image: URL) throws -> Double {
    guard let program = QEMUProgram.url else {
      throw BenchmarkError("qemu-system-x86_64 is missing; install Debian's qemu-system-x86")
    }
    let share = FileManager.default.temporaryDirectory.appending(
      path: "sim-bench-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: share, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: share) }
    let output = Pipe()
    let input = Pipe()  // kept open: the console must not see its end
    let arguments = [
      "-M", "microvm,accel=tcg", "-cpu", "max", "-m", "64", "-nodefaults", "-no-reboot", "-display", "none",
      "-kernel", image.path, "-append", "uio.design=uio-mpk", "-chardev", "stdio,id=c", "-device",
      "virtio-serial-device",
      "-device", "virtconsole,chardev=c", "-fsdev", "local,id=f,path=\(share.path),security_model=none", "-device",
      "virtio-9p-device,fsdev=f,mount_tag=fs0",
    ]
    var process: ChildProcess?
    defer { process?.kill() }
    return try elapsed {
      process = try ChildProcess(
        program, arguments, input: .descriptor(input.fileHandleForReading.fileDescriptor),
        output: .descriptor(output.fileHandleForWriting.fileDescriptor))
      try output.fileHandleForWriting.close()
      var shown: [UInt8] = []
      while !String(decoding: shown, as: UTF8.self).contains("> ") {
        let data = output.fileHandleForReading.availableData
        guard !data.isEmpty else { throw BenchmarkError("QEMU ended before the prompt") }
        shown += data
      }
    }
  }

  private static func elapsed(_ body: () throws -> Void) rethrows -> Double {
    let duration = try ContinuousClock().measure(body)
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }
}
