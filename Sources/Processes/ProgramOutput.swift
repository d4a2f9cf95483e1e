import Foundation

extension ChildProcess {
  /// Runs a program to its end.
  ///
  /// - Returns: what it wrote to its standard output, and its exit code: nil if a signal ended it.
  public static func run(
    _ program: URL, _ arguments: [String], errors: StandardStream = .nothing
  ) throws(ProcessError) -> (output: Data, exitCode: Int32?) {
    let pipe = Pipe()
    let process = try ChildProcess(
      program, arguments, output: .descriptor(pipe.fileHandleForWriting.fileDescriptor), errors: errors)
    // The end of the output is seen when nobody can write any more.
    try? pipe.fileHandleForWriting.close()
    let output = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
    return (output, process.wait())
  }
}
