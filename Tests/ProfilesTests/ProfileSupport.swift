import Engines
import Foundation
import Scenarios

@testable import Profiles

let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
let products = BuildProducts(folder: root.appending(path: ".build"))

/// Whether the guest's images are there; `swift test` alone does not build them, ./test does.
let imagesAreBuilt: Bool = {
  let image = products.images.appending(path: "uio-ushellmpk-bpf.elf").path
  if FileManager.default.fileExists(atPath: image) { return true }
  print("nothing is profiled: the guest's images have not been built (./test does it)")
  return false
}()

func inputs(_ name: String, changes: [String] = []) throws -> RunInputs {
  let path = root.appending(path: "scenarios/\(name).json").path
  let file = try ScenarioFile(path: path, changes: changes.map { try ScenarioChange($0) })
  return try RunInputs(file, products: products, seed: nil)
}

func profile(_ name: String, changes: [String] = []) throws -> ProfiledRun {
  let inputs = try inputs(name, changes: changes)
  return try ScenarioRun(inputs).profiled(inputs)
}

extension ProfileSummary {
  func symbol(_ name: String) -> Line? { symbols.first { $0.name == name } }
}
