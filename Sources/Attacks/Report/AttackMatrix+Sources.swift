import Scenarios

extension AttackMatrix {
  /// A file with a line table.
  public struct DebugFile: Sendable {
    /// In the folder of attacks, or of images.
    public var name: String
    public var isAttack: Bool
    /// What it is built for.
    public var design: GuestSpecification.Design
  }

  /// Adds the line of source to each piece of evidence that has one.
  ///
  /// - Parameter line: tells the line of an address of an image, or of a distance from where an attack was loaded.
  public mutating func locateEvidence(_ line: (DebugFile, UInt64) -> String?) {
    for row in rows.indices {
      let attack = rows[row].attack
      for column in rows[row].cells.indices {
        guard let evidence = rows[row].cells[column].found?.evidence else { continue }
        let cell = Cell(attack: attack, design: rows[row].cells[column].design)
        let file: DebugFile
        let address: UInt64
        if let offset = evidence.offset(in: cell.object) {
          file = DebugFile(
            name: "\(attack.attackClass.rawValue)/\(cell.object)", isAttack: true,
            design: cell.design)
          address = offset
        } else if evidence.place != nil, evidence.instructionPointer < 0x8000_0000 {
          file = DebugFile(name: "uio-\(cell.guest.variant.rawValue).debug", isAttack: false, design: cell.design)
          address = evidence.instructionPointer
        } else {
          continue
        }
        rows[row].cells[column].found?.evidence?.sourceLine = line(file, address)
      }
    }
  }
}

extension Evidence {
  /// How far into a program the instruction lies: 0x13 for "own.o+0x13".
  fileprivate func offset(in program: String) -> UInt64? {
    guard let place, place.hasPrefix("\(program)+0x") else { return nil }
    return UInt64(place.dropFirst(program.count + 3), radix: 16)
  }
}
