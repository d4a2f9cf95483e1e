import EBPFEngine

extension BPFTool {
  /// The program as assembly text, with the lines of the source where an object tells them.
  ///
  /// - Parameters:
  ///   - isGraph: the control flow instead, for Graphviz.
  ///   - isJSON: the text is a member of a JSON object.
  public static func disassemble(
    _ file: String, program: String? = nil, isGraph: Bool = false, isJSON: Bool = false
  ) throws(ToolError) -> CommandResult {
    let loaded = try ProgramFile.load(file, named: program)
    let program = loaded.program
    let text = isGraph ? Array(FlowGraph(program).dot.utf8) : Array(listing(program, loaded.lines).utf8)
    let content = String(decoding: text, as: UTF8.self)
    let listing = Listing(file: file, assembly: isGraph ? nil : content, graph: isGraph ? content : nil)
    let output = isJSON ? try encode(listing) : text
    return CommandResult(standardOutput: output, status: ExitStatus.success)
  }

  /// One line an instruction; before the first of each line of the source that line, as a comment of the assembly.
  private static func listing(_ program: Program, _ lines: SourceLines) -> String {
    var listing = ""
    for instruction in program.instructions {
      if let line = lines.line(startingAt: Int(instruction.slot)) { listing += "\(Verdict.Source(line).comment)\n" }
      var text = TextWriter()
      Disassembler.write(instruction, to: &text)
      listing += "\(text.string)\n"
    }
    return listing
  }

  private struct Listing: Encodable {
    var file: String
    var assembly: String?
    var graph: String?
  }
}
