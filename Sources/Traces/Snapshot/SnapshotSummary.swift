import Scenarios

/// What a snapshot holds, in short.
public struct SnapshotSummary {
  private let run: TraceSummary
  private let saved: SavedRun
  private let header: SnapshotHeader

  /// Reads everything.
  public init(_ file: SnapshotReader) throws {
    try file.verify()
    run = try TraceSummary(file.trace)
    saved = try file.savedRun()
    header = file.header
  }

  private var time: UInt64 { saved.machine.time }

  public var text: String {
    let cpu = saved.machine.cpu.cpu
    return [
      "snapshot      at \(time) cycles, before instruction \(saved.machine.cpu.instructionsRetired)",
      "processor     RIP 0x\(String(cpu.rip, radix: 16)), PKRU 0x\(String(cpu.pkru, radix: 16)), "
        + "\(saved.machine.cpu.translations.count) cached translations\(saved.machine.isHalted ? ", halted" : "")",
      "memory        \(header.memorySize >> 20) MiB, \(header.pageCount) pages that are not zero, "
        + "digest \(String(header.memoryDigest, radix: 16))",
      "devices       \(saved.machine.configuration.devices.map(\.rawValue).joined(separator: ", "))",
      "the run so far", run.text,
    ].joined(separator: "\n")
  }

  public var json: JSONText {
    .object([
      ("time", .integer(time)), ("instruction", .integer(saved.machine.cpu.instructionsRetired)),
      ("instructionPointer", .integer(saved.machine.cpu.cpu.rip)),
      ("pkru", .integer(UInt64(saved.machine.cpu.cpu.pkru))),
      ("halted", .boolean(saved.machine.isHalted)), ("memoryBytes", .integer(header.memorySize)),
      ("pages", .integer(header.pageCount)), ("memoryDigest", .string(String(header.memoryDigest, radix: 16))),
      ("devices", .array(saved.machine.configuration.devices.map { .string($0.rawValue) })), ("run", run.json),
    ])
  }
}
