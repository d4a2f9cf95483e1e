import Foundation
import Hexadecimal
import OutputFiles

/// A program that showed a disagreement, as a file of JSON that shows it again.
public protocol ProgramFile: Codable, Sendable {
  /// What such files are called at their end.
  static var suffix: String { get }
  /// What ``kind`` must be.
  static var kindName: String { get }
  /// What the file holds, for messages: "program for …".
  static var content: String { get }

  var kind: String { get }
  /// Where the program came from.
  var seed: UInt64 { get }
  var index: UInt64 { get }
}

extension ProgramFile {
  private static var bytesMax: Int { 1 << 20 }

  /// - Throws: ``OutputError`` if the file cannot be read, is too large, or is of another kind.
  static func read(path: String) throws(OutputError) -> Self {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw OutputError(path: path, problem: "cannot be read")
    }
    guard data.count <= bytesMax else { throw OutputError(path: path, problem: "is larger than any program") }
    let file: Self
    do { file = try JSONDecoder().decode(Self.self, from: data) } catch {
      throw OutputError(path: path, problem: "is no \(content): \((error as? DecodingError)?.place ?? "\(error)")")
    }
    guard file.kind == kindName else { throw OutputError(path: path, problem: "is of the kind \"\(file.kind)\"") }
    return file
  }

  /// The value of a register, as "0x…".
  ///
  /// - Parameter place: where in the file's value it is.
  static func register(_ text: String, path: String, place: String) throws(OutputError) -> UInt64 {
    guard text.hasPrefix("0x"), let value = UInt64(text.dropFirst(2), radix: 16) else {
      throw OutputError(
        path: path, problem: "\(place): \"\(text)\" is no hexadecimal number of at most 64 bits, such as 0x2a")
    }
    return value
  }

  /// Writes the file into `folder`, and returns its path.
  public func write(into folder: String) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let path = "\(folder)/\(seed)-\(index)\(Self.suffix)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path), options: .atomic)
    return path
  }
}
