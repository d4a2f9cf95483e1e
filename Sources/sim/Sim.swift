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
        sim validate scenarios/*.json           check without running
        sim record FILE -o x.trace              run and record
        sim replay x.trace                      run again, compare every event
        sim diff a.trace b.trace                the first event that differs
        sim inspect x.trace                     what a trace holds
        sim snapshot FILE --at 2ms -o x         run up to a point, save everything
        sim resume x                            go on from there
        sim verify FILE --against qemu-tcg      beside real engines
        sim bench                               the speed beside QEMU's

      EXIT CODES
         0  passed
         1  an expectation failed
         2  wrong usage or input
        70  the simulator contradicts itself
      """,
    version: simulatorVersion,
    subcommands: [
      RunCommand.self, ValidateCommand.self, RecordCommand.self, ReplayCommand.self, SnapshotCommand.self,
      ResumeCommand.self, DiffCommand.self, InspectCommand.self, VerifyCommand.self, BenchCommand.self, BPFCommand.self,
    ]
  )

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let problem as InputError {
      FileHandle.standardError.write(Data("\(problem.description)\n".utf8))
      Foundation.exit(ExitStatus.badInput)
    } catch {
      // Help and version are "errors" that ask for 0, results bring their own code; everything else is wrong usage.
      let code = exitCode(for: error)
      let isAnswer = code == .success
      let text = fullMessage(for: error)
      if !text.isEmpty && !(error is ExitCode) {
        (isAnswer ? FileHandle.standardOutput : .standardError).write(Data("\(text)\n".utf8))
      }
      Foundation.exit(isAnswer ? 0 : error is ExitCode ? code.rawValue : ExitStatus.badInput)
    }
  }
}

/// The exit codes of all subcommands.
enum ExitStatus {
  static let badInput: Int32 = 2
}

/// Something that the user gave and that can't be used; the description is all that is shown.
struct InputError: Error, CustomStringConvertible {
  var description: String
}
