import EBPFEngine

extension BPFTool {
  /// The program as assembly text.
  ///
  /// - Parameters:
  ///   - isGraph: the control flow instead, for Graphviz.
  ///   - isJSON: the text is a member of a JSON object.
  public static func disassemble(
    _ file: String, program: String? = nil, isGraph: Bool = false, isJSON: Bool = false
  ) throws(ToolError) -> CommandResult {
    let program = try ProgramFile.load(file, named: program).program
    let text = isGraph ? Array(FlowGraph(program).dot.utf8) : Disassembler.disassemble(program)
    let content = String(decoding: text, as: UTF8.self)
    let listing = Listing(file: file, assembly: isGraph ? nil : content, graph: isGraph ? content : nil)
    let output = isJSON ? try encode(listing) : text
    return CommandResult(standardOutput: output, status: ExitStatus.success)
  }

  private struct Listing: Encodable {
    var file: String
    var assembly: String?
    var graph: String?
  }
}
