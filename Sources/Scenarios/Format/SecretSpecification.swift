/// A variable of the guest that no extension must get to know. It is filled from the seed before the run.
public struct SecretSpecification: Equatable, Sendable {
  public var symbol: String
  /// In bytes, from the symbol's address.
  public var size: UInt64 = 32
  /// Where in the scenario, for a problem that only the image shows.
  public var path: String

  static let table = KeyTable(name: "secret", keys: ["symbol", "size"], required: ["symbol"])
  /// Fewer bytes than eight are found anywhere by chance.
  static let sizes: ClosedRange<UInt64> = 8...4096

  init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems) else { return nil }
    size = reader.integer("size", in: Self.sizes, unit: "bytes") ?? size
    guard let symbol = reader.string("symbol") else { return nil }
    self.symbol = symbol
    self.path = path
  }
}
