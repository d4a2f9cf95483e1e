/// The line number program of one unit (DWARF 4 and 5, 6.2.4 and 6.2.5).
struct LineProgram {
  /// Where the next unit begins.
  let end: Int
  /// By the program's own numbers.
  private(set) var files: [String] = []
  private var minimumLength: UInt64 = 1
  private var isStatementAtFirst = true
  private var lineBase: Int64 = 0
  private var lineRange: UInt64 = 1
  private var opcodeBase: UInt64 = 1
  private var operandCounts: [UInt64] = []

  private static let filesMax = 1 << 20

  /// Reads the header that begins at `data.place`.
  init?(_ data: inout DebugData, strings: DebugData?, lineStrings: DebugData?) {
    guard let length = data.number(bytes: 4), length < 0xffff_fff0, Int(length) <= data.count - data.place else {
      return nil
    }
    end = data.place + Int(length)
    guard let version = data.number(bytes: 2), (2...5).contains(version) else { return nil }
    if version == 5 { guard data.number(bytes: 2) != nil else { return nil } }
    guard let headerLength = data.number(bytes: 4), headerLength <= UInt64(max(end - data.place, 0)) else { return nil }
    let program = data.place + Int(headerLength)
    guard let minimumLength = data.number(bytes: 1) else { return nil }
    if version >= 4 { guard data.number(bytes: 1) != nil else { return nil } }
    guard let isStatement = data.number(bytes: 1), let base = data.number(bytes: 1), let range = data.number(bytes: 1),
      range > 0, let opcodes = data.number(bytes: 1), opcodes > 0
    else { return nil }
    self.minimumLength = minimumLength
    isStatementAtFirst = isStatement != 0
    lineBase = Int64(Int8(truncatingIfNeeded: base))
    (lineRange, opcodeBase) = (range, opcodes)
    for _ in 1..<opcodeBase {
      guard let count = data.number(bytes: 1) else { return nil }
      operandCounts.append(count)
    }
    let isRead = version == 5 ? readTables(&data, strings, lineStrings) : readLists(&data)
    guard isRead else { return nil }
    data.place = program
  }

  private static func joined(_ folder: String, _ name: String) -> String {
    name.hasPrefix("/") || folder.isEmpty || folder == "." ? name : folder == "/" ? "/" + name : "\(folder)/\(name)"
  }

  /// Up to version 4: names one after the other, the folder of the compilation not among them.
  private mutating func readLists(_ data: inout DebugData) -> Bool {
    var folders = [""]
    while let folder = data.text() {
      if folder.isEmpty { break }
      folders.append(folder)
    }
    files = [""]
    while let name = data.text() {
      if name.isEmpty { return true }
      guard let folder = data.unsigned(), data.unsigned() != nil, data.unsigned() != nil, files.count < Self.filesMax
      else { return false }
      files.append(Self.joined(folder < folders.count ? folders[Int(folder)] : "", name))
    }
    return false
  }

  /// From version 5 on: tables that say what they hold; the first folder is the compilation's.
  private mutating func readTables(_ data: inout DebugData, _ strings: DebugData?, _ lineStrings: DebugData?) -> Bool {
    var folders: [String] = []
    for isOfFiles in [false, true] {
      guard let formatCount = data.number(bytes: 1) else { return false }
      var formats: [(content: UInt64, form: UInt64)] = []
      for _ in 0..<formatCount {
        guard let content = data.unsigned(), let form = data.unsigned() else { return false }
        formats.append((content, form))
      }
      guard let count = data.unsigned(), count <= Self.filesMax, formatCount > 0 || count == 0 else { return false }
      for _ in 0..<count {
        var (name, folder) = ("", UInt64(0))
        for format in formats {
          switch (format.content, format.form) {
          case (1, 0x08): name = data.text() ?? ""
          case (1, 0x1f): name = data.number(bytes: 4).flatMap { lineStrings?.text(at: Int($0)) } ?? ""
          case (1, 0x0e): name = data.number(bytes: 4).flatMap { strings?.text(at: Int($0)) } ?? ""
          case (2, 0x0b): folder = data.number(bytes: 1) ?? 0
          case (2, 0x05): folder = data.number(bytes: 2) ?? 0
          case (2, 0x0f): folder = data.unsigned() ?? 0
          case (5, 0x1e): data.place += 16
          default: return false
          }
        }
        if !isOfFiles {
          folders.append(name)
        } else {
          // A name in the compilation's own folder is relative to it, as those of other folders are.
          files.append(Self.joined(folder > 0 && folder < folders.count ? folders[Int(folder)] : "", name))
        }
      }
    }
    return true
  }

  private struct State {
    var address: UInt64 = 0
    var section = 0
    var file: UInt64 = 1
    var line: Int64 = 1
    var isStatement: Bool
  }

  /// Executes the program, which begins at `data.place`.
  mutating func run(_ data: inout DebugData, _ emit: (LineTable.Row) -> Void) {
    var state = State(isStatement: isStatementAtFirst)
    func row() -> LineTable.Row {
      LineTable.Row(
        address: state.address, section: state.section, file: Int(clamping: state.file),
        line: Int(clamping: max(state.line, 0)), isStatement: state.isStatement)
    }
    while data.place < end, let opcode = data.number(bytes: 1) {
      guard opcode < opcodeBase else {
        let adjusted = opcode - opcodeBase
        state.address &+= adjusted / lineRange &* minimumLength
        state.line &+= lineBase &+ Int64(adjusted % lineRange)
        emit(row())
        continue
      }
      switch opcode {
      case 0: if !runExtended(&data, &state, emit) { return }
      case 1: emit(row())
      case 2: state.address &+= (data.unsigned() ?? 0) &* minimumLength
      case 3: state.line &+= data.signed() ?? 0
      case 4: state.file = data.unsigned() ?? 0
      case 5: _ = data.unsigned()
      case 6: state.isStatement.toggle()
      case 8: state.address &+= (255 - opcodeBase) / lineRange &* minimumLength
      case 9: state.address &+= data.number(bytes: 2) ?? 0
      default:
        for _ in 0..<operandCounts[Int(opcode) - 1] { _ = data.unsigned() }
      }
    }
  }

  /// - Returns: false where the program contradicts itself.
  private func runExtended(_ data: inout DebugData, _ state: inout State, _ emit: (LineTable.Row) -> Void) -> Bool {
    guard let length = data.unsigned(), length > 0, length <= UInt64(max(end - data.place, 0)) else { return false }
    let next = data.place + Int(length)
    switch data.number(bytes: 1) {
    case 1:
      emit(.init(address: state.address, section: state.section, file: nil, line: 0, isStatement: false, isEnd: true))
      state = State(isStatement: isStatementAtFirst)
    case 2 where length == 9:
      state.section = data.sections[data.place] ?? 0
      state.address = data.number(bytes: 8) ?? 0
    default: break
    }
    data.place = next
    return true
  }
}
