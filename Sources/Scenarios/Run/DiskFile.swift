import Foundation
import SimMachine

/// Reads the file that a scenario's disk begins with.
struct DiskFile {
  let file: ScenarioFile

  func bytes() throws(ScenarioProblems) -> [UInt8]? {
    guard let wanted = file.scenario.machine.disk, let name = wanted.file else { return nil }
    func problem(_ problem: String, _ remedy: String) -> ScenarioProblem {
      ScenarioProblem(file: file.path, position: nil, path: "$.machine.disk.file", problem: problem, remedy: remedy)
    }
    let url = file.folder.place(of: name)
    let bytes = try readFile(url, bytesMax: Int(MachineConfiguration.Disk.bytesMax), describe: problem)
    guard !bytes.isEmpty else { throw ScenarioProblems([problem("\"\(name)\" is empty", "name a disk image")]) }
    if let size = wanted.kibibytes, bytes.count > Int(size) << 10 {
      throw ScenarioProblems([
        problem("\"\(name)\" has \(bytes.count) bytes, more than the disk", "make sizeKiB larger, or leave it out")
      ])
    }
    return [UInt8](bytes)
  }
}
