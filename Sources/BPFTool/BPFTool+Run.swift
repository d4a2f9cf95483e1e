import EBPFEngine
import Hexadecimal

/// What a program finds at the address in r1.
public enum ProgramMemory: Equatable, Sendable {
  /// The context that `bpf_exec FILE TEXT` makes in the guest: the text, and zeros up to the context's size.
  case argument(String)
  /// Bytes in pairs of hexadecimal digits; blanks between them are allowed.
  case hexadecimal(String)
}

extension BPFTool {
  /// Runs a program unverified, with every check: r1 is the address of the memory and r2 its length; gives r0.
  ///
  /// - Parameter budget: the instructions that it may take.
  public static func run(
    _ file: String, program: String? = nil, memory: ProgramMemory = .argument(""), budget: UInt64 = defaultBudget
  ) throws(ToolError) -> ProgramResult {
    let memory = try bytes(of: memory)
    let loaded = try ProgramFile.load(file, named: program)
    return try ProgramRun.run(loaded, memory: memory, budget: budget, helpers: .uio)
  }

  private static func bytes(of memory: ProgramMemory) throws(ToolError) -> [UInt8] {
    switch memory {
    case .hexadecimal(let digits):
      guard let bytes = HexadecimalBytes.parse(digits.utf8) else {
        throw ToolError(message: "--mem takes pairs of hexadecimal digits")
      }
      return bytes
    case .argument(let argument):
      let text = Array(argument.utf8)
      guard text.count <= ProgramContext.maximumTextSize else {
        throw ToolError(message: "--argument takes \(ProgramContext.maximumTextSize) bytes at most")
      }
      return text + [UInt8](repeating: 0, count: ProgramContext.size - text.count)
    }
  }
}
