import ArgumentParser
import BPFTool

extension BPFCommand {
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run",
      abstract: "Run a program unverified, with every check, and print r0.",
      discussion: """
        The program gets the address of its memory in r1 and the length in r2. Without --mem the memory is the context
        that bpf_exec gives a program in the guest.

        EXAMPLES
          sim bpf run .build/extensions/hello.bpf.o --argument world
          sim bpf run six.s
          sim bpf run six.bin --mem 'aa bb cc' --budget 1000 --format json

        EXIT CODES
          0  it returned    1  a fault stopped it    2  wrong usage, or the file is no program
        """)

    @OptionGroup var program: BPFProgramOptions

    @Option(help: "The memory, in pairs of hexadecimal digits.")
    var mem: String?

    @Option(parsing: .unconditional, help: "The text in the program's context.")
    var argument: String?

    @Option(help: "The instructions that it may take.")
    var budget = BPFTool.defaultBudget

    @Option(help: "text, or json: one object with \"output\" and \"returned\" or \"fault\".")
    var format = OutputFormat.text

    func validate() throws {
      guard mem == nil || argument == nil else { throw ValidationError("--mem and --argument exclude each other") }
    }

    func run() throws {
      let memory = mem.map { ProgramMemory.hexadecimal($0) } ?? .argument(argument ?? "")
      try show { () throws(ToolError) in
        let result = try BPFTool.run(program.file, program: program.section, memory: memory, budget: budget)
        return format == .json ? try result.json(file: program.file) : result.text()
      }
    }
  }
}
