import ArgumentParser
import Glibc
import InstructionFuzz

/// `Scripts/fuzz instructions`.
@main struct InstructionFuzzer: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "instruction-fuzz",
    abstract: "Executes drawn and systematic instruction bytes on the simulator's processor.",
    discussion: "Exit status: 0 nothing found; 1 something found; 2 wrong usage.")

  @Option(help: "How many drawn cases.") var seeds: UInt64 = 0
  @Option(help: "The first seed.") var firstSeed: UInt64 = 1
  @Flag(help: "Every opcode of one to three bytes, ModRM byte and prefix, in every mode.") var scan = false
  @Flag(help: "The scan with one memory form of each kind in place of all.") var reduced = false
  @Option(help: "Every Nth group of 256 cases of the scan.") var every: UInt64 = 1
  @Option(help: "Give up when 64 cases take longer than this many seconds.") var patience: UInt32 = 60

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let code as ExitCode {
      Glibc.exit(code.rawValue)
    } catch {
      let isAnswer = exitCode(for: error) == .success
      Terminal.say(fullMessage(for: error) + "\n")
      Glibc.exit(isAnswer ? 0 : 2)
    }
  }

  func validate() throws {
    guard every > 0, patience > 0 else { throw ValidationError("--every and --patience take at least 1") }
    guard seeds > 0 || scan else { throw ValidationError("nothing to do: give --seeds N or --scan") }
  }

  func run() throws {
    let fuzzing = Fuzzing()
    Watchdog(fuzzing, patienceSeconds: patience).start()
    let processor = try FuzzedProcessor()
    var found = false
    if seeds > 0 {
      var report = FuzzReport()
      let range = firstSeed..<firstSeed + seeds
      let source = RandomCases(count: range.upperBound)
      try fuzzing.run(source, range, on: processor, into: &report) {
        Terminal.show(source.name, $0 - range.lowerBound, of: seeds)
      }
      found = Terminal.conclude("\(seeds) seeds from \(firstSeed)", report) || found
    }
    if scan { found = try runScan(fuzzing, processor) || found }
    if found { throw ExitCode(1) }
  }

  private func runScan(_ fuzzing: Fuzzing, _ processor: FuzzedProcessor) throws -> Bool {
    var found = false
    for mode in InstructionMode.allCases {
      var report = FuzzReport()
      let source = ScanCases(mode: mode, isReduced: reduced)
      // Groups are opcodes; each mode takes others, so that all are met with each prefix somewhere.
      for group in stride(from: UInt64(mode.rawValue) % every, to: source.count >> 8, by: Int(every)) {
        if group & 15 == 0 || every > 16 { Terminal.show(source.name, group << 8, of: source.count) }
        try fuzzing.run(source, group << 8..<(group + 1) << 8, on: processor, into: &report)
      }
      found = Terminal.conclude(source.name, report) || found
    }
    return found
  }
}
