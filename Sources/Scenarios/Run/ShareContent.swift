import Foundation
import GuestOS
import NineP
import SimVirtio

/// Collects what a scenario offers over 9P, damaged where its faults say so.
struct ShareContent {
  let file: ScenarioFile
  let products: BuildProducts
  let image: GuestImage

  /// No file of a scenario needs more.
  static let fileBytesMax = 64 << 20

  func share() throws(ScenarioProblems) -> Share {
    guard let wanted = file.scenario.share else { return try make([]) }
    var items: [Share.Item] = []
    if let folder = wanted.folder {
      do throws(ShareError) {
        items += try Self.items(of: Share(folder: file.folder.appending(path: folder).path).tree)
      } catch {
        throw problem("$.share.folder", "\"\(folder)\" can't be shared: \(error)", "mend the folder")
      }
    }
    for (index, name) in wanted.extensions.enumerated() {
      let path = "$.share.extensions[\(index)]"
      let bytes = try readFile(products.extensions.appending(path: name), bytesMax: Self.fileBytesMax) { problem, _ in
        ScenarioProblem(
          file: file.path, position: nil, path: path, problem: problem,
          remedy: remedyForName(name, among: builtExtensions, noun: "extension"))
      }
      items.append(.file(name, [UInt8](bytes)))
    }
    items += wanted.files.map { .file($0.name, Array($0.text.utf8)) }
    if let symbols = wanted.symbols { items.append(.file(symbols.name, symbolFile(symbols))) }
    return try make(try damaged(items))
  }

  /// Lines as `nm` writes them: address, type, name. What has blanks in its name can't be named there.
  private func symbolFile(_ wanted: ShareSpecification.SymbolFile) -> [UInt8] {
    var named = image.symbols.filter { !$0.name.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7f }) }
      .map { (name: $0.name, address: $0.address) }
    named += wanted.aliases.compactMap { alias in
      image.symbol(named: alias.symbol).map { (name: alias.name, address: $0.address) }
    }
    return named.flatMap { symbol in
      let digits = String(symbol.address, radix: 16)
      return Array("\(String(repeating: "0", count: 16 - digits.count))\(digits) T \(symbol.name)\n".utf8)
    }
  }

  private func make(_ items: [Share.Item]) throws(ScenarioProblems) -> Share {
    do throws(ShareError) {
      return try Share(items)
    } catch {
      throw problem("$.share", "\(error)", "mend the share")
    }
  }

  private func problem(_ path: String, _ problem: String, _ remedy: String) -> ScenarioProblems {
    ScenarioProblems([.init(file: file.path, position: nil, path: path, problem: problem, remedy: remedy)])
  }

  /// Sorted, as the order of a folder's entries is the host's business.
  private var builtExtensions: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: products.extensions.path)) ?? []
    return names.filter { $0.hasSuffix(".o") }.sorted()
  }

  private func damaged(_ items: [Share.Item]) throws(ScenarioProblems) -> [Share.Item] {
    var items = items
    for (index, fault) in file.scenario.faults.enumerated() {
      guard case .file(let name, let truncateTo, let patch) = fault.what else { continue }
      let place = items.firstIndex { if case .file(name, _) = $0 { true } else { false } }
      guard let place, case .file(_, var bytes) = items[place] else {
        throw problem("$.faults[\(index)].what.file.name", "\"\(name)\" is no file of the share", "name one")
      }
      let end = truncateTo ?? (patch.map { $0.offset &+ UInt64($0.bytes.count) } ?? 0)
      guard end <= UInt64(bytes.count), (patch?.offset ?? 0) <= end else {
        throw problem(
          "$.faults[\(index)].what.file", "\"\(name)\" has only \(bytes.count) bytes", "stay inside the file")
      }
      if truncateTo != nil { bytes.removeSubrange(Int(end)...) }
      if let patch { bytes.replaceSubrange(Int(patch.offset)..<Int(end), with: patch.bytes) }
      items[place] = .file(name, bytes)
    }
    return items
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
