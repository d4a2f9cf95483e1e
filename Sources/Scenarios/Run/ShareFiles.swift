import Foundation
import SimVirtio

/// Reads the files that a scenario offers over 9P from the host: its folder, extensions and attacks that the build made.
struct ShareFiles {
  let file: ScenarioFile
  let products: BuildProducts

  /// No file of a scenario needs more.
  static let fileBytesMax = 64 << 20

  func items() throws(ScenarioProblems) -> [Share.Item] {
    guard let wanted = file.scenario.share else { return [] }
    let products = products.built(for: file.scenario.guest.effectiveDesign)
    var items: [Share.Item] = []
    if let folder = wanted.folder {
      do throws(ShareError) {
        items += try Self.items(of: Share(folder: file.folder.place(of: folder).path).tree)
      } catch {
        throw ScenarioProblems([
          .init(
            file: file.path, position: nil, path: "$.share.folder",
            problem: "\"\(folder)\" can't be shared: \(error.path): \(error.problem)",
            remedy: error.remedy ?? "mend the folder")
        ])
      }
    }
    var problems: [ScenarioProblem] = []
    func take(_ name: String, of folder: URL, at path: String, among known: @autoclosure () -> [String], noun: String) {
      do throws(ScenarioProblems) {
        let bytes = try readFile(folder.appending(path: name), bytesMax: Self.fileBytesMax) { problem, _ in
          ScenarioProblem(
            file: file.path, position: nil, path: path, problem: problem,
            remedy: remedyForName(name, among: known(), noun: noun))
        }
        items.append(.file(name.split(separator: "/").last.map(String.init) ?? name, [UInt8](bytes)))
      } catch {
        problems += error.problems
      }
    }
    for (index, name) in wanted.extensions.enumerated() {
      take(
        name, of: products.extensions, at: "$.share.extensions[\(index)]", among: Self.built(in: products.extensions),
        noun: "extension")
    }
    for (index, name) in wanted.attacks.enumerated() {
      take(
        name, of: products.attacks, at: "$.share.attacks[\(index)]", among: Self.builtAttacks(products), noun: "attack")
    }
    guard problems.isEmpty else { throw ScenarioProblems(problems) }
    return items
  }

  private static func builtAttacks(_ products: BuildProducts) -> [String] {
    let classes = (try? FileManager.default.contentsOfDirectory(atPath: products.attacks.path)) ?? []
    return classes.sorted().flatMap { name in
      Self.built(in: products.attacks.appending(path: name)).map { "\(name)/\($0)" }
    }
  }

  /// Sorted, as the order of a folder's entries is the host's business.
  private static func built(in folder: URL) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".o") || $0.hasSuffix(".bin") }.sorted()
  }

  /// The files of a share that was taken in, so that others can be put beside them.
  private static func items(
    of tree: ShareTree, in directory: UInt64 = ShareTree.root, path: String = ""
  ) -> [Share.Item] {
    var items: [Share.Item] = []
    for entry in (try? tree.entries(of: directory)) ?? [] {
      let name = path + String(decoding: entry.name, as: UTF8.self)
      switch tree[entry.node]?.content {
      case .file(let bytes): items.append(.file(name, bytes))
      case .symbolicLink(let target): items.append(.link(name, target: String(decoding: target, as: UTF8.self)))
      case .directory:
        items.append(.folder(name))
        items += Self.items(of: tree, in: entry.node, path: name + "/")
      case nil: break
      }
    }
    return items
  }
}
