/// Why a command has no result: wrong input, or an output that can't be written.
public struct ToolError: Error, Equatable, Sendable, CustomStringConvertible {
  /// As the user named it.
  public var file: String?
  /// Of assembly; from 1, as the column, which counts bytes.
  public var line: Int?
  public var column: Int?
  public var message: String

  init(file: String? = nil, line: Int? = nil, column: Int? = nil, message: String) {
    (self.file, self.line, self.column, self.message) = (file, line, column, message)
  }

  /// The same about a file.
  func about(_ file: String) -> ToolError {
    var error = self
    error.file = error.file ?? file
    return error
  }

  /// `FILE:LINE:COLUMN: message`.
  public var description: String {
    let place = [file, line.map(String.init), column.map(String.init)].compactMap { $0 }.joined(separator: ":")
    return place.isEmpty ? message : "\(place): \(message)"
  }
}
