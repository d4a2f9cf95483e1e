import Foundation
import Processes

extension Disassembly {
  /// The first instructions of many pieces of code of 64 bits, by one call of the tool: see ``text(of:)``.
  ///
  /// - Parameter codes: up to 15 bytes each, as many as an instruction has at most.
  /// - Returns: by their code, those that are known.
  public static func texts(of codes: Set<[UInt8]>) -> [[UInt8]: String] {
    let codes = codes.filter { (1...15).contains($0.count) }.sorted { $0.lexicographicallyPrecedes($1) }
    guard !codes.isEmpty, let program = InstalledProgram.url(named: tool) else { return [:] }
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (file, errors) = (folder.appending(path: "bytes"), folder.appending(path: "errors"))
    // A line for each: the code, so many instructions of a byte that whatever its last bytes begin has an end, and more marks than a
    // code has room for.
    let lines = codes.map { code in
      (code + [UInt8](repeating: nop, count: 15) + Array(repeatElement(mark, count: marks).joined())).map {
        "0x" + String($0, radix: 16)
      }.joined(separator: " ")
    }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(lines.joined(separator: "\n").utf8).write(to: file)
      try Data().write(to: errors)
      let messages = try FileHandle(forWritingTo: errors)
      defer { try? messages.close() }
      let output = try ChildProcess.run(
        program, ["--disassemble", "--triple=x86_64", "--output-asm-variant=1", file.path],
        errors: .descriptor(messages.fileDescriptor)
      ).output
      return read(
        String(decoding: output, as: UTF8.self), errors: try String(contentsOf: errors, encoding: .utf8), of: codes)
    } catch {
      return [:]
    }
  }

  private static let nop: UInt8 = 0x90
  /// MOV EAX, 0x6b72616d.
  private static let mark: [UInt8] = [0xb8, 0x6d, 0x61, 0x72, 0x6b]
  private static let markText = "mov eax, 1802658157"
  private static let marks = 4

  /// - Parameter errors: name by line and column what is no instruction.
  static func read(_ output: String, errors: String, of codes: [[UInt8]]) -> [[UInt8]: String] {
    let unknown = Set(errors.matches(of: /:(\d+):1: warning/).compactMap { Int($0.output.1) })
    let instructions = output.split(separator: "\n").map { line in
      line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }.filter { !$0.hasPrefix(".") }
    var texts: [[UInt8]: String] = [:]
    var (index, seen, isFirst) = (0, 0, true)
    for instruction in instructions {
      if isFirst, index < codes.count, !unknown.contains(index + 1) { texts[codes[index]] = instruction }
      isFirst = false
      seen = instruction == markText ? seen + 1 : 0
      guard seen == marks else { continue }
      (index, seen, isFirst) = (index + 1, 0, true)
    }
    return texts
  }
}
