import Foundation
import Hexadecimal

/// A bare image on QEMU's own processor: what it writes to a debug port, and how it ends.
public struct BareRun: Sendable {
  public enum Ending: Equatable, Sendable {
    /// It wrote 0 to the debug-exit port.
    case exited
    case tripleFault
    /// It did neither in time, or QEMU failed.
    case other(String)
  }

  public var output: [UInt8]
  public var ending: Ending

  /// Runs `image` on TCG with the largest processor that QEMU knows.
  ///
  /// - Parameters:
  ///   - port: whose bytes are wanted.
  ///   - patienceSeconds: of the host's time; the guest is ended then.
  /// - Throws: ``QEMUMissing`` or another error of the host.
  public static func run(
    _ image: [UInt8], port: UInt16, memoryMiB: Int = 64, patienceSeconds: Int = 120
  ) throws -> BareRun {
    guard let program = QEMUProgram.url else { throw QEMUMissing() }
    let folder = try LockedFolder()
    let file = folder.url.appending(path: "image.elf")
    let output = folder.url.appending(path: "output")
    try Data(image).write(to: file)
    let process = try EmulatorProcess(
      program,
      [
        "-M", "microvm", "-accel", "tcg", "-cpu", "max", "-m", "\(memoryMiB)", "-nodefaults", "-no-user-config",
        "-display", "none", "-no-reboot", "-kernel", file.path, "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
        "-chardev", "file,id=output,path=\(output.path)", "-device",
        "isa-debugcon,iobase=\(port.hexadecimal),chardev=output",
      ], folder: folder.url)
    let deadline = ContinuousClock.now + .seconds(patienceSeconds)
    while !process.hasEnded, ContinuousClock.now < deadline { Channel.wait(for: [process.errors], milliseconds: 20) }
    let code = process.exitCode
    let said = String(decoding: process.errors.read(), as: UTF8.self)
    process.kill()
    // isa-debug-exit ends QEMU with (value << 1) | 1; -no-reboot makes a reset of the guest an orderly end.
    let ending: Ending = said.isEmpty && code == 1 ? .exited : said.isEmpty && code == 0 ? .tripleFault : .other(said)
    return BareRun(output: (try? Data(contentsOf: output)).map { [UInt8]($0) } ?? [], ending: ending)
  }
}

public struct QEMUMissing: Error, CustomStringConvertible {
  public var description: String {
    "\(QEMUProgram.name) is not installed; install Debian's package \(QEMUProgram.package)"
  }
}
