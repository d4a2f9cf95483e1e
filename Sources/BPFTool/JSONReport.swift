import Foundation
import TerminalText

/// A report as JSON, for people too.
func encode(_ report: some Encodable) throws(ToolError) -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
  do {
    // The encoder leaves DEL, C1 and format characters as they are; outside of strings there are none.
    return Array((String(decoding: try encoder.encode(report), as: UTF8.self).terminalText + "\n").utf8)
  } catch {
    throw ToolError(message: "the report cannot be written as JSON")
  }
}
