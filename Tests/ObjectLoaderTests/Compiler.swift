import Foundation
import Testing

/// A C compiler of this machine that writes real objects.
struct Compiler: Sendable, CustomTestStringConvertible {
  let name: String
  let path: String
  /// clang can emit any ELF target; gcc is taken as the native compiler it is.
  let isClang: Bool

  var testDescription: String { name }

  /// Those that exist here; a missing one is named once on standard output.
  static let all: [Compiler] = {
    let candidates = [
      Compiler(name: "gcc", path: "", isClang: false), Compiler(name: "clang", path: "", isClang: true),
    ]
    return candidates.compactMap { candidate in
      guard let path = find(candidate.name) else {
        print("skipped: no \(candidate.name) in PATH, its objects are not tested")
        return nil
      }
      return Compiler(name: candidate.name, path: path, isClang: candidate.isClang)
    }
  }()

  private static func find(_ name: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  struct Failure: Error { let output: String }

  /// Compiles one C source, given as text, and returns the object's bytes.
  ///
  /// Foreign targets (`sanitised: false`) get no options of x86.
  func compile(_ source: String, _ options: [String] = [], sanitised: Bool = true) throws -> [UInt8] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let input = folder.appendingPathComponent("source")
    let output = folder.appendingPathComponent("source.o")
    try Data(source.utf8).write(to: input)

    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments =
      [
        "-c", "-ffreestanding", "-x", "c", input.path, "-o", output.path, "-w", "-fno-stack-protector",
        "-fcf-protection=none",
      ]
      + (isClang ? ["--target=x86_64-unknown-none-elf"] : []) + options
    let pipe = Pipe()
    process.standardError = pipe
    try process.run()
    let text = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(output: String(decoding: text, as: UTF8.self)) }
    return [UInt8](try Data(contentsOf: output))
  }
}
