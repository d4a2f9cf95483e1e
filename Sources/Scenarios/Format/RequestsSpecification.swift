/// What the application `requests` serves (Sources/GuestOS/Applications/requests.c). What is nil is left to the guest.
public struct RequestsSpecification: Equatable, Sendable {
  /// Requests to serve; 0: without end.
  public var count: UInt64?
  /// How many keys requests ask for.
  public var keys: UInt64?
  /// What each request brings and takes back, in bytes.
  public var payloadBytes: UInt64?
  public var updatePercent: UInt64?
  /// Further steps over the payload for each request, eight instructions each.
  public var work: UInt64?
  public var seed: UInt64?

  static let table = KeyTable(
    name: "requests", keys: ["count", "keys", "payloadBytes", "updatePercent", "work", "seed"])

  static let keyCounts: ClosedRange<UInt64> = 1...65536
  static let payloadSizes: ClosedRange<UInt64> = 0...65536
  static let percentages: ClosedRange<UInt64> = 0...100
  static let workMax: UInt64 = 1_000_000_000

  init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems) else { return nil }
    count = reader.integer("count")
    keys = reader.integer("keys", in: Self.keyCounts)
    payloadBytes = reader.integer("payloadBytes", in: Self.payloadSizes, unit: "bytes")
    updatePercent = reader.integer("updatePercent", in: Self.percentages)
    work = reader.integer("work", in: 0...Self.workMax, unit: "steps")
    seed = reader.integer("seed")
  }

  /// The words of the guest's command line.
  var words: [String] {
    [
      ("requests", count), ("request-keys", keys), ("request-bytes", payloadBytes),
      ("request-updates", updatePercent), ("request-work", work), ("request-seed", seed),
    ].compactMap { name, number in number.map { "uio.\(name)=\($0)" } }
  }
}
