import GuestOS

/// The lines of source of a run's code, as far as there are line tables: of its image, and of the objects that were loaded.
///
/// Of calls that the compiler has put into their callers, the line is the inmost one.
public struct SourceLines: Sendable {
  struct Module {
    var table: LineTable
    var names: [SourceName?]
    /// Of sections of a relocatable object: where they are, from where the program is.
    var bases: [Int: UInt64]
    var symbols: [DebugObject.Symbol]
  }

  /// By the profile's numbers of modules.
  private(set) var modules: [Int: Module] = [:]

  /// - Parameters:
  ///   - image: has the line table of the run's image; nil: the image itself may have it.
  ///   - object: has the line table of a program's object.
  public init(_ profile: TimeProfile, of run: GuestImage, image: DebugFile?, object: (String, [UInt8]) -> DebugFile?) {
    modules[0] = Module(image ?? DebugFile(run.bytes), functions: [])
    for (number, bytes) in profile.objects {
      guard case .program(let name) = profile.modules[number] else { continue }
      modules[number] = Module(object(name, bytes) ?? DebugFile(bytes), functions: ProgramFunction.all(in: bytes))
    }
  }

  func line(of place: CodePlace) -> (name: SourceName, line: Int)? {
    guard let module = modules[place.module], let row = module.row(at: place.offset), let file = row.file,
      let name = module.names[file]
    else { return nil }
    return (name, row.line)
  }

  /// `file:line` of each place of a profile, where that is known.
  public func texts(_ profile: TimeProfile) -> [String?] {
    profile.places.map { place in line(of: place).map { "\($0.name.text):\($0.line)" } }
  }
}

extension SourceLines.Module {
  /// - Parameter functions: where the loader has put those of a relocatable object.
  fileprivate init?(_ file: DebugFile, functions: [ProgramFunction]) {
    guard let object = DebugObject(file.bytes) else { return nil }
    table = LineTable(object)
    guard !table.rows.isEmpty else { return nil }
    names = table.files.map { SourceName($0, in: file.folder) }
    symbols = object.symbols
    bases = [:]
    guard object.isRelocatable else { return }
    for function in functions {
      // One function tells where its section is.
      guard let symbol = object.symbols.first(where: { $0.isFunction && $0.name == function.name }) else { continue }
      bases[symbol.section] = bases[symbol.section] ?? function.start &- symbol.value
    }
  }

  /// Where a symbol or a row is, as places have it; nil where the loader has put nothing.
  func offset(_ address: UInt64, section: Int, isRelocatable: Bool) -> UInt64? {
    isRelocatable ? bases[section].map { $0 &+ address } : address
  }

  var isRelocatable: Bool { !bases.isEmpty }

  func row(at offset: UInt64) -> LineTable.Row? {
    guard isRelocatable else { return table.row(at: offset) }
    let section = bases.filter { $0.value <= offset }.max { ($0.value, $0.key) < ($1.value, $1.key) }
    return section.flatMap { table.row(at: offset &- $0.value, section: $0.key) }
  }
}
