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
    if ["help", "--help", "-h"].contains(arguments.first) { return print(BPFTool.usage, terminator: "") }
    let result = BPFTool.run(arguments) {
      [UInt8]((try? FileHandle.standardInput.readToEnd()) ?? Data())
    }
    FileHandle.standardOutput.write(Data(result.standardOutput))
    if !result.standardError.isEmpty { FileHandle.standardError.write(Data(result.standardError.utf8)) }
    if result.status != 0 { throw ExitCode(result.status) }
  }
}
