import GuestOS
import Hexadecimal
import SimEvents

/// The names of a run's addresses at one time: the symbols of its image, and the programs that the unikernel says it has loaded.
public struct AddressNames: Sendable {
  private let image: GuestImage
  private var programs: [(name: String, base: UInt64, size: UInt64)] = []

  public init(_ image: GuestImage) { self.image = image }

  /// Takes in a record that the unikernel itself has written.
  ///
  /// - Returns: whether it changes which names there are.
  public mutating func note(_ record: GuestRecord) -> Bool {
    switch record {
    case .loaded(let name, let base, let size): programs.append((name, base, size))
    case .freed(let name): programs.removeAll { $0.name == name }
    default: return false
    }
    return true
  }

  /// "rogue-write.o+0xb", "set_count+0x9", "set_count"; nil where nothing has a name.
  public func place(_ address: UInt64) -> String? {
    if let program = programs.last(where: { address &- $0.base < $0.size }) {
      return "\(program.name)+\((address &- program.base).hexadecimal)"
    }
    guard address != 0, let found = image.symbol(at: address) else { return nil }
    let name = readableName(found.symbol.name)
    return found.offset == 0 ? name : "\(name)+\(found.offset.hexadecimal)"
  }
}
