import SimMachine

/// What the block device holds: a file's bytes, or nothing but zeros.
public struct DiskSpecification: Equatable, Sendable {
  /// A file relative to the scenario file. The guest changes a copy.
  public var file: String?
  /// The disk's size; nil: that of the file.
  public var kibibytes: UInt64?
  public var readOnly = false

  static let table = KeyTable(name: "disk", keys: ["file", "sizeKiB", "readOnly"])
  private static let sizeRange: ClosedRange<UInt64> = 1...MachineConfiguration.Disk.bytesMax >> 10

  init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems) else { return nil }
    if let text = reader.string("file"),
      checkPath(text, at: reader["file"] ?? node, path: reader.path("file"), problems: problems)
    {
      file = text
    }
    kibibytes = reader.integer("sizeKiB", in: Self.sizeRange, unit: "KiB")
    readOnly = reader.boolean("readOnly") ?? false
  }

  /// The machine's disk when the file has `fileBytes`.
  func disk(fileBytes: Int) -> MachineConfiguration.Disk {
    let usual = MachineConfiguration.Disk()
    let bytes = kibibytes.map { $0 << 10 } ?? (file == nil ? usual.bytes : UInt64(fileBytes))
    return MachineConfiguration.Disk(bytes: bytes, isReadOnly: readOnly)
  }
}
