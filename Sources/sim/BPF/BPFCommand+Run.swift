import ArgumentParser
import BPFTool

extension BPFCommand {
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run",
      abstract: "Run a program unverified, with every check, and print r0.",
      discussion: """
        The program gets the address of its memory in r1 and the length in r2. Without --mem the memory is the context
        that bpf_exec gives a program in the guest. A program of Linux (--context) gets its context in r1, zeros but for
        --mem and the addresses of --packet.

        EXAMPLES
          sim bpf run .build/extensions/hello.bpf.o --argument world
          sim bpf run six.s
          sim bpf run six.bin --mem 'aa bb cc' --budget 1000 --format json
          sim bpf run xdp.o --context linux-xdp --packet 'ff ff ff ff ff ff' --jit
          sim bpf run count.o --map 'counts:01000000=0500000000000000' --maps

        EXIT CODES
          0  it returned    1  a fault stopped it    2  wrong usage, or the file is no program
        """)

    @OptionGroup var program: BPFProgramOptions

    @Option(help: "The memory, in pairs of hexadecimal digits.")
    var mem: String?

    @Option(parsing: .unconditional, help: "The text in the program's context.")
    var argument: String?

    @Option(help: "What the program is taken for, as for sim bpf verify.")
    var context = ContextChoice.uio

    @Option(help: "The packet that the context leads to, in pairs of hexadecimal digits.")
    var packet = ""

    @Option(
      help: "An entry that a map has at the start, MAP:KEY=VALUE in hexadecimal digits; again for more entries.",
      transform: { text in
        guard let entry = MapEntry(text) else { throw ValidationError("'\(text)' is not MAP:KEY=VALUE") }
        return entry
      })
    var map: [MapEntry] = []

    @Flag(help: "Show afterwards what the maps hold.")
    var maps = false

    @Flag(help: "Run it translated to machine code.")
    var jit = false

    @Option(help: "The types of the target, as for sim bpf verify.", completion: .file(extensions: ["btf", "o"]))
    var btf: String?

    @Option(help: "The instructions that it may take.")
    var budget = BPFTool.defaultBudget

    @Option(help: "text, or json: one object with \"output\", \"returned\" or \"fault\", and \"maps\".")
    var format = OutputFormat.text

    func validate() throws {
      guard mem == nil || argument == nil else { throw ValidationError("--mem and --argument exclude each other") }
    }

    func run() throws {
      let memory = mem.map { ProgramMemory.hexadecimal($0) } ?? .argument(argument ?? "")
      try show { () throws(ToolError) in
        var options = RunOptions()
        options.program = program.section
        options.memory = memory
        options.context = context
        options.packet = packet
        options.entries = map
        options.types = btf
        options.budget = budget
        options.isTranslated = jit
        let result = try BPFTool.run(program.file, options)
        return format == .json ? try result.json(file: program.file) : result.text(showsMaps: maps)
      }
    }
  }
}
