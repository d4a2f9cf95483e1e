import EBPFEngine

/// `run FILE [--section NAME] [--mem HEX] [--budget N]`: r1 is the address of the memory and r2 its length; prints r0.
enum RunCommand {
  static let defaultBudget: UInt64 = 100_000_000

  static func run(_ arguments: [String]) throws(ToolError) -> CommandResult {
    let options = try Options(arguments, known: ["--mem", "--budget", "--section"])
    guard let memory = HexadecimalBytes.parse((options["--mem"] ?? "").utf8) else {
      throw ToolError(message: "--mem takes pairs of hexadecimal digits")
    }
    guard let budget = options["--budget"].map(UInt64.init) ?? defaultBudget else {
      throw ToolError(message: "--budget takes a number of instructions")
    }
    let loaded = try ProgramFile.load(options.file(), named: options["--section"])
    return try ProgramRun.run(loaded, memory: memory, budget: budget, helpers: .uio, prefix: "0x")
  }
}
