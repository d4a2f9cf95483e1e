import OutputFiles
import Scenarios
import SimMachine

extension RunCommand {
  /// Refuses what can't be written, or would be written over what is read, before anything runs.
  func checkOutputs() throws {
    let products = try buildProducts()
    let changes = try changes.changes
    var inputs: [CommandFile] = []
    for file in files where !ScenarioSchema.isSchema(file) {
      // What is wrong with the file itself is told when its turn comes.
      guard let scenario = try? ScenarioFile(path: file, changes: changes) else {
        inputs.append(CommandFile(file, "the scenario"))
        continue
      }
      inputs += scenario.inputs(products)
      try requireDevices(scenario.scenario)
    }
    try requireSeparate(outputs: outputs, inputs: inputs)
    if let exportShare { try ScenarioRun.requireExportable(to: exportShare) }
  }

  private var outputs: [CommandFile] {
    [(events, "--events"), (exportDisk, "--export-disk"), (junit, "--junit")].compactMap { path, option in
      path.map { CommandFile($0, option) }
    } + (exportShare.map { [CommandFile($0, "--export-share", isFolder: true)] } ?? [])
  }

  private func requireDevices(_ scenario: Scenario) throws {
    let wanted: [(path: String?, device: MachineConfiguration.Device, what: String)] = [
      (exportDisk, .block, "disk"), (exportShare, .ninep, "share"),
    ]
    for case (let path?, let device, let what) in wanted where !scenario.machine.devices.contains(device) {
      throw OutputError(
        path: path,
        problem: "the machine has no \(what) to write out; add \"\(device.rawValue)\" to $.machine.devices")
    }
  }
}
