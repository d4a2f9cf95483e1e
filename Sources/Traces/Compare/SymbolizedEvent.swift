import GuestOS
import SimEvents

extension Event {
  /// The line for people, with the names of the addresses that `image` knows.
  public func text(image: GuestImage?) -> String {
    let names = addresses.compactMap { image?.name(of: $0) }
    return names.isEmpty ? text : "\(text) (\(names.joined(separator: ", ")))"
  }

  /// Where the processor was, as far as the event itself tells.
  public var instructionPointer: UInt64? {
    for case ("instructionPointer", .address(let address)) in payload.fields { return address }
    return nil
  }

  /// The address that an access wanted, then the instruction's.
  var addresses: [UInt64] {
    let accessed: UInt64? =
      switch payload {
      case .accessDenied(let address, _, _, _, _, _, _), .exception(14, _, _, let address): address
      default: nil
      }
    return [accessed, instructionPointer].compactMap { $0 }
  }
}

extension GuestImage {
  /// An address by its symbol: `set_count+0x9`.
  func name(of address: UInt64) -> String? {
    symbol(at: address).map { $0.offset == 0 ? $0.symbol.name : "\($0.symbol.name)+0x\(String($0.offset, radix: 16))" }
  }
}
