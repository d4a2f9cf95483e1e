import Scenarios
import SimCPU

/// Registers for people and for programs.
extension RegisterFile {
  /// Those that tell most, in lines of four: general ones, then what decides about accesses.
  var listing: [String] {
    let shown = Self.names.prefix(16) + ["rip", "rflags", "cr2", "cr3", "pkru", "cs", "ss"]
    let cells = shown.map { name in
      name + String(repeating: " ", count: 7 - name.count) + Self.hexadecimal(self[name] ?? 0)
    }
    return stride(from: 0, to: cells.count, by: 4).map { first in
      let row = cells[first..<min(cells.count, first + 4)]
      return row.dropLast().map { $0 + String(repeating: " ", count: 27 - $0.count) }.joined() + (row.last ?? "")
    }
  }

  /// All of them by name.
  var json: JSONText {
    .object(zip(Self.names, words).map { ($0, .string(Self.hexadecimal($1))) })
  }

  static func hexadecimal(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}

extension [RegisterFile.Difference] {
  /// One line a register, the first few.
  func listing(old: String, new: String) -> [String] {
    let shownMax = 16
    let lines = prefix(shownMax).map {
      "\($0.name): \(RegisterFile.hexadecimal($0.old)) \(old), \(RegisterFile.hexadecimal($0.new)) \(new)"
    }
    return lines + (count > shownMax ? ["… and \(count - shownMax) more"] : [])
  }

  func json(old: String, new: String) -> JSONText {
    .array(
      map {
        .object([
          ("register", .string($0.name)), (old, .string(RegisterFile.hexadecimal($0.old))),
          (new, .string(RegisterFile.hexadecimal($0.new))),
        ])
      })
  }
}
