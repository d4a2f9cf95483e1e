/// The cost tables that ship: data files, held by the program, so that a run needs no folder to find them.
public enum ShippedCostTables {
  /// Each table's name and its text, JSON as docs/cost-tables.md describes it.
  public static let texts: [(name: String, text: [UInt8])] = [
    ("default", PackageResources.default_json), ("flat", PackageResources.flat_json),
    ("slow", PackageResources.slow_json), ("unit", PackageResources.unit_json),
    ("epyc", PackageResources.epyc_json), ("xeon-gold-5317", PackageResources.xeon_gold_5317_json),
  ]
}
