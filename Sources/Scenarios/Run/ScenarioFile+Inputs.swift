import Foundation
import OutputFiles

extension ScenarioFile {
  /// What a run of the scenario reads, the scenario's own file included; whether or not it is there.
  public func inputs(_ products: BuildProducts) -> [CommandFile] {
    func named(_ name: String, _ role: String, isFolder: Bool = false) -> CommandFile {
      CommandFile(CommandFile.path(name, besides: path), role, isFolder: isFolder)
    }
    var inputs = [CommandFile(path, "the scenario")]
    switch scenario.guest.source {
    case .variant(let variant):
      inputs.append(CommandFile(products.images.appending(path: variant.fileName).path, "the guest's image"))
    case .image(let name): inputs.append(named(name, "the guest's image"))
    }
    inputs += scenario.guest.initrd.map { [named($0, "the initial RAM disk")] } ?? []
    inputs += scenario.guest.modules.map { named($0.file, "the module") }
    inputs += costFile.map { [named($0, "the cost table")] } ?? []
    inputs += scenario.machine.disk?.file.map { [named($0, "the disk image")] } ?? []
    if let share = scenario.share {
      let products = products.built(for: scenario.guest.effectiveDesign)
      inputs += share.folder.map { [named($0, "the share's folder", isFolder: true)] } ?? []
      inputs += share.extensions.map { CommandFile(products.extensions.appending(path: $0).path, "the extension") }
      inputs += share.attacks.map { CommandFile(products.attacks.appending(path: $0).path, "the attack") }
    }
    return inputs
  }
}

extension CommandFile {
  /// How a message names a file that another one names by a path from its own folder.
  static func path(_ name: String, besides file: String) -> String {
    name.hasPrefix("/") ? name : (file.lastIndex(of: "/").map { String(file[...$0]) } ?? "") + name
  }
}
