import GuestOS
import SimMachine
import SimVirtio

/// Everything from outside that a run depends on: with the same inputs the same simulator gives the same events.
///
/// Inputs come from files or from a recording; the run can't tell the difference.
public struct RunInputs: Sendable {
  /// What messages call the scenario; it never reaches the run.
  public var path: String
  /// The scenario as it was written.
  public var text: [UInt8]
  /// The scenario with its name and the seed that is used.
  public var scenario: Scenario
  public var image: GuestImage
  /// The initial RAM disk and the modules, in the order of the boot protocol's list.
  public var modules: [BootModule]
  /// What the host's files contribute to the share, before faults damage it.
  public var shareItems: [Share.Item]
  /// The file that the disk begins with.
  public var disk: [UInt8]?

  /// Takes in everything that a scenario names; nothing is read later.
  ///
  /// - Parameter seed: replaces the scenario's.
  public init(_ file: ScenarioFile, products: BuildProducts, seed: UInt64?) throws(ScenarioProblems) {
    path = file.path
    text = file.text
    scenario = file.scenario
    scenario.seed = seed ?? scenario.seed
    image = try GuestFile(file: file, products: products).image()
    modules = try GuestFile(file: file, products: products).modules()
    shareItems = try ShareFiles(file: file, products: products).items()
    disk = try DiskFile(file: file).bytes()
  }

  /// Inputs that were taken in earlier.
  ///
  /// - Parameter name: the scenario's name if its text gives none.
  public init(
    path: String, text: [UInt8], name: String, seed: UInt64, image: [UInt8], modules: [[UInt8]] = [],
    shareItems: [Share.Item], disk: [UInt8]? = nil
  ) throws(ScenarioProblems) {
    self.path = path
    self.text = text
    self.shareItems = shareItems
    self.disk = disk
    self.modules = []
    scenario = try Scenario.read(text, file: path)
    if scenario.name.isEmpty { scenario.name = name }
    scenario.seed = seed
    self.image = try GuestFile.image(image, name: "the image", of: path, at: "$.guest")
    let lines = scenario.guest.moduleFiles.map(\.commandLine)
    guard lines.count == modules.count else {
      throw ScenarioProblems([
        .init(
          file: path, position: nil, path: "$.guest",
          problem: "the scenario names \(lines.count) modules, and \(modules.count) are there",
          remedy: "record the run again")
      ])
    }
    guard scenario.machine.disk?.file == nil || disk != nil else {
      throw ScenarioProblems([
        .init(
          file: path, position: nil, path: "$.machine.disk",
          problem: "the scenario names a disk image, and none is there",
          remedy: "record the run again")
      ])
    }
    self.modules = zip(modules, lines).map { BootModule(bytes: $0, commandLine: $1) }
  }
}
