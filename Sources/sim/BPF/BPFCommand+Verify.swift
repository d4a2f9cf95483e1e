import ArgumentParser
import BPFTool

extension BPFCommand {
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract: "Judge every program of a file as the guest does when it loads it (docs/bpf-verifier.md).",
      discussion: """
        EXAMPLES
          sim bpf verify .build/extensions/hello.bpf.o
          sim bpf verify .build/extensions/histogram.bpf.o --section bucket
          sim bpf verify six.s --format json
          sim bpf verify large.o --limits host
          sim bpf verify six.s --log
          sim bpf verify xdp.o --context linux-xdp
          sim bpf verify tracing.o --context linux --btf vmlinux.btf

        EXIT CODES
          0  all are accepted    1  one is refused    2  the file is no program
        """)

    @Argument(
      help: "An ELF object, assembly (.s, .asm), or raw instructions.",
      completion: .file(extensions: ["o", "s", "asm", "bin"]))
    var file: String

    @Option(help: "A section of an object, all of whose programs are judged, or a function; all if none is given.")
    var section: String?

    @Option(
      help: ArgumentHelp(
        "What the programs are taken for, which decides about context and helpers.",
        discussion: ContextChoice.all.map { "\($0.name): \($0.summary)" }.joined(separator: "\n")))
    var context = ContextChoice.uio

    @Option(
      help: "The types of the target, for objects relocated against them (CO-RE): an ELF file with BTF, or BTF itself.",
      completion: .file(extensions: ["btf", "o"]))
    var btf: String?

    @Option(help: "How much work a verdict may take: what the guest spends, or what Linux does (guest or host).")
    var limits = LimitSet.guest

    @Flag(help: "Show every instruction that is explored, with what is known before it.")
    var log = false

    @Option(help: "How the verdicts are printed: text or json.")
    var format = OutputFormat.text

    func run() throws {
      try show { () throws(ToolError) in
        var options = VerifyOptions()
        options.section = section
        options.context = context
        options.limits = limits
        options.types = btf
        options.isLogged = log
        options.isJSON = format == .json
        return try BPFTool.verify(file, options)
      }
    }
  }
}

extension LimitSet: ExpressibleByArgument {}

extension ContextChoice: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }

  public var defaultValueDescription: String {
    switch self {
    case .type(let name): name
    case .bySection: "linux"
    }
  }

  public static var allValueStrings: [String] { all.map(\.name) }
}
