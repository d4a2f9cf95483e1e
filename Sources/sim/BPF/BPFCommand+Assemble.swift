import ArgumentParser
import BPFTool

extension BPFCommand {
  struct Assemble: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "asm",
      abstract: "Assemble a program into raw instructions.",
      discussion: """
        EXAMPLES
          sim bpf asm six.s -o six.bin
          sim bpf asm six.s | xxd
        """)

    @Argument(help: "Assembly (docs/bpf-assembly.md).", completion: .file(extensions: ["s", "asm"]))
    var file: String

    @Option(
      name: .shortAndLong, help: "Where the instructions go; standard output if that is no terminal.",
      completion: .file(extensions: ["bin"]))
    var output: String?

    func run() throws {
      try show { () throws(ToolError) in
        try BPFTool.assemble(file, to: output, outputIsTerminal: StandardOutput.isTerminal)
      }
    }
  }

  struct Disassemble: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "disasm",
      abstract: "Show a program as assembly.",
      discussion: """
        EXAMPLES
          sim bpf disasm six.bin
          sim bpf disasm .build/extensions/histogram.bpf.o --section exec
        """)

    @OptionGroup var program: BPFProgramOptions

    @Flag(help: "Show the control flow instead: blocks and what leads where, for dot of Graphviz.")
    var graph = false

    @Option(help: "text, or json: one object with \"assembly\", or \"graph\".")
    var format = OutputFormat.text

    func run() throws {
      try show { () throws(ToolError) in
        try BPFTool.disassemble(program.file, program: program.section, isGraph: graph, isJSON: format == .json)
      }
    }
  }
}
