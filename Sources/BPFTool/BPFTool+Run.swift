import EBPFEngine
import Hexadecimal

/// What a program finds at the address in r1.
public enum ProgramMemory: Equatable, Sendable {
  /// The context that `bpf_exec FILE TEXT` makes in the guest: the text, and zeros up to the context's size.
  case argument(String)
  /// Bytes in pairs of hexadecimal digits; blanks between them are allowed.
  case hexadecimal(String)
}

/// How a program is run.
public struct RunOptions: Sendable {
  /// The section or function of an object; the first if none is given.
  public var program: String?
  public var memory = ProgramMemory.argument("")
  /// What the program is taken for: that decides about helpers, and about the context where no memory is given.
  public var context = ContextChoice.uio
  /// The packet that the context leads to, in pairs of hexadecimal digits.
  public var packet = ""
  /// Entries that maps have at the start.
  public var entries: [MapEntry] = []
  /// File with the types of the target.
  public var types: String?
  /// The instructions that it may take.
  public var budget = BPFTool.defaultBudget
  /// It runs translated to machine code.
  public var isTranslated = false

  public init(memory: ProgramMemory = .argument(""), budget: UInt64 = BPFTool.defaultBudget) {
    self.memory = memory
    self.budget = budget
  }
}

extension BPFTool {
  /// Runs a program unverified, with every check: r1 is the address of the memory and, for uIO's, r2 its length; gives r0.
  public static func run(_ file: String, _ options: RunOptions = RunOptions()) throws(ToolError) -> ProgramResult {
    let loaded = try ProgramFile.load(file, named: options.program, types: options.types)
    let type = options.context.type(ofSection: loaded.section)
    guard let packet = HexadecimalBytes.parse(options.packet.utf8) else {
      throw ToolError(message: "--packet takes pairs of hexadecimal digits")
    }
    guard packet.isEmpty || type.context.contains(where: { $0.content == .packet }) else {
      throw ToolError(message: "--packet: programs of the type \(type.name) get no packet; --context linux-xdp does")
    }
    var setup = RunSetup(memory: try bytes(of: options.memory, type), budget: options.budget)
    setup.packet = packet
    setup.type = type
    setup.context = options.context
    setup.helpers = type.isOfUIO ? .uio : .linux
    setup.isTranslated = options.isTranslated
    setup.entries = options.entries
    return try ProgramRun.run(loaded, setup)
  }

  private static func bytes(of memory: ProgramMemory, _ type: ProgramType) throws(ToolError) -> [UInt8] {
    switch memory {
    case .hexadecimal(let digits):
      guard let bytes = HexadecimalBytes.parse(digits.utf8) else {
        throw ToolError(message: "--mem takes pairs of hexadecimal digits")
      }
      // A context of Linux has its size, whatever of it is said.
      let missing = type.isOfUIO ? 0 : max(type.contextSize - bytes.count, 0)
      return bytes + [UInt8](repeating: 0, count: missing)
    case .argument(let argument):
      guard type.isOfUIO else {
        guard argument.isEmpty else { throw ToolError(message: "--argument is for programs of uIO; use --mem") }
        return [UInt8](repeating: 0, count: type.contextSize)
      }
      let text = Array(argument.utf8)
      guard text.count <= ProgramContext.maximumTextSize else {
        throw ToolError(message: "--argument takes \(ProgramContext.maximumTextSize) bytes at most")
      }
      return text + [UInt8](repeating: 0, count: ProgramContext.size - text.count)
    }
  }
}
