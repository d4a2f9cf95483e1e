import ResultDatabases

/// What a database is of.
public struct CampaignHeader: ResultHeader, Equatable, Sendable {
  public var name: String
  public var summary: String
  public var identity: String
  public var part: CampaignStore.Part
  /// How to get the experiments again: the campaign's file as its user named it.
  public var file: String
  public var isDry: Bool
  public var seed: UInt64
  public var instructionCount: UInt64
  /// Places at each instruction.
  public var locationCount: UInt64
  /// Operations that faults can befall.
  public var operationCount: UInt64
  /// Faults in the space.
  public var spaceSize: UInt64
  public var sampleCount: UInt64
  /// All classes of the plan, of whatever part.
  public var classCount: Int
  public var confidence: Double
  /// Of the fault-free run.
  public var goldenOutcome: String
  public var goldenInstructions: UInt64
  public var goldenDigest: String
  /// Why the fault-free run is not what its scenario expects; empty if it is.
  public var goldenFailure: String

  /// How the space is counted, for people: "82 instructions x 64 places".
  ///
  /// - Parameter number: writes one.
  func spaceText(times sign: String, _ number: (UInt64) -> String) -> String {
    var parts: [String] = []
    if locationCount > 0 {
      parts.append("\(number(instructionCount)) instructions \(sign) \(number(locationCount)) places")
    }
    if operationCount > 0 {
      let changes = spaceSize &- instructionCount &* locationCount
      parts.append("\(number(operationCount)) operations with \(number(changes)) changes")
    }
    guard !parts.isEmpty else { return "\(number(spaceSize)) seeds" }
    return "\(parts.joined(separator: " and ")) = \(number(spaceSize)) faults"
  }

  package var pieceCount: Int { classCount }

  package var values: [(key: String, value: String)] {
    [
      ("name", name), ("summary", summary), ("identity", identity), ("part", "\(part)"),
      ("file", file), ("dry", "\(isDry)"), ("seed", "\(seed)"), ("instructionCount", "\(instructionCount)"),
      ("locationCount", "\(locationCount)"), ("operationCount", "\(operationCount)"), ("spaceSize", "\(spaceSize)"),
      ("sampleCount", "\(sampleCount)"), ("classCount", "\(classCount)"),
      ("confidence", "\(confidence)"), ("goldenOutcome", goldenOutcome),
      ("goldenInstructions", "\(goldenInstructions)"), ("goldenDigest", goldenDigest),
      ("goldenFailure", goldenFailure),
    ]
  }

  package init?(_ values: [String: String]) {
    guard let part = values["part"].flatMap({ Shard($0) }), let name = values["name"],
      let summary = values["summary"], let identity = values["identity"], let file = values["file"],
      let dry = values["dry"].flatMap({ Bool($0) }), let seed = values["seed"].flatMap({ UInt64($0) }),
      let instructions = values["instructionCount"].flatMap({ UInt64($0) }),
      let locations = values["locationCount"].flatMap({ UInt64($0) }),
      let operations = values["operationCount"].flatMap({ UInt64($0) }),
      let space = values["spaceSize"].flatMap({ UInt64($0) }), space < 1 << 62,
      let samples = values["sampleCount"].flatMap({ UInt64($0) }),
      let classes = values["classCount"].flatMap({ Int($0) }),
      let confidence = values["confidence"].flatMap({ Double($0) }), confidence > 0, confidence < 1,
      let goldenOutcome = values["goldenOutcome"], let goldenDigest = values["goldenDigest"],
      let goldenFailure = values["goldenFailure"],
      let goldenInstructions = values["goldenInstructions"].flatMap({ UInt64($0) }),
      !instructions.multipliedReportingOverflow(by: locations).overflow
    else { return nil }
    self.part = part
    (self.name, self.summary, self.identity, self.file, isDry, self.seed) = (name, summary, identity, file, dry, seed)
    (instructionCount, locationCount, sampleCount, classCount) = (instructions, locations, samples, classes)
    (operationCount, spaceSize) = (operations, space)
    (self.confidence, self.goldenFailure) = (confidence, goldenFailure)
    (self.goldenOutcome, self.goldenInstructions, self.goldenDigest) = (goldenOutcome, goldenInstructions, goldenDigest)
  }

  public init(_ campaign: Campaign, part: CampaignStore.Part) {
    name = campaign.file.name
    summary = campaign.file.summary
    identity = campaign.identity
    self.part = part
    file = campaign.file.path
    isDry = campaign.isDry
    seed = campaign.file.faults.seed
    instructionCount = campaign.plan.instructions.count
    locationCount = UInt64(campaign.plan.locations.count)
    operationCount = campaign.plan.operations.siteCount
    spaceSize = campaign.plan.spaceSize
    sampleCount = campaign.plan.sampleCount
    classCount = campaign.plan.classes.count
    confidence = campaign.file.faults.confidence
    goldenOutcome = campaign.golden.result.outcome.rawValue
    goldenInstructions = campaign.golden.instructions
    goldenDigest = campaign.golden.result.digest
    goldenFailure = campaign.golden.failure ?? ""
  }
}
