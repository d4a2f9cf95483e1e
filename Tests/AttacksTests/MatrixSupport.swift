import Attacks
import Foundation
import Scenarios
import SimCPU
import SimUnicorn

let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
let products = BuildProducts(folder: root.appending(path: ".build"))

/// The shipped attacks, as they lie in the project.
func shippedCorpus() throws -> AttackCorpus { try AttackCorpus(path: root.appending(path: "attacks").path) }

/// Whether there are guests and attacks to run; `swift test` alone builds neither, ./test does.
let canRun: Bool = {
  let needed = [
    products.images.appending(path: "uio-ushellmpk-bpf.elf"), products.extensions.appending(path: "hello.o"),
    products.attacks.appending(path: "rights-register/pkru-own.o"),
  ]
  for file in needed where !FileManager.default.fileExists(atPath: file.path) {
    print("no attack is run: \(file.lastPathComponent) has not been built (./test does it)")
    return false
  }
  return true
}()

extension AttackMatrix {
  /// Some shipped attacks, or those of another corpus.
  static func run(
    _ names: [String], of corpus: AttackCorpus? = nil, under designs: [Attack.Design] = Attack.Design.allCases,
    products: BuildProducts = products, workers: Int = 2
  ) throws -> AttackMatrix {
    let attacks = try (corpus ?? shippedCorpus()).select(names: names, classes: [])
    return try AttackMatrix(attacks, under: designs, products: products, engine: .unicorn, workers: workers)
  }
}

/// A corpus of a test's own, which is taken away when the test is over, with objects that need not fit their sources.
final class TestCorpus {
  let folder = FileManager.default.temporaryDirectory.appending(path: "attacks-\(UUID().uuidString)")
  var products = AttacksTests.products

  static let cells =
    #""cells": {"none": {"outcome": "escaped"}, "uio-mpk": {"outcome": "escaped"}, "mpk-hardened": {"outcome": "escaped"}, "ring3": {"outcome": "escaped"}, "pks-hardened": {"outcome": "escaped"}, "mpk-bundled": {"outcome": "escaped"}}"#
  static let header = "{\"title\": \"t\", \"reference\": \"r\", \(cells)}"

  init() throws {
    products.attacks = folder.appending(path: "objects")
    try FileManager.default.createDirectory(at: products.attacks, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var path: String { folder.appending(path: "corpus").path }

  func write(_ text: String, to file: String) throws {
    let url = URL(filePath: "\(path)/\(file)")
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  func text(of file: String) throws -> String { try String(contentsOfFile: "\(path)/\(file)", encoding: .utf8) }

  /// Adds an attack with objects that were built from something else.
  ///
  /// - Parameters:
  ///   - object: what is run as the attack; nil: nothing is there.
  ///   - control: what is run as the attack without its bypass.
  func add(_ name: String, header: String = header, object: URL?, control: URL?) throws {
    try write("/*\n\(header)\n*/\nint main(void);\n", to: "gates/\(name).c")
    let classFolder = products.attacks.appending(path: "gates")
    try FileManager.default.createDirectory(at: classFolder, withIntermediateDirectories: true)
    for (url, suffix) in [(object, ".o"), (control, ".control.o")] {
      if let url { try FileManager.default.copyItem(at: url, to: classFolder.appending(path: name + suffix)) }
    }
  }

  func read() throws -> AttackCorpus { try AttackCorpus(path: path) }

  static let attack = AttacksTests.products.attacks.appending(path: "rights-register/pkru-own.o")
  static let control = AttacksTests.products.attacks.appending(path: "rights-register/pkru-own.control.o")
  static let honest = AttacksTests.products.extensions.appending(path: "hello.o")
}
