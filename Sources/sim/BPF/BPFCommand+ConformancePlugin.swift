import ArgumentParser
import BPFTool
import Foundation

extension BPFCommand {
  struct ConformancePlugin: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "conformance-plugin",
      abstract: "Speak the plugin protocol of the public BPF conformance suite.",
      discussion: """
        The program comes as hexadecimal bytes on standard input; r0 goes in hexadecimal to standard output.

        EXAMPLES
          echo 'b7 00 00 00 2a 00 00 00 95 00 00 00 00 00 00 00' | sim bpf conformance-plugin
        """)

    @Argument(help: "The program's memory as hexadecimal bytes.")
    var memory = ""

    @Flag(help: "The program is an ELF object.")
    var elf = false

    @Flag(help: "Run it translated to machine code.")
    var jit = false

    func run() throws {
      let input = [UInt8]((try? FileHandle.standardInput.readToEnd()) ?? Data())
      try show { () throws(ToolError) in
        try BPFTool.runConformance(input, memory: memory, isObject: elf, isTranslated: jit)
      }
    }
  }
}
