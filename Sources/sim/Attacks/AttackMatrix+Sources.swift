import Attacks
import Foundation
import LineTables
import Scenarios

extension AttackMatrix {
  /// Looks up which lines of source the evidence of the cells comes from: of attacks in their objects, of the image in what the build
  /// has put beside it.
  mutating func locate(in products: BuildProducts) {
    var known: [URL: ModuleLines?] = [:]
    locateEvidence { file, address in
      let built = products.built(for: file.design)
      let url = (file.isAttack ? built.attacks : built.images).appending(path: file.name)
      if let lines = known[url] { return lines?.text(at: address) }
      let bytes = (try? Data(contentsOf: url)).map { [UInt8]($0) }
      let lines = bytes.flatMap { ModuleLines(LineTables.DebugFile($0), loadedFrom: file.isAttack ? $0 : nil) }
      known[url] = .some(lines)
      return lines?.text(at: address)
    }
  }
}
