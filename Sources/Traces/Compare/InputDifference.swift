import Scenarios
import SimEvents

/// Something that two recorded runs were given differently.
public struct InputDifference: Equatable, Sendable {
  /// "simulator", "seed", "scenario", "image", or a file of the share.
  public var what: String
  public var old: String
  public var new: String

  /// What a run would be given differently from the recorded one.
  public static func between(_ trace: TraceReader, and inputs: RunInputs) -> [InputDifference] {
    all(from: trace.header, to: TraceHeader(inputs, isThin: true)).filter { $0.what != "simulator" }
  }

  /// In the order of the headers; empty if everything that the runs depend on is the same.
  static func all(from old: TraceHeader, to new: TraceHeader) -> [InputDifference] {
    var differences: [InputDifference] = []
    func compare(_ what: String, _ first: String, _ second: String) {
      if first != second { differences.append(.init(what: what, old: first, new: second)) }
    }
    compare("simulator", "version \(old.simulatorVersion)", "version \(new.simulatorVersion)")
    compare("seed", "\(old.seed)", "\(new.seed)")
    let names = [old, new].map { header in
      header.files.map { (key: name(of: $0, in: header), digest: $0.digest.description) }
    }
    for file in names[0] {
      compare(file.key, file.digest, names[1].first { $0.key == file.key }?.digest ?? "not there")
    }
    for file in names[1] where !names[0].contains(where: { $0.key == file.key }) {
      compare(file.key, "not there", file.digest)
    }
    return differences
  }

  private static func name(of file: TraceHeader.File, in header: TraceHeader) -> String {
    switch file.role {
    case .scenario: "scenario"
    case .image: "image"
    case .engine: "engine"
    case .disk: "disk"
    case .bootModule: "module/\(file.name)"
    case .shareFile, .shareFolder, .shareLink: "share/\(file.name)"
    }
  }
}
