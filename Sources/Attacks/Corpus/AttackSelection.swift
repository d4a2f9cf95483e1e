import Glibc
import Scenarios

extension AttackCorpus {
  /// Some of the attacks, in the corpus' order.
  ///
  /// - Parameters:
  ///   - names: names or patterns as a shell has them (`pkru-*`); none: all.
  ///   - classes: of these only; none: of all.
  /// - Throws: ``MatrixError`` for a name that nothing has, and where nothing is left.
  public func select(names: [String], classes: [AttackClass]) throws(MatrixError) -> [Attack] {
    let known = attacks.map(\.name)
    for name in names where !known.contains(where: { Self.matches(name, $0) }) {
      if let attack = attacks.first(where: {
        name == $0.file || name.hasSuffix("/\($0.fileName)") || name == $0.fileName
      }) {
        throw MatrixError(
          "\"\(name)\" is a file, and attacks are named without folder and ending; write --attack \(attack.name)")
      }
      throw MatrixError("there is no attack \"\(name)\"; \(remedyForName(name, among: known, noun: "attack"))")
    }
    let selected = attacks.filter { attack in
      (names.isEmpty || names.contains { Self.matches($0, attack.name) })
        && (classes.isEmpty || classes.contains(attack.attackClass))
    }
    guard !selected.isEmpty else {
      let words = classes.map(\.rawValue).joined(separator: ", ")
      guard !names.isEmpty else {
        let present = AttackClass.allCases.filter { attackClass in attacks.contains { $0.attackClass == attackClass } }
        throw MatrixError(
          "the folder has no attack of the class \(words); it has \(present.map(\.rawValue).joined(separator: ", "))")
      }
      throw MatrixError("no attack is left: those that are named are not of the class \(words); leave --class out")
    }
    return selected
  }

  private static func matches(_ pattern: String, _ name: String) -> Bool { fnmatch(pattern, name, 0) == 0 }
}
