import Foundation

/// Comma-separated values as RFC 4180 has them.
public enum CommaSeparated {
  /// One line without its end.
  public static func line(_ fields: [String]) -> String {
    fields.map { field in
      let isPlain = field.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x2c }
      return isPlain ? field : "\"\(field.replacing("\"", with: "\"\""))\""
    }.joined(separator: ",")
  }
}
