import CSilicon
import Foundation
import OutputFiles
import Scenarios
import SimCPU

/// One voice: what a processor made of every ``UserKeyTrial``. The host's own processor has one where it gives programs keys,
/// and where it does not, a record of another host's has.
public struct UserKeyRun: Equatable, Sendable {
  /// "simulator", or "silicon" with where it was recorded.
  public var voice: String
  /// The key of the pages that were tried.
  var key: UInt32
  /// By the trial's name. Trials that the processor has no instruction for are missing.
  var results: [String: String]

  /// Where the repository has its record.
  public static let recordPath = "traces/real/keys.silicon.txt"
  private static let firstLine =
    "# Protection keys in user mode, as a real processor decides (sim verify --pku --record)"
  private static let bytesMax = 1 << 20
  /// The voice of this host's own processor.
  static let silicon = "silicon"

  /// The host's own processor.
  ///
  /// - Throws: ``MachineRefusal`` where it cannot be asked, or has no keys.
  static func host() throws(MachineRefusal) -> UserKeyRun {
    let host = try SiliconHost()
    guard host.hasProtectionKeys else {
      throw MachineRefusal(
        problem: "this host gives programs no protection keys (ospke in /proc/cpuinfo)",
        remedy: "run it on Intel Skylake-SP, AMD Zen 3 or later")
    }
    let key = host.keys[0]
    let hasXRSTOR = SiliconHost.leaf(1).ecx >> 27 & 1 != 0
    var run = UserKeyRun(voice: silicon, key: key, results: [:])
    let offset = SiliconHost.leaf(13, 9).ebx
    for trial in UserKeyTrial.all where hasXRSTOR || !trial.needsXRSTOR {
      let program = trial.program(key: key, offset: offset)
      host.setProgram(0, program.page)
      _ = host.memory(0).initializeMemory(as: UInt8.self, repeating: 0)
      host.setCase(0, program.starts[0].silicon, program: 0, memory: 0)
      try host.run(1)
      run.results[trial.name] = trial.result(host.outcome(0))
    }
    return run
  }

  /// The simulator, with user pages of this key.
  static func simulator(key: UInt32) throws -> UserKeyRun {
    let cpuid = CPUIDModel(clockHz: 1_000_000_000)
    let simulator = try SimulatedUser(keys: [key, key], cpuid: cpuid)
    let hasXRSTOR = NativeFeatures(of: cpuid).contains(.xsave)
    let offset = cpuid.leaf(13, 9, cr4: 0).ebx
    var run = UserKeyRun(voice: KeyMatrixReport.simulator, key: key, results: [:])
    let contents = [UInt8](repeating: 0, count: NativePlace.writableBytes)
    for trial in UserKeyTrial.all where hasXRSTOR || !trial.needsXRSTOR {
      let program = trial.program(key: key, offset: offset)
      simulator.load(program.page)
      let outcome = contents.withUnsafeBytes { simulator.run(program.starts[0].silicon, $0) }
      run.results[trial.name] = trial.result(outcome)
    }
    return run
  }

  /// Where it differs from the manual, a line each.
  var disagreements: [String] {
    UserKeyTrial.all.compactMap { trial in
      guard let result = results[trial.name], result != trial.expected(key: key) else { return nil }
      return "\(voice): \(trial.name) in user mode: \(result), by the manual \(trial.expected(key: key))"
    }
  }

  var equalCount: Int { results.count - disagreements.count }

  // MARK: Records

  /// Reads what another host's processor decided.
  ///
  /// - Throws: ``OutputError`` with what is wrong in the file.
  static func recorded(path: String) throws(OutputError) -> UserKeyRun {
    guard let data = FileManager.default.contents(atPath: path), data.count <= bytesMax else {
      throw OutputError(path: path, problem: "cannot be read")
    }
    var run = UserKeyRun(voice: "silicon, recorded", key: 0, results: [:])
    let known = Set(UserKeyTrial.all.map(\.name))
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    guard lines.first == firstLine else { throw OutputError(path: path, problem: "is no record of protection keys") }
    for line in lines.dropFirst() {
      if line.hasPrefix("# processor: ") { run.voice = "silicon, recorded on \(line.dropFirst(13))" }
      if line.hasPrefix("#") { continue }
      let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      guard parts.count == 2 else { throw OutputError(path: path, problem: "\"\(line)\" is no result") }
      if parts[0] == "key", let key = UInt32(parts[1]), (1...15).contains(key) {
        run.key = key
      } else if known.contains(parts[0]) {
        run.results[parts[0]] = parts[1]
      } else {
        throw OutputError(path: path, problem: "\"\(parts[0])\" is no trial")
      }
    }
    guard run.key != 0, !run.results.isEmpty else {
      throw OutputError(path: path, problem: "names no key, or no result")
    }
    return run
  }

  /// Writes a record of this host's processor into `folder`, and returns its path.
  public func write(into folder: String, host: HostDescription = HostDescription()) throws -> String {
    var lines = [Self.firstLine, "# processor: \(host.processor)", "# kernel: \(host.kernel)", "key: \(key)"]
    lines += UserKeyTrial.all.compactMap { trial in results[trial.name].map { "\(trial.name): \($0)" } }
    let path = "\(folder)/" + (Self.recordPath.split(separator: "/").last.map(String.init) ?? "")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    return path
  }
}
