import EBPFEngine
import Hexadecimal

extension BPFTool {
  /// The plugin protocol of the public BPF conformance suite: the program as hexadecimal bytes on standard input, memory
  /// as hexadecimal bytes in the first argument, r0 in hexadecimal on standard output.
  ///
  /// - Parameters:
  ///   - isObject: the program is an ELF object.
  ///   - isTranslated: it runs translated to machine code.
  public static func runConformance(
    _ input: [UInt8], memory digits: String, isObject: Bool = false, isTranslated: Bool = false
  ) throws(ToolError) -> CommandResult {
    guard let memory = HexadecimalBytes.parse(digits.utf8) else {
      throw ToolError(message: "the memory is not a sequence of hexadecimal bytes")
    }
    guard let bytes = HexadecimalBytes.parse(input) else {
      throw ToolError(message: "the program is not a sequence of hexadecimal bytes")
    }
    let loaded = try ProgramFile.parse(bytes, isObject: isObject, named: nil)
    var setup = RunSetup(memory: memory, helpers: .conformance, budget: defaultBudget)
    setup.isTranslated = isTranslated
    let result = try ProgramRun.run(loaded, setup)
    return result.text(prefix: "")
  }
}
