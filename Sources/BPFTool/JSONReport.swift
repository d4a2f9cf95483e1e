import Foundation

/// A report as JSON, for people too.
func encode(_ report: some Encodable) throws(ToolError) -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
  do { return [UInt8](try encoder.encode(report)) + [UInt8(ascii: "\n")] } catch {
    throw ToolError(message: "the report cannot be written as JSON")
  }
}
