import EBPFEngine

extension BPFTool {
  /// The program as assembly text.
  ///
  /// - Parameter isJSON: the text is a member of a JSON object.
  public static func disassemble(
    _ file: String, program: String? = nil, isJSON: Bool = false
  ) throws(ToolError) -> CommandResult {
    let text = Disassembler.disassemble(try ProgramFile.load(file, named: program).program)
    let output = isJSON ? try encode(Listing(file: file, assembly: String(decoding: text, as: UTF8.self))) : text
    return CommandResult(standardOutput: output, status: ExitStatus.success)
  }

  private struct Listing: Encodable {
    var file: String
    var assembly: String
  }
}
