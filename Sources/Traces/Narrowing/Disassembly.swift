import Foundation
import Processes
import SimCPU

/// The instruction that bytes encode, in Intel's notation.
public enum Disassembly {
  static let tool = "llvm-mc"
  /// L of a code segment's attributes, D (default size 32) beside it (SDM volume 3, 3.4.5).
  private static let (longMode, defaultSize32) = (1 << 21, 1 << 22) as (UInt64, UInt64)

  /// - Parameter registers: tell the mode.
  /// - Returns: nil if llvm-mc is not installed, or knows no such instruction.
  static func text(of code: [UInt8], in registers: RegisterFile) -> String? {
    guard !code.isEmpty, let program = InstalledProgram.url(named: tool), let attributes = registers["cs.attributes"]
    else {
      return nil
    }
    let protected = attributes & defaultSize32 != 0 ? "i386" : "i386-unknown-unknown-code16"
    return text(of: code, target: attributes & longMode != 0 ? "x86_64" : protected, with: program)
  }

  /// The same for code of 64 bits.
  public static func text(of code: [UInt8]) -> String? {
    guard !code.isEmpty, let program = InstalledProgram.url(named: tool) else { return nil }
    return text(of: code, target: "x86_64", with: program)
  }

  private static func text(of code: [UInt8], target: String, with program: URL) -> String? {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).bytes")
    defer { try? FileManager.default.removeItem(at: file) }
    let bytes = code.map { "0x" + String($0, radix: 16) }.joined(separator: " ")
    guard (try? Data(bytes.utf8).write(to: file)) != nil else { return nil }
    let arguments = ["--disassemble", "--triple=\(target)", "--output-asm-variant=1", file.path]
    guard let output = try? ChildProcess.run(program, arguments).output else { return nil }
    // The bytes may hold several instructions; directives are indented as these are, and begin with a dot.
    let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
    let words = lines.map { $0.split(whereSeparator: \.isWhitespace) }.first { $0.first?.hasPrefix(".") == false }
    return words?.joined(separator: " ")
  }
}
