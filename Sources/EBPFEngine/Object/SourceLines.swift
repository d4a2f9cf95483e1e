#if !hasFeature(Embedded)
  /// Where an instruction comes from in the source.
  public struct SourceLine: Equatable, Sendable {
    /// Slot of the first instruction of the line's.
    public var slot: Int
    public var file: [UInt8]
    /// From 1; 0 where the compiler tells none.
    public var line: Int
    public var column: Int
    /// The line, without blanks around it; empty where the object has not got it.
    public var text: [UInt8]
  }

  /// The lines of a program, sorted by slot.
  public struct SourceLines: Sendable {
    public private(set) var lines: [SourceLine] = []

    public init() {}

    init(_ lines: [SourceLine]) { self.lines = lines.sorted { $0.slot < $1.slot } }

    /// The line that the instruction at `slot` comes from.
    public func line(at slot: Int) -> SourceLine? { lines.last { $0.slot <= slot } }

    /// The line that begins with the instruction at `slot`.
    public func line(startingAt slot: Int) -> SourceLine? { lines.first { $0.slot == slot } }
  }

  /// The lines of all code sections of a file. What is malformed tells nothing: lines are for people, and no program is
  /// refused for want of them.
  struct SectionLines {
    /// By section and bytes from its start.
    private var lines: [(section: Int, offset: Int, line: SourceLine)] = []

    init(_ file: ELFFile) {
      func contents(_ name: StaticString) -> ArraySlice<UInt8>? {
        file.sections.first { Word(bytes: $0.name[...]) == name }?.contents
      }
      guard let table = contents(".BTF.ext"), let types = contents(".BTF"), let records = try? TypeExtension(table),
        let strings = try? TypeInformation(types).strings, let all = try? records.lines()
      else { return }
      var section: (name: UInt32, index: Int?)?
      for record in all {
        if section?.name != record.section {
          section = (record.section, strings.string(UInt64(record.section)).flatMap(file.codeSection))
        }
        let reader = records.reader
        guard let index = section?.index, let offset = reader.u32(record.offset),
          let path = reader.u32(record.offset + 4),
          let text = reader.u32(record.offset + 8), let place = reader.u32(record.offset + 12)
        else { continue }
        let line = SourceLine(
          slot: 0, file: strings.string(UInt64(path)).map { Array($0) } ?? [], line: Int(place >> 10),
          column: Int(place & 0x3ff), text: Self.trimmed(strings.string(UInt64(text)) ?? []))
        lines.append((index, Int(offset), line))
      }
      lines.sort { $0.section != $1.section ? $0.section < $1.section : $0.offset < $1.offset }
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> [UInt8] {
      let isBlank = { (byte: UInt8) in byte == 32 || byte == 9 }
      var text = text.drop(while: isBlank)
      while let last = text.last, isBlank(last) { text.removeLast() }
      return Array(text)
    }

    /// Those of the functions that a program is put together from.
    func lines(of pieces: [FunctionLinker.Piece]) -> SourceLines {
      var found: [SourceLine] = []
      for piece in pieces {
        let function = piece.function
        var next = lines.partitioningIndex {
          $0.section > function.section || ($0.section == function.section && $0.offset >= function.offset)
        }
        while next < lines.count, lines[next].section == function.section {
          let item = lines[next]
          guard item.offset < function.offset + function.size else { break }
          next += 1
          var line = item.line
          line.slot = piece.slot + (item.offset - function.offset) / 8
          found.append(line)
        }
      }
      return SourceLines(found)
    }
  }
#endif
