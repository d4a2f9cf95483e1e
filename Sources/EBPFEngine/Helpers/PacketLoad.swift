/// Loads from the packet (`Operation.loadPacket`): the engine asks the host for the bytes as for a helper's result.
public enum PacketLoad {
  /// What the host is called with, no helper's number: r1 is the offset from the packet's start, r2 the number of bytes (1,
  /// 2 or 4). A host that knows no packets throws `unknownHelper`, as for any number.
  public static let number: Int32 = -2

  /// Says in a micro-operation's detail that there is an index.
  static let indexFlag: UInt8 = 0x80

  /// The bytes, the first the highest.
  ///
  /// - Throws: `packetEnd` where the packet has not all of them. Linux's negative offsets, which lead to headers, do not
  ///   lead anywhere here.
  public static func value(_ arguments: HelperArguments, of packet: UnsafeRawBufferPointer) throws(HelperFault)
    -> UInt64
  {
    let (offset, size) = (arguments.r1, arguments.r2)
    guard size <= UInt64(packet.count), offset <= UInt64(packet.count) - size else { throw .packetEnd }
    var value: UInt64 = 0
    for byte in 0..<Int(size) { value = value << 8 | UInt64(packet[Int(offset) + byte]) }
    return value
  }

  static func size(_ operation: MicroOperation) -> UInt64 { UInt64(operation.detail & ~indexFlag) }

  /// Sums of index and offset have 32 bits, with a sign, as in Linux.
  static func offset(_ operation: MicroOperation, _ index: UInt64) -> UInt64 {
    let offset = Int32(truncatingIfNeeded: operation.immediate)
    guard operation.detail & indexFlag != 0 else { return UInt64(bitPattern: Int64(offset)) }
    return UInt64(bitPattern: Int64(offset &+ Int32(truncatingIfNeeded: index)))
  }
}
