import GuestOS
import Hexadecimal
import NineP
import SimVirtio

/// Makes the share of a run from the files taken in and those that the scenario writes itself, damaged where its faults
/// say so.
struct ShareContent {
  let inputs: RunInputs

  func share() throws(ScenarioProblems) -> Share {
    guard let wanted = inputs.scenario.share else { return try make([]) }
    var items = inputs.shareItems
    items += wanted.files.map { .file($0.name, Array($0.text.utf8)) }
    if let symbols = wanted.symbols { items.append(.file(symbols.name, symbolFile(symbols))) }
    return try make(try damaged(items))
  }

  /// Lines as `nm` writes them: address, type, name. What has blanks in its name can't be named there.
  private func symbolFile(_ wanted: ShareSpecification.SymbolFile) -> [UInt8] {
    var named = inputs.image.symbols.filter { !$0.name.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7f }) }
      .map { (name: $0.name, address: $0.address) }
    named += wanted.aliases.compactMap { alias in
      inputs.image.symbol(named: alias.symbol).map { (name: alias.name, address: $0.address) }
    }
    return named.flatMap { symbol in
      Array("\(symbol.address.hexadecimalDigits(16)) T \(symbol.name)\n".utf8)
    }
  }

  private func make(_ items: [Share.Item]) throws(ScenarioProblems) -> Share {
    do throws(ShareError) {
      return try Share(items)
    } catch {
      throw problem("$.share", "\(error.path): \(error.problem)", error.remedy ?? "mend the share")
    }
  }

  private func problem(_ path: String, _ problem: String, _ remedy: String) -> ScenarioProblems {
    ScenarioProblems([.init(file: inputs.path, position: nil, path: path, problem: problem, remedy: remedy)])
  }

  private func damaged(_ items: [Share.Item]) throws(ScenarioProblems) -> [Share.Item] {
    var items = items
    for (index, fault) in inputs.scenario.faults.enumerated() {
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
}
