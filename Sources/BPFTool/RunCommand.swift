import EBPFEngine

/// `run FILE [--section NAME] [--mem HEX | --argument TEXT] [--budget N]`: r1 is the address of the memory and r2 its
/// length; prints r0. Without `--mem` the memory is what `bpf_exec FILE TEXT` gives a program.
enum RunCommand {
  static let defaultBudget: UInt64 = 100_000_000

  static func run(_ arguments: [String]) throws(ToolError) -> CommandResult {
    let options = try Options(arguments, known: ["--mem", "--argument", "--budget", "--section"])
    let memory = try memory(options)
    guard let budget = options["--budget"].map(UInt64.init) ?? defaultBudget else {
      throw ToolError(message: "--budget takes a number of instructions")
    }
    let loaded = try ProgramFile.load(options.file(), named: options["--section"])
    return try ProgramRun.run(loaded, memory: memory, budget: budget, helpers: .uio, prefix: "0x")
  }

  private static func memory(_ options: Options) throws(ToolError) -> [UInt8] {
    if let digits = options["--mem"] {
      guard options["--argument"] == nil else { throw ToolError(message: "--mem and --argument exclude each other") }
      guard let bytes = HexadecimalBytes.parse(digits.utf8) else {
        throw ToolError(message: "--mem takes pairs of hexadecimal digits")
      }
      return bytes
    }
    let text = Array((options["--argument"] ?? "").utf8)
    guard text.count <= ProgramContext.maximumTextSize else {
      throw ToolError(message: "--argument takes \(ProgramContext.maximumTextSize) bytes at most")
    }
    return text + [UInt8](repeating: 0, count: ProgramContext.size - text.count)
  }
}
