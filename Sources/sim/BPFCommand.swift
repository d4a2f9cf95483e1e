import ArgumentParser
import BPFTool
import Foundation

struct BPFCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bpf",
    abstract: "Assemble, disassemble, verify and run eBPF programs; `sim bpf help` tells how."
  )

  @Argument(parsing: .captureForPassthrough, help: "A subcommand and its arguments.")
  var arguments: [String] = []

  func run() throws {
    let result = BPFTool.run(arguments, outputIsTerminal: StandardOutput.isTerminal) {
      [UInt8]((try? FileHandle.standardInput.readToEnd()) ?? Data())
    }
    StandardOutput.write(result.standardOutput)
    StandardError.write(result.standardError)
    if result.status != 0 { throw ExitCode(result.status) }
  }
}
