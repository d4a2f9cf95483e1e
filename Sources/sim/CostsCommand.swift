import ArgumentParser
import Benchmarks
import OutputFiles
import Scenarios
import TerminalText

struct CostsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "costs",
    abstract: "Show the cost tables of virtual time, check one of your own, or measure one on this processor.",
    discussion: """
      A scenario names a table, or gives single values (docs/cost-tables.md).

      EXAMPLES
        sim costs                                    the tables that ship
        sim costs epyc                               one of them: each value with unit, origin and source
        sim costs my-costs.json                      one of your own
        sim costs epyc --format json                 as a file has it, on one line
        sim costs --measure -o my-costs.json         this processor's, as far as CPL 3 can measure them

      EXIT CODES
        0  shown or written
        2  there is no such table, or it can't be read
      """
  )

  @Argument(help: "A table that ships, or a JSON file.", completion: .file(extensions: ["json"]))
  var table: String?

  @Flag(help: "Measure the host's processor. What can't be measured is that of TABLE, or of xeon-gold-5317.")
  var measure = false

  @Option(
    name: .shortAndLong, help: "Write the measured table to this file.", completion: .file(extensions: ["json"]))
  var output: String?

  @Option(help: "text, or json: one object for each table that is shown.")
  var format = OutputFormat.text

  func validate() throws {
    if output != nil, !measure { throw ValidationError("-o is for --measure") }
  }

  func run() throws {
    try reportingFailures(path: table ?? "") {
      if measure { return try showMeasured() }
      if let table {
        show(try Self.read(table))
      } else {
        list()
      }
    }
  }

  private static func read(_ name: String) throws -> CostTableFile {
    if let table = CostTableFile.named(name) { return table }
    guard name.contains("/") || name.hasSuffix(".json") else {
      throw CommandFailure(message: "\"\(name)\" is no cost table", remedy: CostTableFile.remedy(for: name))
    }
    return try CostTableFile(path: name)
  }

  private func list() {
    for table in CostTableFile.shipped {
      switch format {
      case .json: StandardOutput.show(table.json)
      case .text:
        let name = table.name.padded(to: 16)
        StandardOutput.show("\(name)\("\(table.clockMHz) MHz".padded(to: 10))\(table.summary)")
      }
    }
  }

  private func show(_ table: CostTableFile) {
    switch format {
    case .json: StandardOutput.show(table.json)
    case .text: StandardOutput.show(Self.text(table))
    }
  }

  private static func text(_ table: CostTableFile) -> String {
    let lines = table.entries.map { entry in
      let what = entry.name.padded(to: 18) + entry.value.padded(to: 8) + entry.unit.padded(to: 20)
      return (what + entry.origin.rawValue.padded(to: 13) + entry.source).terminalLine
    }
    let head = ["\(table.name), \(table.clockMHz) MHz".terminalLine, table.summary.terminalLine].filter { !$0.isEmpty }
    return (head + lines).joined(separator: "\n")
  }

  private func showMeasured() throws {
    let base = try Self.read(table ?? "xeon-gold-5317")
    if let table, let output {
      try requireSeparate(outputs: [CommandFile(output, "-o")], inputs: [CommandFile(table, "the cost table")])
    }
    let target = try output.map { try AtomicFile($0) }
    defer { target?.discard() }
    let measured = CostProbe(name: "measured", base: base).table
    guard let target else { return show(measured) }
    target.write(measured.text)
    try target.finish()
    if format == .text {
      StandardOutput.show("\((output ?? "").terminalLine): a cost table at \(measured.clockMHz) MHz")
    }
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(1, width - count))
  }
}
