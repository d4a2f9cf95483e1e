import Foundation

let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
let build = root.appending(path: ".build")
#if DEBUG
  let program = build.appending(path: "debug/sim").resolvingSymlinksInPath()
#else
  let program = build.appending(path: "release/sim").resolvingSymlinksInPath()
#endif

/// Whether there is something to run; `swift test` alone does not build the guest, ./test does.
let canRun: Bool = {
  for needed in [program, build.appending(path: "images/uio-ushellmpk.elf")]
  where !FileManager.default.fileExists(atPath: needed.path) {
    print("no process is started: \(needed.lastPathComponent) has not been built (./test does it)")
    return false
  }
  return true
}()

/// What a process of the simulator said and how it ended.
struct Answer {
  var status: Int32
  var output: String
  var error: String
}

/// Runs the simulator.
///
/// - Parameters:
///   - program: this build's, or a copy of it.
///   - environment: the tests' own if nil.
func sim(
  _ arguments: [String], program: URL = program, in folder: URL = root, environment: [String: String]? = nil
) throws -> Answer {
  let process = Process()
  process.executableURL = program
  process.arguments = arguments
  process.currentDirectoryURL = folder
  if let environment { process.environment = environment }
  // Files, as a pipe that nobody reads yet may fill.
  let outputs = try (0..<2).map { _ in try OutputFile() }
  (process.standardInput, process.standardOutput, process.standardError) = (
    FileHandle.nullDevice, outputs[0].handle, outputs[1].handle
  )
  try process.run()
  process.waitUntilExit()
  return Answer(status: process.terminationStatus, output: outputs[0].text, error: outputs[1].text)
}

/// A file for what a process says.
private final class OutputFile {
  private let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).output")
  let handle: FileHandle

  init() throws {
    try Data().write(to: url)
    handle = try FileHandle(forWritingTo: url)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  var text: String { String(decoding: (try? Data(contentsOf: url)) ?? Data(), as: UTF8.self) }
}
