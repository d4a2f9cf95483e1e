import ArgumentParser
import Foundation
import Scenarios

/// The command line: one subcommand a file.
@main
struct Sim: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sim",
    abstract: "A deterministic simulator of an x86-64 machine that runs the uIO unikernel.",
    discussion: """
      EXAMPLES
        sim run scenarios/hello.json            boot, play the script, check
        sim run FILE --format json              the result as one JSON object
        sim run FILE --events e.jsonl           each event as a line of JSON
        sim run *.json --junit report.xml       many, with a report for continuous integration
        sim run FILE --set /budget/time=2s      with something else in the scenario
        sim validate scenarios/*.json           check without running
        sim record FILE -o x.trace              run and record
        sim replay x.trace                      run again, compare every event
        sim diff a.trace b.trace                the first event that differs
        sim inspect x.trace                     what a trace holds
        sim snapshot FILE --at 2ms -o x         run up to a point, save everything
        sim resume x                            go on from there
        sim profile FILE                        where virtual time goes
        sim inject FILE --fault …               one fault, beside the fault-free run
        sim campaign campaigns/FILE             many faults, with statistics
        sim shrink FILE -o small.json           a failing scenario made small
        sim attack-matrix                       published attacks under each isolation design
        sim explore explorations/FILE           many values of a scenario's parameters, compared
        sim verify FILE --against qemu-tcg      beside real engines
        sim bench                               the speed beside QEMU's
        sim costs                               what takes how much virtual time

      EXIT CODES
         0  passed
         1  an expectation failed
         2  wrong usage or input, or the output can't be written
        70  the simulator contradicts itself
        75  try again: another process works on the campaign, or the disk is full
        71  the host has too little of something: memory, open files
       124  not done within --timeout

      With --format json every command prints objects only, also of what went wrong: {"exitCode", "problems"}, where a
      problem has a "message" and, as far as they are known, "file", "line", "column", "path" and "remedy".
      """,
    version: simulatorVersion,
    subcommands: [
      RunCommand.self, ValidateCommand.self, RecordCommand.self, ReplayCommand.self, SnapshotCommand.self,
      ResumeCommand.self, DiffCommand.self, InspectCommand.self, ProfileCommand.self, InjectCommand.self,
      CampaignCommand.self, ShrinkCommand.self, AttackMatrixCommand.self, ExploreCommand.self, VerifyCommand.self,
      BenchCommand.self, CostsCommand.self, BPFCommand.self,
    ]
  )

  static func main() {
    StandardStreams.reserveClosed()
    var status = runCommand()
    do { try StandardOutput.finish() } catch {
      StandardError.show("\(error)")
      // A result that nobody got is no success, but a simulator that contradicts itself is worse.
      status = max(status, ExitStatus.badInput)
    }
    Foundation.exit(status)
  }

  /// - Returns: the exit code.
  private static func runCommand() -> Int32 {
    do {
      try HostLimits.prepare()
      try SubcommandNames.check(CommandLine.arguments.dropFirst())
      var command = try parseAsRoot()
      let progress = ProgressLine().map { line in ProgressObserver { line.show($0) } }
      try ScenarioRun.withProgress(progress) { try command.run() }
      return 0
    } catch let failure as CommandFailure {
      failure.show()
      return failure.status
    } catch let code as ExitCode {
      return code.rawValue
    } catch {
      // Help and version are "errors" that ask for 0; everything else is wrong usage.
      let isAnswer = exitCode(for: error) == .success
      let text = fullMessage(for: error)
      if !isAnswer && OutputFormat.isJSONWanted {
        CommandFailure(wrongUsage: message(for: error)).show()
      } else if !text.isEmpty {
        isAnswer ? StandardOutput.show("\(text)") : StandardError.show("\(text)")
      }
      return isAnswer ? 0 : ExitStatus.badInput
    }
  }
}
