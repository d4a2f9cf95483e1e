import ArgumentParser
import Attacks
import Engines
import Foundation
import OutputFiles
import Scenarios

struct AttackMatrixCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attack-matrix",
    abstract: "Run published attacks under each isolation design, and tell how each ends.",
    discussion: """
      Each attack of the folder attacks/ (docs/add-an-attack.md) says at its head how it should end under each design. Attacks \
      are run with their bypass and, where a design isolates, without: then they must fail. Under designs that take no native \
      objects these are "refused (native)", and count apart. Below a table of several attacks stands what each design costs the \
      application, in virtual cycles (docs/isolation-designs.md, Costs).

      EXAMPLES
        sim attack-matrix                                    all attacks, all designs
        sim attack-matrix --design uio-mpk --class gates     some of them
        sim attack-matrix --attack 'pkru-*'                  by their names
        sim attack-matrix --attack pkru-own                  one, with its evidence
        sim attack-matrix --attack pkru-own --design uio-mpk --scenario own.json
                                                             one cell as a scenario, for sim run, sim record and the others
        sim attack-matrix --format html --output matrix.html
        sim attack-matrix --against qemu-tcg --design mpk-hardened
                                                             each cell on QEMU beside the simulator, in real time
        sim attack-matrix --update                           write what was found into the attacks' files

      EXIT CODES
        0  every cell is as its attack's file expects, or was written there
        1  a cell is not, or differs on the engine that --against names
        2  wrong usage, or an error of the corpus: an attack that does not get to its bypass, or succeeds without it
        as for all commands besides (sim --help)
      """)

  @Option(help: ArgumentHelp("Only this design; may be given several times.", valueName: "design"))
  var design: [GuestSpecification.Design] = []

  @Option(
    help: ArgumentHelp(
      "Only the attack of this name, or those that fit a pattern; may be given several times.", valueName: "name"))
  var attack: [String] = []

  @Option(
    name: .customLong("class"),
    help: ArgumentHelp("Only attacks of this class; may be given several times.", valueName: "class"))
  var classes: [AttackClass] = []

  @Option(help: ArgumentHelp("The folder of attacks.", valueName: "folder"), completion: .directory)
  var corpus = "attacks"

  @Option(help: "text, json: one object, or html: a page that needs nothing else.")
  var format = MatrixFormat.text

  @Option(help: "Write the matrix to this file.", completion: .file())
  var output: String?

  @Option(
    help: "Write the cells to this file as JUnit's XML, which continuous integration reads.",
    completion: .file(extensions: ["xml"]))
  var junit: String?

  @Option(
    help: "Write the one cell that is asked for to this file as a scenario.", completion: .file(extensions: ["json"]))
  var scenario: String?

  @Option(
    help: "Run each cell on this engine beside the simulator, and compare what both show; kvm, qemu-tcg or qemu-kvm.")
  var against: EngineKind?

  @OptionGroup var threads: WorkersOption

  @Flag(help: "Write cells that are not as expected into the heads of the attacks' files, and say what changes.")
  var update = false

  func validate() throws {
    if scenario != nil, attack.count != 1 || design.count != 1 {
      throw ValidationError("--scenario writes one cell; name it with one --attack and one --design")
    }
    if let against {
      guard against != .unicorn else {
        throw ValidationError("--against names another engine than the simulator: kvm, qemu-tcg or qemu-kvm")
      }
      guard scenario == nil, !update, output == nil, junit == nil, format != .html else {
        throw ValidationError("--against compares, as text or JSON; leave --scenario, --update, --output and --junit")
      }
    }
    if scenario != nil, update {
      throw ValidationError("--scenario writes a cell, --update the corpus; give one of them")
    }
  }

  func run() throws {
    try reportingFailures(path: corpus) {
      do { try runMatrix() } catch let error as MatrixError {
        throw CommandFailure(file: corpus, message: error.description)
      }
    }
  }

  private func runMatrix() throws {
    let products = try buildProducts()
    let corpus = try AttackCorpus(path: corpus, isLenient: update)
    let attacks = try corpus.select(names: attack, classes: classes)
    try checkOutputs(corpus, attacks)
    let designs =
      design.isEmpty ? GuestSpecification.Design.allCases : GuestSpecification.Design.allCases.filter(design.contains)
    let line = StatusLine()
    if let against {
      let comparison = AttackComparison(
        attacks, under: designs, on: against, products: products,
        workers: threads.given ?? threads.workers * AttackComparison.machinesPerProcessor
      ) { done, total in line?.show { _ in "\(done) of \(total) cells" } }
      line?.clear()
      StandardOutput.show(format == .json ? comparison.json.text : comparison.text)
      guard comparison.hasRun else { throw ExitCode(ExitStatus.badInput) }
      if comparison.disagrees { throw ExitCode(1) }
      return
    }
    var matrix = try AttackMatrix(
      attacks, under: designs, products: products, engine: .unicorn,
      workers: threads.workers
    ) { done, total in line?.show { _ in "\(done) of \(total) runs" } }
    line?.clear()
    if attacks.count > 1, !update {
      try matrix.measureCosts(products: products, engine: .unicorn, workers: threads.workers)
    }
    if attacks.count == 1 || format != .text { matrix.locate(in: products) }
    if update {
      let changes = try corpus.update(by: matrix)
      for change in changes { StandardOutput.show(change) }
      if changes.isEmpty, matrix.problems.isEmpty {
        StandardOutput.show("all \(attacks.count) files are as they should be")
      }
      for problem in matrix.problems { StandardError.show(problem) }
    } else {
      try show(matrix)
      if let scenario { try write(matrix, to: scenario) }
    }
    let status = status(of: matrix)
    if status != 0 { throw ExitCode(status) }
  }

  private func status(of matrix: AttackMatrix) -> Int32 {
    if matrix.hasDefect { return ExitStatus.defect }
    if !matrix.problems.isEmpty { return ExitStatus.badInput }
    return matrix.differences.isEmpty || update ? 0 : 1
  }

  private func checkOutputs(_ corpus: AttackCorpus, _ attacks: [Attack]) throws {
    let outputs = [(output, "--output"), (junit, "--junit"), (scenario, "--scenario")].compactMap { path, option in
      path.map { CommandFile($0, option) }
    }
    try requireSeparate(
      outputs: outputs, inputs: [CommandFile(corpus.folder.path, "the folder of attacks", isFolder: true)])
  }

  private func show(_ matrix: AttackMatrix) throws {
    let text: String =
      switch format {
      case .json: matrix.json.text + "\n"
      case .html: matrix.html
      case .text:
        (matrix.rows.count == 1 ? matrix.detailLines(of: matrix.rows[0]) : matrix.tableLines).joined(separator: "\n")
          + "\n"
      }
    if let output {
      try AtomicFile.write(text, to: output)
      for line in matrix.complaintLines where format != .json { StandardError.show(line) }
    } else {
      StandardOutput.show(String(text.dropLast()))
    }
    if let junit { try AtomicFile.write(matrix.junit.text, to: junit) }
  }

  private func write(_ matrix: AttackMatrix, to path: String) throws {
    let row = matrix.rows[0]
    guard matrix.rows.count == 1, let cell = row.cells.first, let found = cell.found, cell.problems.isEmpty else {
      throw CommandFailure(
        file: path, message: "there is no run to write down",
        remedy: "name an attack whose cell is run and has no error")
    }
    try AtomicFile.write(AttackMatrix.scenarioText(row.attack, cell.design, expecting: found.judged), to: path)
  }
}

enum MatrixFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json, html
}

extension AttackClass: ExpressibleByArgument {}
