import Hexadecimal
import Scenarios
import SimCPU

/// Registers for people and for programs.
extension RegisterFile {
  /// Those that tell most, in lines of four: general ones, then what decides about accesses.
  var listing: [String] {
    let shown = Self.names.prefix(16) + ["rip", "rflags", "cr2", "cr3", "pkru", "cs", "ss"]
    let cells = shown.map { name in
      name + String(repeating: " ", count: 7 - name.count) + (self[name] ?? 0).hexadecimal
    }
    return stride(from: 0, to: cells.count, by: 4).map { first in
      let row = cells[first..<min(cells.count, first + 4)]
      return row.dropLast().map { $0 + String(repeating: " ", count: 27 - $0.count) }.joined() + (row.last ?? "")
    }
  }

  /// All of them by name.
  var json: JSONText {
    .object(zip(Self.names, words).map { ($0, .string($1.hexadecimal)) })
  }
}

extension [RegisterFile.Difference] {
  /// One line a register, the first few.
  func listing(old: String, new: String) -> [String] {
    let shownMax = 16
    let lines = prefix(shownMax).map {
      "\($0.name): \($0.old.hexadecimal) \(old), \($0.new.hexadecimal) \(new)"
    }
    return lines + (count > shownMax ? ["… and \(count - shownMax) more"] : [])
  }

  func json(old: String, new: String) -> JSONText {
    .array(
      map {
        .object([
          ("register", .string($0.name)), (old, .string($0.old.hexadecimal)),
          (new, .string($0.new.hexadecimal)),
        ])
      })
  }
}
