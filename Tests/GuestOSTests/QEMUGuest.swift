import Foundation
import GuestOS
import Testing

/// A guest on QEMU's microvm (TCG, with protection keys): the shell on a virtio console, the application on COM1, the
/// extensions and one text file on a 9p share.
final class QEMUGuest {
  private static let emulator = "/usr/bin/qemu-system-x86_64"
  private static let patienceSeconds = 120.0

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let folder: URL
  private var serialLog: URL { folder.appendingPathComponent("serial") }

  /// Starts the machine; nil, with a printed reason, where that cannot be done.
  init?(
    _ variant: GuestVariant, _ commandLine: String = "", machine: String = "microvm", cpu: String = "max",
    globals: [String] = []
  ) throws {
    for needed in [Self.emulator, Built.path(variant)] where !FileManager.default.fileExists(atPath: needed) {
      print("skipped: \(needed) is missing (package qemu-system-x86; Scripts/build-guest)")
      return nil
    }
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("uio-guest-\(UUID().uuidString)")
    let share = folder.appendingPathComponent("share")
    try FileManager.default.createDirectory(
      at: share.appendingPathComponent("folder"), withIntermediateDirectories: true)
    try "text on the share\n".write(to: share.appendingPathComponent("text"), atomically: true, encoding: .utf8)
    let objects = (try? FileManager.default.contentsOfDirectory(atPath: Built.extensions)) ?? []
    for name in objects where name.hasSuffix(".o") {
      let target = share.appendingPathComponent(name).path
      try FileManager.default.copyItem(atPath: "\(Built.extensions)/\(name)", toPath: target)
    }

    process.executableURL = URL(fileURLWithPath: Self.emulator)
    process.arguments =
      [
        "-M", machine, "-accel", "tcg", "-cpu", cpu, "-m", "64", "-nodefaults", "-no-reboot", "-display", "none",
        "-kernel", Built.path(variant), "-append", commandLine, "-serial", "file:\(serialLog.path)",
        "-device", "virtio-serial-device", "-chardev", "stdio,id=c", "-device", "virtconsole,chardev=c",
        "-fsdev", "local,id=f,path=\(share.path),security_model=none",
        "-device", "virtio-9p-device,fsdev=f,mount_tag=fs0", "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
      ] + globals.flatMap { ["-global", $0] }
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    // A machine that hangs is ended: then the text that a test waits for is missing.
    let running = process
    DispatchQueue.global().asyncAfter(deadline: .now() + Self.patienceSeconds) { Self.end(running) }
  }

  deinit {
    Self.end(process)
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  /// SIGTERM is blocked in this process's threads, and so in what they start.
  private static func end(_ process: Process) {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  /// What the shell's console shows up to the next prompt, or to the end of the machine.
  func untilPrompt() -> String {
    var text = ""
    while !text.hasSuffix("> ") {
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { return text }
      text += String(decoding: data, as: UTF8.self)
    }
    return String(text.dropLast(2))
  }

  /// Types a line and gives what it printed.
  func type(_ line: String) -> String {
    sendLine(line)
    return untilPrompt()
  }

  /// Types a line without waiting for an answer.
  func sendLine(_ line: String) { input.fileHandleForWriting.write(Data("\(line)\n".utf8)) }

  /// Waits until the application has printed a line that is more than `number`, and gives that number.
  func applicationPasses(_ number: UInt64) -> UInt64? {
    while process.isRunning {
      if let last = numbers.last, last > number { return last }
      Thread.sleep(forTimeInterval: 0.05)
    }
    return nil
  }

  /// The numbers that the application printed, but for a line that is not complete yet.
  var numbers: [UInt64] {
    serial.split(separator: "\r\n", omittingEmptySubsequences: false).dropLast().compactMap { UInt64($0) }
  }

  var serial: String { (try? String(contentsOf: serialLog, encoding: .utf8)) ?? "" }

  /// Waits for the end and gives QEMU's exit status.
  func exitStatus() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }
}
