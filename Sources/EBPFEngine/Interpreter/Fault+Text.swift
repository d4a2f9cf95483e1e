extension HelperFault {
  /// One short phrase.
  public var text: StaticString {
    switch self {
    case .unknownHelper: "unknown helper"
    case .badPointer: "pointer argument outside the program's memory"
    case .badMap: "argument is not a map"
    case .badFunction: "argument is not a function of the program"
    case .tailCall: "another program takes over"
    case .packetEnd: "beyond the end of the packet"
    case .badRecord: "argument is not a reserved record"
    case .readOnlyMap: "map is read-only"
    case .badArgument: "argument out of range"
    case .notShown: "memory that programs are not shown"
    }
  }
}

extension Fault {
  /// `instruction 7: invalid write of 8 bytes at 0x10`.
  public func write(to text: inout TextWriter) {
    text.write("instruction ")
    text.write(Int64(slot))
    text.write(": ")
    switch kind {
    case .read(let address, let size): Self.write("invalid read of ", address, size, to: &text)
    case .write(let address, let size): Self.write("invalid write of ", address, size, to: &text)
    case .budgetExhausted: text.write("instruction budget exhausted")
    case .callDepth: text.write("more than 8 nested calls")
    case .helper(Int64(PacketLoad.number), .unknownHelper): text.write("load from a packet where there is none")
    case .helper(let number, let fault):
      text.write("helper ")
      text.write(number)
      text.write(": ")
      text.write(fault.text)
    case .addressSpaceInUse: text.write("the address space is in use by another run")
    }
  }

  private static func write(
    _ what: StaticString, _ address: UInt64, _ size: UInt8, to text: inout TextWriter
  ) {
    text.write(what)
    text.write(Int64(size))
    text.write(size == 1 ? " byte at " : " bytes at ")
    text.writeHexadecimal(address)
  }
}

extension Fault: CustomStringConvertible {
  public var description: String {
    var text = TextWriter()
    write(to: &text)
    return text.string
  }
}
