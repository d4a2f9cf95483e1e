import ArgumentParser
import Campaigns
import Engines
import Foundation
import LineTables
import OutputFiles
import ResultDatabases
import Scenarios
import Traces

struct CampaignRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a campaign, or go on with one that was interrupted. (default)")

  @Argument(help: "A campaign, a JSON file (docs/campaign-format.md).", completion: .file(extensions: ["json"]))
  var file: String

  @Option(
    name: [.customLong("database"), .customShort("d")],
    help: "The database of the results. Default: the campaign's name with .db, in the current folder.",
    completion: .file(extensions: ["db"]))
  var database: String?

  @OptionGroup var threads: WorkersOption

  @Option(
    help: ArgumentHelp("Run only a part of the experiments, such as 3/8.", valueName: "I/N"), transform: parseShard)
  var shard: Shard?

  @Flag(help: "Inject faults that change nothing: everything must be masked, or the rig is wrong.")
  var dryRun = false

  @OptionGroup var exports: CampaignExports

  func run() throws {
    try CampaignExports.reporting(path: file) {
      let campaignFile = try CampaignFile(path: file)
      let products = try buildProducts()
      let suffix = (dryRun ? "-dry" : "") + (shard.map { "-\($0.number)of\($0.count)" } ?? "")
      let path = database ?? "\(campaignFile.name)\(suffix).db"
      try requireSeparate(
        outputs: databaseFiles(path, "--database") + exports.files, inputs: campaignFile.inputs(products))
      // What could not be written at the end is told now, and a campaign that can't be leaves no database behind.
      let isThere = FileManager.default.fileExists(atPath: path)
      try requireWritable(exports.files + (isThere ? [] : [CommandFile(path, "--database")]))
      let existing = isThere ? try CampaignStore(path) : nil
      let campaign = try Campaign(
        campaignFile, products: products, isDry: dryRun, simulator: try SimulatorIdentity.current(),
        engine: .unicorn)
      let store = try existing ?? CampaignStore(path)
      let line = StatusLine()
      try CampaignRun(campaign).run(
        into: store, part: shard ?? .whole, workers: threads.workers
      ) { line?.show($0.line) }
      line?.clear()
      try noteLines(campaign, store, products)
      let status = try exports.write(store)
      try store.close()
      if status != 0 { throw ExitCode(status) }
    }
  }

  /// Looks up from which lines of source the instructions come before which faults happened.
  private func noteLines(_ campaign: Campaign, _ store: CampaignStore, _ products: BuildProducts) throws {
    let known = try store.sourceLines()
    var pointers: Set<UInt64> = []
    try store.visit { if known[$0.instructionPointer] == nil { pointers.insert($0.instructionPointer) } }
    let image = campaign.golden.prepared.inputs.image
    try store.add(sourceLines: SourceLine.places(of: pointers, in: image, DebugFiles([products.images])))
  }
}
