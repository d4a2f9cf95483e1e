/// Assembles the text form of programs (docs/bpf-assembly.md) into encoded slots.
public struct Assembler {
  typealias Reason = AssemblyError.Reason

  private struct Statement {
    var line: Int
    var column: Int
    var slot: Int32
    var operation: Operation
    var target: AssemblyTarget?
  }

  private struct Label {
    var name: Word
    var slot: Int32
    var line: Int
    var column: Int
  }

  private let source: [UInt8]
  private var statements: [Statement] = []
  private var labels: [Label] = []
  private var slotCount: Int32 = 0
  /// Slot of the first `exit`: a jump to the label `exit` goes there unless the source defines that label.
  private var firstExit: Int32?

  /// Assembles `source` (UTF-8). The result is a valid program.
  public static func assemble(_ source: [UInt8]) throws(AssemblyError) -> Program {
    var assembler = Assembler(source: source)
    try assembler.parseLines()
    try assembler.sortLabels()
    return try assembler.program()
  }

  private init(source: [UInt8]) { self.source = source }

  private mutating func parseLines() throws(AssemblyError) {
    var start = 0
    var line = 1
    while start < source.count {
      var end = start
      while end < source.count && source[end] != 10 { end += 1 }
      try parse(LineScanner(source, start, end), line)
      start = end + 1
      line += 1
    }
  }

  private mutating func parse(_ first: LineScanner, _ line: Int) throws(AssemblyError) {
    var scanner = first
    while true {
      var ahead = scanner
      let word = ahead.word()
      guard !word.bytes.isEmpty && ahead.takeColon() else { break }
      labels.append(Label(name: word, slot: slotCount, line: line, column: scanner.column))
      scanner = ahead
    }
    guard !scanner.isAtEnd else { return }
    var parser = InstructionParser(scanner)
    do throws(Reason) {
      guard slotCount < Int32(Program.maximumSlotCount) else { throw .tooManySlots }
      let operation = try parser.parse()
      if operation == .exit && firstExit == nil { firstExit = slotCount }
      statements.append(
        Statement(
          line: line, column: scanner.column, slot: slotCount, operation: operation, target: parser.target))
      slotCount += Instruction(slot: 0, operation: operation).slotCount
    } catch {
      let column = parser.scanner.column
      let name = error == .unknownMnemonic ? parser.scanner.word().bytes : []
      throw AssemblyError(line: line, column: column, reason: error, name: name)
    }
  }

  // MARK: Labels

  private static func precedes(_ a: Word, _ b: Word) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }

  private mutating func sortLabels() throws(AssemblyError) {
    labels.sort { Self.precedes($0.name, $1.name) || ($0.name.bytes == $1.name.bytes && $0.line < $1.line) }
    for index in labels.indices.dropFirst() where labels[index].name.bytes == labels[index - 1].name.bytes {
      let label = labels[index]
      throw AssemblyError(line: label.line, column: label.column, reason: .duplicateLabel, name: label.name.bytes)
    }
  }

  private func slot(of name: Word) -> Int32? {
    var low = 0
    var high = labels.count
    while low < high {
      let middle = (low + high) / 2
      if Self.precedes(labels[middle].name, name) { low = middle + 1 } else { high = middle }
    }
    if low < labels.count && labels[low].name.bytes == name.bytes { return labels[low].slot }
    return name == "exit" ? firstExit : nil
  }

  // MARK: Targets

  private func program() throws(AssemblyError) -> Program {
    var slots: [EncodedSlot] = []
    slots.reserveCapacity(Int(slotCount))
    for statement in statements {
      do throws(Reason) {
        let (first, second) = try encode(statement)
        slots.append(first)
        if let second { slots.append(second) }
      } catch {
        var name: ArraySlice<UInt8> = []
        if error == .unknownLabel, case .label(let label) = statement.target { name = label.bytes }
        throw AssemblyError(line: statement.line, column: statement.column, reason: error, name: name)
      }
    }
    do throws(DecodingError) { return try Program(slots: slots) } catch {
      let place = statements.last { $0.slot <= Int32(truncatingIfNeeded: error.slot) }
      throw AssemblyError(line: place?.line ?? 1, column: place?.column ?? 1, reason: .invalid(error.reason))
    }
  }

  private func encode(_ statement: Statement) throws(Reason) -> (EncodedSlot, EncodedSlot?) {
    var operation = statement.operation
    if let target = statement.target {
      let slot: Int32
      switch target {
      case .distance(let distance):
        let (sum, overflow) = distance.addingReportingOverflow(statement.slot + 1)
        guard !overflow else { throw .distanceOutOfRange }
        slot = sum
      case .label(let name):
        guard let place = self.slot(of: name) else { throw .unknownLabel }
        slot = place
      }
      operation = operation.going(to: slot)
    }
    guard let encoded = Instruction(slot: statement.slot, operation: operation).encoded else {
      throw .distanceOutOfRange
    }
    return encoded
  }
}

extension Operation {
  /// The same operation with another target.
  func going(to slot: Int32) -> Operation {
    switch self {
    case .jump(_, let wide): .jump(target: slot, wide: wide)
    case .branch(let condition, let width, let register, let operand, _):
      .branch(condition, width, register, operand, target: slot)
    case .mayGoto: .mayGoto(target: slot)
    case .callLocal: .callLocal(target: slot)
    case .loadWide(let register, .code): .loadWide(register, .code(slot: slot))
    default: self
    }
  }
}
