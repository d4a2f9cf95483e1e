import GuestBoot

/// The unikernel's own symbols, as Scripts/build-guest writes them: sorted by address.
///
/// ```
/// count u64 | (address u32, offset of name u32) * count | names, each ended by NUL
/// ```
enum SymbolTable {
  private static var start: UInt64 { symbol_table_address() }
  static var count: UInt64 { volatile_read64(start) }
  private static var names: UInt64 { start &+ 8 &+ count &* 8 }

  private static func address(_ index: UInt64) -> UInt64 { UInt64(volatile_read32(start &+ 8 &+ index &* 8)) }

  private static func name(_ index: UInt64) -> UnsafeBufferPointer<UInt8> {
    let place = names &+ UInt64(volatile_read32(start &+ 12 &+ index &* 8))
    let bytes = UnsafePointer<UInt8>(bitPattern: UInt(place))!
    var length = 0
    while bytes[length] != 0 { length &+= 1 }
    return UnsafeBufferPointer(start: bytes, count: length)
  }

  /// The address of a name, or nil.
  static func address(of wanted: some Collection<UInt8>) -> UInt64? {
    for index in 0..<count where name(index).elementsEqual(wanted) { return address(index) }
    return nil
  }

  /// The symbol that an address of the image lies in or behind.
  static func symbol(at place: UInt64) -> (name: UnsafeBufferPointer<UInt8>, offset: UInt64)? {
    guard BootInformation.isImage(place), count != 0 else { return nil }
    var low: UInt64 = 0
    var high = count
    while high &- low > 1 {
      let middle = (low &+ high) / 2
      if address(middle) <= place { low = middle } else { high = middle }
    }
    guard address(low) <= place else { return nil }
    // Of several names for one address the last is the innermost.
    return (name(low), place &- address(low))
  }
}

extension ByteSink {
  /// `name+0xoffset` for an address of the image, otherwise false. A return address belongs to the function of the call
  /// before it: behind a call that does not return the next function may begin.
  mutating func imageSymbol(_ place: UInt64, isReturnAddress: Bool = false) -> Bool {
    let back: UInt64 = isReturnAddress ? 1 : 0
    guard let symbol = SymbolTable.symbol(at: place &- back) else { return false }
    bytes(symbol.name)
    offset(symbol.offset &+ back)
    return true
  }

  /// Nothing for 0, else `+0x10`.
  mutating func offset(_ offset: UInt64) {
    guard offset != 0 else { return }
    put(UInt8(ascii: "+"))
    address(offset)
  }
}
