import Attacks
import Foundation
import Scenarios
import Traces

extension AttackMatrix {
  /// Looks up which lines of source the evidence of the cells comes from: of attacks in their objects, of the image in what the build
  /// has put beside it.
  mutating func locate(in products: BuildProducts) {
    var known: [String: String?] = [:]
    locateEvidence { file, address in
      let folder = file.isAttack ? products.attacks : products.images
      let key = "\(file.name) \(address)"
      if let line = known[key] { return line }
      let line = SourceLine(of: address, inFile: folder.appending(path: file.name)).place
      known[key] = line
      return line
    }
  }
}
