import GuestOS
import LineTables
import TerminalText

/// How often each line of source was executed, in any number of runs.
public struct Coverage: Sendable {
  struct Function: Equatable {
    var line: Int
    var count: UInt64
  }

  struct File: Equatable {
    /// Every line that has code, executed or not.
    var lines: [Int: UInt64] = [:]
    var functions: [String: Function] = [:]
  }

  var files: [String: File] = [:]

  public init() {}

  /// How many lines have code, and how many of them were executed.
  public var lineCounts: (all: Int, executed: Int) {
    files.values.reduce((0, 0)) { sum, file in
      (sum.0 + file.lines.count, sum.1 + file.lines.values.count { $0 > 0 })
    }
  }

  /// Adds a run. Programs count if they were loaded: what never was has no lines here.
  public mutating func add(_ profile: TimeProfile, _ lines: SourceLines) {
    var counts: [CodePlace: UInt64] = [:]
    for entry in profile.entries where entry.count > 0 {
      counts[profile.places[entry.place], default: 0] += entry.count
    }
    addLines(counts, profile, lines)
    addFunctions(counts, lines)
  }

  /// Adds what other runs have executed: counts add up, and a line that either knows is known.
  public mutating func add(_ other: Coverage) {
    for (name, file) in other.files {
      for (line, count) in file.lines { files[name, default: File()].lines[line, default: 0] += count }
      for (symbol, function) in file.functions {
        var own = files[name, default: File()].functions[symbol] ?? Function(line: function.line, count: 0)
        own.line = min(own.line, function.line)
        own.count += function.count
        files[name, default: File()].functions[symbol] = own
      }
    }
  }

  private struct Copy: Hashable {
    var file: String
    var line: Int
    /// The function that the line is compiled into.
    var function: String
  }

  /// A line counts as often as the most frequent of its instructions. Where it is compiled into several functions, it counts in each.
  private mutating func addLines(_ counts: [CodePlace: UInt64], _ profile: TimeProfile, _ lines: SourceLines) {
    for module in lines.modules.values {
      for row in module.table.rows where !row.isEnd && row.line > 0 {
        guard let name = row.file.flatMap({ module.names[$0] }), name.isOwn else { continue }
        guard module.offset(row.address, section: row.section) != nil else {
          continue
        }
        files[name.text, default: File()].lines[row.line, default: 0] += 0
      }
    }
    var copies: [Copy: UInt64] = [:]
    for (number, place) in profile.places.enumerated() {
      guard let count = counts[place], let line = lines.line(of: place), line.name.isOwn else { continue }
      let function = profile.functions[profile.functionOfPlace[number]]
      let copy = Copy(file: line.name.text, line: line.line, function: function)
      copies[copy] = max(copies[copy] ?? 0, count)
    }
    for (copy, count) in copies { files[copy.file, default: File()].lines[copy.line, default: 0] += count }
  }

  private mutating func addFunctions(_ counts: [CodePlace: UInt64], _ lines: SourceLines) {
    for (number, module) in lines.modules {
      for symbol in module.symbols where symbol.isFunction {
        guard let offset = module.offset(symbol.value, section: symbol.section),
          let row = module.row(at: offset), let name = row.file.flatMap({ module.names[$0] }), name.isOwn
        else { continue }
        let count = counts[CodePlace(module: number, offset: offset)] ?? 0
        // Specialized copies of a function are one.
        var function =
          files[name.text, default: File()].functions[readableName(symbol.name)] ?? Function(line: row.line, count: 0)
        function.line = min(function.line, row.line)
        function.count += count
        files[name.text, default: File()].functions[readableName(symbol.name)] = function
      }
    }
  }

  /// A tracefile as lcov's and geninfo's manual pages describe it.
  ///
  /// - Parameter test: what the tests are called in it: letters, digits and `_`, others become `_`.
  public func tracefile(test: String) -> String {
    let allowed = test.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    var text = "TN:\(String(allowed))\n"
    for (name, file) in files.sorted(by: { $0.key < $1.key }) {
      text += "SF:\(name.terminalLine)\n"
      let functions = file.functions.sorted { ($0.value.line, $0.key) < ($1.value.line, $1.key) }
      for (name, function) in functions { text += "FN:\(function.line),\(name.terminalLine)\n" }
      for (name, function) in functions { text += "FNDA:\(function.count),\(name.terminalLine)\n" }
      text += "FNF:\(functions.count)\nFNH:\(functions.count { $0.value.count > 0 })\n"
      let lines = file.lines.sorted { $0.key < $1.key }
      for (line, count) in lines { text += "DA:\(line),\(count)\n" }
      text += "LF:\(lines.count)\nLH:\(lines.count { $0.value > 0 })\nend_of_record\n"
    }
    return text
  }
}
