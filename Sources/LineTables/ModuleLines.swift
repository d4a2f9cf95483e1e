import GuestOS

/// The lines of source of one file's code by where it is in memory: addresses of an image, distances from where a program was loaded.
///
/// Of calls that the compiler has put into their callers, the line is the inmost one.
public struct ModuleLines: Sendable {
  package let table: LineTable
  package let names: [SourceName?]
  package let symbols: [DebugObject.Symbol]
  /// Of sections of a relocatable object: where they are, from where the program is.
  private var bases: [Int: UInt64] = [:]

  /// - Parameter object: the program as the guest's loader takes it, which tells where its sections come to lie; nil for an image.
  /// - Returns: nil for a file without a line table.
  public init?(_ file: DebugFile, loadedFrom object: [UInt8]? = nil) {
    guard let debug = DebugObject(file.bytes) else { return nil }
    table = LineTable(debug)
    guard !table.rows.isEmpty else { return nil }
    names = table.files.map { SourceName($0, in: file.folder) }
    symbols = debug.symbols
    guard debug.isRelocatable, let object else { return }
    for function in ProgramFunction.all(in: object) {
      // One function tells where its section is.
      guard let symbol = symbols.first(where: { $0.isFunction && $0.name == function.name }) else { continue }
      bases[symbol.section] = bases[symbol.section] ?? function.start &- symbol.value
    }
  }

  /// The lines of an image: those of the file beside it, or its own.
  public init?(of image: GuestImage, _ files: DebugFiles) {
    if image.hasSection(named: ".debug_line") {
      self.init(DebugFile(image.bytes))
    } else if let file = files.file(for: image) {
      self.init(file)
    } else {
      return nil
    }
  }

  /// Where a symbol or a row is; nil where the loader has put nothing.
  package func offset(_ address: UInt64, section: Int) -> UInt64? {
    isRelocatable ? bases[section].map { $0 &+ address } : address
  }

  private var isRelocatable: Bool { !bases.isEmpty }

  package func row(at offset: UInt64) -> LineTable.Row? {
    guard isRelocatable else { return table.row(at: offset) }
    let section = bases.filter { $0.value <= offset }.max { ($0.value, $0.key) < ($1.value, $1.key) }
    return section.flatMap { table.row(at: offset &- $0.value, section: $0.key) }
  }

  package func line(at offset: UInt64) -> (name: SourceName, line: Int)? {
    guard let row = row(at: offset), let file = row.file, let name = names[file] else { return nil }
    return (name, row.line)
  }

  /// `file:line`, the file without its folders; nil where that is not known.
  public func text(at offset: UInt64) -> String? {
    line(at: offset).map { "\($0.name.lastPart):\($0.line)" }
  }
}
