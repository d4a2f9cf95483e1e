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
  /// What the maps that programs can write to hold afterwards.
  var maps: [MapContents] = []

  init(output: [UInt8], end: End) {
    self.output = output
    self.end = end
  }

  /// The exit status of a command that shows this.
  public var status: Int32 {
    if case .fault = end { ExitStatus.refused } else { ExitStatus.success }
  }

  /// As text: the output with its control characters written out, and r0 in hexadecimal, a fault beside it.
  ///
  /// - Parameters:
  ///   - prefix: comes before r0's digits.
  ///   - showsMaps: what maps hold follows.
  public func text(prefix: String = "0x", showsMaps: Bool = false) -> CommandResult {
    let contents = showsMaps ? Array(maps.map(\.text).joined().utf8) : []
    let output = Array(String(decoding: output, as: UTF8.self).terminalText.utf8)
    return switch end {
    case .returned(let value):
      CommandResult(
        standardOutput: output + Array("\(prefix)\(String(value, radix: 16))\n".utf8) + contents, status: status)
    case .fault(let reason): CommandResult(standardOutput: output + contents, standardError: reason, status: status)
    }
  }

  private struct Report: Encodable {
    var file: String
    var output: String
    var returned: String?
    var fault: String?
    var maps: [MapContents]?
  }

  /// The same as one JSON object, about a file: `output`, and `returned` in hexadecimal or `fault`, and `maps`.
  public func json(file: String) throws(ToolError) -> CommandResult {
    var report = Report(file: file, output: String(decoding: output, as: UTF8.self))
    if !maps.isEmpty { report.maps = maps }
    switch end {
    case .returned(let value): report.returned = value.hexadecimal
    case .fault(let reason): report.fault = reason
    }
    return CommandResult(standardOutput: try encode(report), status: status)
  }
}
