import LineTables
import Scenarios
import Traces

extension BuildProducts {
  /// Where the lines of source of a run's code are.
  func debugFiles(for inputs: RunInputs) -> DebugFiles {
    DebugFiles([images], programs: ProgramObjects(share: inputs.shareItems, folders: lineFolders))
  }
}

/// Where the lines of source of a recorded run's code are.
///
/// - Parameter path: the trace's.
func debugFiles(for path: String, _ trace: TraceReader) throws -> DebugFiles {
  let folders = (try? buildProducts())?.lineFolders ?? []
  return DebugFiles(
    imageFolders(for: path), programs: ProgramObjects(share: try trace.shareItems(), folders: folders))
}
