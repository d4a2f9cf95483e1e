import SimMachine
import SimVirtio

/// The part of memory that a scenario's devices reach.
extension DMAWindow {
  static let table = KeyTable(name: "dmaWindow", keys: ["address", "sizeKiB"], required: ["address", "sizeKiB"])
  private static let pageBytes: UInt64 = 4096

  /// - Parameter memoryBytes: of the machine, which the window has to lie in.
  init?(_ node: JSONNode, path: String, memoryBytes: UInt64, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems) else { return nil }
    guard let address = reader.integer("address", in: 0...memoryBytes - 1),
      let kibibytes = reader.integer("sizeKiB", in: 4...memoryBytes >> 10, unit: "KiB")
    else { return nil }
    guard address % Self.pageBytes == 0, kibibytes % (Self.pageBytes >> 10) == 0 else {
      problems.add(node, path, "the window does not begin and end with a page", "take multiples of 4 KiB")
      return nil
    }
    guard kibibytes << 10 <= memoryBytes - address else {
      problems.add(node, path, "the window does not end in memory", "make it smaller, or memoryMiB greater")
      return nil
    }
    self.init(address: address, bytes: kibibytes << 10)
  }
}
