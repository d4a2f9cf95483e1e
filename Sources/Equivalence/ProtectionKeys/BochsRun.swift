import Foundation
import Processes

/// A bare image on Bochs, a third processor that shares no code with the other two.
enum BochsRun {
  /// Where Debian puts what Bochs needs beside itself (packages bochsbios and seabios).
  private static let firmware = "/usr/share/bochs/BIOS-bochs-latest"
  private static let videoFirmware = "/usr/share/seabios/vgabios-stdvga.bin"
  /// A processor with protection keys, SMEP, SMAP and 46 physical address bits or fewer.
  private static let model = "corei7_icelake_u"

  /// Boots a disk whose first sector loads `memory` to `base` and jumps there in flat 32-bit protected mode.
  ///
  /// - Parameters:
  ///   - isComplete: told all that came out of port 0xe9 so far, with Bochs's own words before it.
  ///   - patienceSeconds: of the host's time; what has come out by then is returned.
  /// - Throws: ``BochsMissing`` or an error of the host.
  static func output(
    of memory: [UInt8], at base: UInt64, patienceSeconds: Int = 120, isComplete: ([UInt8]) -> Bool
  ) throws -> [UInt8] {
    let needed = [firmware, videoFirmware]
    guard let program = InstalledProgram.url(named: "bochs"),
      needed.allSatisfy({ FileManager.default.fileExists(atPath: $0) })
    else { throw BochsMissing() }
    let folder = FileManager.default.temporaryDirectory.appending(path: "sim-bochs-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let disk = BootDisk(memory, base: UInt32(truncatingIfNeeded: base))
    func file(_ name: String) -> URL { folder.appending(path: name) }
    try Data(disk.bytes).write(to: file("disk"))
    try Data(configuration(file("disk"), cylinders: disk.cylinders, log: file("log")).utf8).write(to: file("rc"))
    // Debian's Bochs has its debugger in it, which waits for a command to begin.
    try Data("c\n".utf8).write(to: file("commands"))
    let arguments = ["-q", "-f", file("rc").path, "-rc", file("commands").path]
    let process = try ChildProcess(
      program, arguments, output: .file(file("output").path), folder: folder)
    let deadline = ContinuousClock.now + .seconds(patienceSeconds)
    var output: [UInt8] = []
    while ContinuousClock.now < deadline {
      let hasEnded = process.hasEnded
      output = (try? Data(contentsOf: file("output"))).map { [UInt8]($0) } ?? []
      if hasEnded || isComplete(output) { break }
      Thread.sleep(forTimeInterval: 0.1)
    }
    process.kill()
    return output
  }

  /// Without a screen: the display is offered to a viewer that nobody starts.
  private static func configuration(_ disk: URL, cylinders: Int, log: URL) -> String {
    """
    megs: 64
    cpu: model=\(model), count=1, ips=50000000, reset_on_triple_fault=0
    romimage: file=\(firmware)
    vgaromimage: file=\(videoFirmware)
    ata0-master: type=disk, path=\(disk.path), mode=flat, cylinders=\(cylinders), heads=16, spt=63
    boot: disk
    display_library: rfb, options="timeout=0"
    plugin_ctrl: speaker=0
    port_e9_hack: enabled=1
    log: \(log.path)
    panic: action=fatal
    error: action=ignore
    info: action=ignore

    """
  }
}

struct BochsMissing: Error, CustomStringConvertible {
  var description: String { "it is not installed; install Debian's packages bochs, bochsbios and seabios" }
}
