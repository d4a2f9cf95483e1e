import Foundation
import GuestOS
import SimMachine

/// Finds and reads the guest's image.
struct GuestFile {
  let file: ScenarioFile
  let products: BuildProducts

  static let bytesMax = 256 << 20

  /// What makes a file that no build of this package makes.
  private static func remedy(_ url: URL) -> String? {
    guard url.standardizedFileURL.path.contains("/.build/foreign/") else { return nil }
    return "make it from Debian's packages with Scripts/fetch-linux"
  }

  func image() throws(ScenarioProblems) -> GuestImage {
    let (url, path) = place
    let bytes = try readFile(url, bytesMax: Self.bytesMax) { problem, remedy in
      ScenarioProblem(
        file: file.path, position: nil, path: path, problem: problem,
        remedy: path.hasSuffix("variant") ? "build the images with Scripts/build-guest" : Self.remedy(url) ?? remedy)
    }
    return try Self.image([UInt8](bytes), name: url.lastPathComponent, of: file.path, at: path)
  }

  /// The initial RAM disk and the modules.
  func modules() throws(ScenarioProblems) -> [BootModule] {
    var modules: [BootModule] = []
    for module in file.scenario.guest.moduleFiles {
      let bytes = try readFile(file.folder.place(of: module.file), bytesMax: Self.bytesMax) { problem, remedy in
        ScenarioProblem(
          file: file.path, position: nil, path: "$.guest", problem: problem,
          remedy: Self.remedy(file.folder.place(of: module.file)) ?? remedy)
      }
      modules.append(BootModule(bytes: [UInt8](bytes), commandLine: module.commandLine))
    }
    return modules
  }

  /// - Parameter path: the place in `scenario` that names the image.
  static func image(
    _ bytes: [UInt8], name: String, of scenario: String, at path: String
  ) throws(ScenarioProblems) -> GuestImage {
    do throws(ImageError) {
      return try GuestImage(bytes)
    } catch {
      throw ScenarioProblems([
        .init(
          file: scenario, position: nil, path: path, problem: "\(name): \(error)",
          remedy: "name an x86-64 ELF image")
      ])
    }
  }

  private var place: (url: URL, path: String) {
    switch file.scenario.guest.source {
    case .variant(let variant): (products.images.appending(path: variant.fileName), "$.guest.variant")
    case .image(let path): (file.folder.place(of: path), "$.guest.image")
    }
  }
}

/// The bytes of an image that the option --image names.
public func readImage(path: String) throws(ScenarioProblems) -> [UInt8] {
  [UInt8](
    try readFile(URL(filePlace: path), bytesMax: GuestFile.bytesMax) { problem, remedy in
      ScenarioProblem(file: path, position: nil, path: "--image", problem: problem, remedy: remedy)
    })
}

extension GuestSpecification {
  /// All files that are put into memory beside the image: the initial RAM disk is the first.
  var moduleFiles: [Module] { (initrd.map { [Module(file: $0, commandLine: "")] } ?? []) + modules }

  /// The words of the command line that these choices mean to the guest.
  var words: [String] {
    let choices = [
      design.map { "uio.design=\($0.rawValue)" }, bpf.map { "uio.bpf=\($0.rawValue)" },
      application.map { "uio.application=\($0)" }, callRecords.map { "uio.call-records=\($0 ? "on" : "off")" },
      msize.map { "uio.msize=\($0)" }, tick.map { "uio.tick-us=\($0.nanoseconds / 1000)" },
    ].compactMap { $0 }
    return choices + (requests?.words ?? []) + (commandLine.isEmpty ? [] : [commandLine])
  }
}
