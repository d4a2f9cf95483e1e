import EBPFEngine
import Hexadecimal
import TerminalText

/// How a run of a program ended.
public struct ProgramResult: Equatable, Sendable {
  public enum End: Equatable, Sendable {
    /// r0.
    case returned(UInt64)
    /// Where and why it was stopped.
    case fault(String)
  }

  /// What the helpers `puts` and `notify` wrote.
  public var output: [UInt8]
  public var end: End

  /// The exit status of a command that shows this.
  public var status: Int32 {
    if case .fault = end { ExitStatus.refused } else { ExitStatus.success }
  }

  /// As text: the output with its control characters written out, and r0 in hexadecimal, a fault beside it.
  ///
  /// - Parameter prefix: comes before r0's digits.
  public func text(prefix: String = "0x") -> CommandResult {
    let output = Array(String(decoding: output, as: UTF8.self).terminalText.utf8)
    return switch end {
    case .returned(let value):
      CommandResult(standardOutput: output + Array("\(prefix)\(String(value, radix: 16))\n".utf8), status: status)
    case .fault(let reason): CommandResult(standardOutput: output, standardError: reason, status: status)
    }
  }

  private struct Report: Encodable {
    var file: String
    var output: String
    var returned: String?
    var fault: String?
  }

  /// The same as one JSON object, about a file: `output`, and `returned` in hexadecimal or `fault`.
  public func json(file: String) throws(ToolError) -> CommandResult {
    var report = Report(file: file, output: String(decoding: output, as: UTF8.self))
    switch end {
    case .returned(let value): report.returned = value.hexadecimal
    case .fault(let reason): report.fault = reason
    }
    return CommandResult(standardOutput: try encode(report), status: status)
  }
}
