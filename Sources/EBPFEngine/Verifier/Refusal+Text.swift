extension RegisterKind {
  /// Name as in the Linux verifier's messages.
  public var text: StaticString {
    switch self {
    case .uninitialised: "?"
    case .scalar: "scalar"
    case .context: "ctx"
    case .stack: "fp"
    case .map: "map_ptr"
    case .mapValueOrNull: "map_value_or_null"
    case .mapValue: "map_value"
    case .region: "mem"
    case .recordOrNull: "ringbuf_mem_or_null"
    case .record: "ringbuf_mem"
    case .mapKey: "map_key"
    case .mapOrNull: "map_ptr_or_null"
    case .function: "func"
    case .packet: "pkt"
    case .packetMeta: "pkt_meta"
    case .packetEnd: "pkt_end"
    }
  }
}

extension HelperSignature.Argument {
  var text: StaticString {
    switch self {
    case .unused, .anything, .functionContext: "any"
    case .scalar, .size, .sizeOrZero, .recordSize: "scalar"
    case .context: "ctx"
    case .map, .writableMap: "map_ptr"
    case .mapKey, .mapValue, .mapValueOut, .readable, .readableOrNull, .writable, .number: "fp, map_value, mem, ctx"
    case .function: "func"
    case .record: "ringbuf_mem"
    case .string: "fp, map_value, ctx"
    }
  }
}

extension Refusal.Reason {
  /// One line without a newline.
  func write(to text: inout TextWriter) {
    switch self {
    case .unreachable: text.write("unreachable insn")
    case .infiniteLoop: text.write("infinite loop detected: the same state comes here again")
    case .tooComplex(let limit): text.write("BPF program is too large. Processed ", limit, " insns without an end")
    case .tooManyBranches(let limit): text.write("The sequence of ", limit, " jumps is too complex")
    case .tooManyFrames: text.write("the call stack of 9 frames is too deep")
    case .uninitialised(let register): text.write(register, " !read_ok")
    case .divisionByZero: text.write("div by zero")
    case .shiftCount(let count): text.write("invalid shift ", Int(count), "")
    case .pointerArithmetic(let register, let kind) where kind.mayBeNull:
      text.write(register, " pointer arithmetic on ")
      text.write(kind.text)
      text.write(" prohibited, null-check it first")
    case .pointerArithmetic(let register, let kind):
      text.write(register, " this operation on ")
      text.write(kind.text)
      text.write(" pointer prohibited")
    case .partialCopy(let register): text.write(register, " partial copy of pointer")
    case .pointerComparison(let register): text.write(register, " pointer comparison prohibited")
    case .notMemory(let register, let kind):
      text.write(register, " invalid mem access '")
      text.write(kind.text)
      text.write("'")
    case .outOfBounds(let register, let kind, let min, let max, let size, let limit):
      text.write(register, " invalid access to ")
      text.write(kind.text)
      text.write(", size of the memory=", limit, " ")
      text.writeAccess(min, max, size)
    case .contextAccess(let min, let max, let size, let rights):
      text.write("invalid bpf_context access (")
      text.write(rights.text)
      text.write(") ")
      text.writeAccess(min, max, size)
    case .missingRight(let register, let kind, let rights):
      text.write(register, " cannot ")
      text.write(rights.text)
      text.write(" ")
      text.write(kind.text)
    case .misaligned(let kind, let offset, let size):
      text.write("misaligned ")
      text.write(kind.text)
      text.write(" access off ", Int(offset), " size ")
      text.write(Int64(size))
    case .uninitialisedStack(let register, let offset, let size):
      text.write("invalid read from uninitialised stack ")
      text.write(register, " off ")
      text.write(Int64(offset))
      text.write(" size ", size, "")
    case .corruptsSpill(let offset): text.write("attempt to corrupt spilled pointer on stack off ", offset, "")
    case .spillSize(let register): text.write(register, " invalid size of register spill")
    case .pointerLeak(let register): text.write(register, " leaks addr into mem")
    case .frameLeak(let register): text.write(register, " pointer to the stack frame outlives the function")
    case .addressInData(let register):
      text.write(register, " reaches a part of an address in constant data, or addresses of different objects")
    case .returnLeak: text.write("R0 leaks addr as return value")
    default: writeCall(to: &text)
    }
  }

  private func writeCall(to text: inout TextWriter) {
    switch self {
    case .unknownHelper(let number): text.write("invalid func unknown#", Int(number), "")
    case .helperNumber(let register): text.write(register, " helper number is not a known constant")
    case .argumentType(let register, let kind, let expected):
      text.write(register, " type=")
      text.write(kind.text)
      text.write(" expected=")
      text.write(expected.text)
    case .argumentSize(let register, let min, let max):
      text.write(register, " invalid size of memory: min ")
      text.write(min)
      text.write(", max ")
      text.writeUnsigned(max)
    case .mapKind(let register, let kind):
      text.write(register, " cannot pass map_type ")
      text.write(Int64(kind.rawValue))
      text.write(" into this helper")
    case .recordSize(let register): text.write(register, " is not a known size")
    case .unreleased(let count):
      text.write("Unreleased reference: ", count, " reserved and neither submitted nor discarded")
    case .packetLoad: text.write("programs of this type do not load from a packet so")
    case .packetLoadInFunction: text.write("loads from the packet are for the program itself, not for its functions")
    case .tailCallInFunction: text.write("tail calls are for the program itself, not for its functions")
    case .notAtStart(let register, let kind):
      text.write(register, " has to lead to the start of the ")
      text.write(kind.text)
      text.write(": it was moved")
    case .callbackResult: text.write("R0 of a function that a helper calls is not certainly 0 or 1")
    case .missingMap(let register): text.write(register, " belongs to a map that no argument names")
    case .unterminatedString(let register): text.write(register, " string is not zero-terminated for certain")
    case .stringTooLong(let register):
      text.write(register, " string may have more than ")
      text.write(Int64(HelperSignature.maximumStringSize - 1))
      text.write(" bytes")
    case .unknownMap(let number): text.write("map ", Int(number), " is not known")
    case .indirectMap(let number, let offset):
      text.write("map ", Int(number), " has no direct value at offset ")
      text.write(Int64(offset))
    case .unknownVariable(let number): text.write("variable ", Int(number), " is not known")
    case .codeAddress: text.write("address of code is not supported")
    default: break
    }
  }
}

extension MemoryRights {
  fileprivate var text: StaticString {
    self == .read ? "read" : self == .write ? "write" : "read and write"
  }
}

extension TextWriter {
  mutating func write(_ before: StaticString, _ number: Int, _ after: StaticString) {
    write(before)
    write(Int64(number))
    write(after)
  }

  /// `R3 !read_ok`: registers as the Linux verifier writes them.
  mutating func write(_ register: Register, _ after: StaticString) {
    write("R")
    write(Int64(register.index))
    write(after)
  }

  /// Decimal, or hexadecimal where decimal would be unreadable.
  mutating func writeUnsigned(_ number: UInt64) {
    if let small = Int64(exactly: number) { write(small) } else { writeHexadecimal(number) }
  }

  /// `off=8 size=4`, or the range of offsets.
  fileprivate mutating func writeAccess(_ min: Int64, _ max: Int64, _ size: Int) {
    write("off=")
    write(min)
    if max != min {
      write("..")
      write(max)
    }
    write(" size=", size, "")
  }
}
