import OutputFiles
import Traces

/// A trace, or a snapshot with the trace of the run up to it; everything in it has been checked.
func openForInspection(_ path: String) throws -> (trace: TraceReader, snapshot: SnapshotReader?) {
  guard SnapshotReader.isSnapshot(fileStart(path)) else {
    let trace = try TraceReader(path: path)
    try trace.verify()
    return (trace, nil)
  }
  let snapshot = try SnapshotReader(path: path)
  try snapshot.verify()
  return (snapshot.trace, snapshot)
}

/// A trace or a snapshot with the images that may belong to it.
func recordingInputs(_ path: String, _ role: String) -> [CommandFile] {
  [CommandFile(path, role)]
    + ImageStore(imageFolders(for: path)).candidates.map { CommandFile($0.relativePath, "the guest's image") }
}

/// Whether it begins as an ELF file does.
func isObject(_ path: String) -> Bool { fileStart(path).starts(with: [0x7f, 0x45, 0x4c, 0x46]) }
