import Attacks
import Foundation
import Scenarios
import SimCPU
import SimMachine
import SimUnicorn
import Testing

@Suite(.enabled(if: canRun)) struct MatrixTests {
  /// Every cell of every attack, its evidence, and every attack without its bypass.
  /// One of every fifteen; Tests/Scripts/attacks runs all of them by the release build.
  @Test func theShippedCorpusIsAsItsFilesExpect() throws {
    let names = try shippedCorpus().attacks.map(\.name)
    let matrix = try AttackMatrix.run(
      stride(from: 0, to: names.count, by: 15).map { names[$0] }, workers: ProcessInfo.processInfo.activeProcessorCount)
    #expect(matrix.complaintLines == [])
    #expect(!matrix.hasDefect)
    for row in matrix.rows where row.attack.program != .none {
      for cell in row.cells where cell.expected?.outcome.isRun == true {
        #expect(cell.found != nil, "\(row.attack.name) under \(cell.design.rawValue) was not run")
      }
    }
    // Of an attack that never works nobody knows whether it is one.
    #expect(matrix.count(.escaped, under: .none) > matrix.count(.escaped, under: .ebpf))
  }

  private static let sample = ["pkru-own", "gate-mid-disable", "cr8-loop", "pkru-split-program"]

  @Test func theNumberOfWorkersChangesNothing() throws {
    let texts = try [1, 2, 5].map { workers in
      let matrix = try AttackMatrix.run(Self.sample, workers: workers)
      return [matrix.json.text, matrix.html, matrix.junit.text] + matrix.tableLines
    }
    #expect(texts[0] == texts[1] && texts[0] == texts[2])
  }

  /// The scenario of a cell, run from its beginning with nothing shared, has the events of the fork.
  @Test func aCellIsAnOrdinaryScenario() throws {
    let matrix = try AttackMatrix.run(Self.sample)
    let folder = FileManager.default.temporaryDirectory.appending(path: "cells-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let maker = SimulatedMachineMaker(engine: .unicorn, .unicorn)
    var outcomes: Set<CellOutcome> = []
    for row in matrix.rows {
      for cell in row.cells where cell.expected?.outcome.isRun != false {
        let found = try #require(cell.found)
        let file = folder.appending(path: "cell.json")
        try Data(AttackMatrix.scenarioText(row.attack, cell.design, expecting: found.judged).utf8).write(to: file)
        let run = try ScenarioRun(ScenarioFile(path: file.path), products: products, seed: nil, on: maker)
        let result = try run.run()
        #expect(result.digest == found.digest, "\(row.attack.name) under \(cell.design.rawValue)")
        #expect(result.passed, "\(row.attack.name) under \(cell.design.rawValue): \(result.failures)")
        #expect(result.evidence == found.evidence && result.instructions == found.instructions)
        outcomes.insert(found.outcome)
      }
    }
    #expect(outcomes.isSuperset(of: [.escaped, .contained, .hung, .refused]))
  }

  @Test func anAttackThatNeedsNoBypassIsAnError() throws {
    let corpus = try TestCorpus()
    try corpus.add("same", object: TestCorpus.attack, control: TestCorpus.attack)
    let matrix = try AttackMatrix.run([], of: corpus.read(), under: [.none, .uioMPK], products: corpus.products)
    #expect(matrix.problems.count == 1)
    #expect(
      matrix.problems.first?.contains("gates/same.c: uio-mpk: it succeeds without its bypass too (escaped") == true)
    // Where nothing isolates, the goal needs none.
    #expect(matrix.rows[0].cells[0].outcome == .escaped && matrix.rows[0].cells[0].problems.isEmpty)
    // It is an error, and not a cell that differs.
    #expect(matrix.differences.isEmpty)
    #expect(try corpus.read().update(by: matrix).isEmpty)
  }

  @Test func anAttackWithoutABypassIsAnError() throws {
    let corpus = try TestCorpus()
    try corpus.add("honest", object: TestCorpus.honest, control: TestCorpus.honest)
    let matrix = try AttackMatrix.run([], of: corpus.read(), under: [.uioMPK], products: corpus.products)
    #expect(
      matrix.problems == [
        "\(corpus.path)/gates/honest.c: uio-mpk: it does not reach its bypass step (completed: the run did what the script asked)",
        "\(corpus.path)/gates/honest.c: uio-mpk: without its bypass: it does not reach its bypass step "
          + "(completed: the run did what the script asked)",
      ])
  }

  @Test(arguments: [
    (
      "",
      "there is no file missing.o: objects are built of the attacks in attacks/ alone; put missing.c into attacks/gates/"
    ),
    (", \"with\": [\"hallo.o\"]", "there is no file hallo.o; did you mean \"hello.o\"?"),
    (", \"with\": [\"truncated-object.o\"]", "what it needs is refused: truncated-object.o "),
    (", \"symbols\": [\"switch_thread\"]", "the image has no symbol \"switch_thread\""),
  ])
  func whatIsNotThereIsAnError(members: String, reason: String) throws {
    let corpus = try TestCorpus()
    let header = TestCorpus.header.dropLast() + members + "}"
    if members.isEmpty {
      try corpus.add("missing", object: nil, control: nil)
    } else {
      try corpus.add("there", header: String(header), object: TestCorpus.attack, control: TestCorpus.control)
    }
    let matrix = try AttackMatrix.run([], of: corpus.read(), under: [.uioMPK], products: corpus.products)
    #expect(matrix.problems.first?.contains(reason) == true, "\(matrix.problems)")
    #expect(matrix.rows[0].cells[0].outcome == nil && matrix.differences.isEmpty)
  }

  @Test func anotherOutcomeOrEvidenceIsADifference() throws {
    let corpus = try TestCorpus()
    let header = """
      {"title": "t", "reference": "r",
       "cells": {"none": {"outcome": "contained"}, "uio-mpk": {"outcome": "escaped", "rule": "I2", "event": "crossing"},
       "mpk-hardened": {"outcome": "contained"}, "ring3": {"outcome": "contained"},
       "pks-hardened": {"outcome": "contained"}, "mpk-bundled": {"outcome": "contained"}},
       "control": {"uio-mpk": "completed"}}
      """
    try corpus.add("other", header: header, object: TestCorpus.attack, control: TestCorpus.control)
    let read = try corpus.read()
    let designs: [Attack.Design] = [.none, .uioMPK, .ebpf, .ebpfVerified]
    let matrix = try AttackMatrix.run([], of: read, under: designs, products: corpus.products)
    #expect(matrix.problems.isEmpty)
    #expect(
      matrix.rows[0].cells.map(\.differences) == [
        ["outcome escaped, expected contained", "without its bypass escaped, expected contained"],
        [
          "rule I1, expected I2", "event pkruWrite, expected crossing",
          "without its bypass contained, expected completed",
        ], [], [],
      ])
    // An update writes what was found, and nothing else of the file.
    let before = try corpus.text(of: "gates/other.c")
    #expect(try read.update(by: matrix).count == 2)
    let after = try corpus.text(of: "gates/other.c")
    #expect(after.hasSuffix("*/\nint main(void);\n") && before.hasSuffix("*/\nint main(void);\n"))
    let again = try AttackMatrix.run([], of: corpus.read(), under: designs, products: corpus.products)
    #expect(again.complaintLines == [])
    let expected = try #require(again.rows.first?.attack.cells[.uioMPK])
    #expect(expected.outcome == .escaped && expected.rule == .rights && expected.event == .pkruWrite)
    #expect(try corpus.read().update(by: again).isEmpty)
    #expect(try corpus.text(of: "gates/other.c") == after)
  }

  @Test func aGuestThatDoesNotBootIsAnError() throws {
    let corpus = try TestCorpus()
    try corpus.add("any", object: TestCorpus.attack, control: TestCorpus.control)
    corpus.products.images = corpus.folder
    let problems = try #require(throws: ScenarioProblems.self) {
      try AttackMatrix.run([], of: corpus.read(), products: corpus.products)
    }
    #expect(problems.description.contains("there is no file uio-ushell.elf"))
    // An image that knows no such design.
    let images = corpus.folder.appending(path: "images")
    try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: products.images.appending(path: "uio-ushell.elf"), to: images.appending(path: "uio-ushellmpk.elf"))
    corpus.products.images = images
    let error = try #require(throws: MatrixError.self) {
      try AttackMatrix.run([], of: corpus.read(), under: [.uioMPK], products: corpus.products)
    }
    #expect(error.description.contains("the image ushellmpk lacks the design uio-mpk: isolation off"))
  }
}
