/// The exceptions of SDM vol. 3, table 6-1.
enum Exception {
  static var divideError: UInt64 { 0 }
  static var debug: UInt64 { 1 }
  static var nonMaskable: UInt64 { 2 }
  static var breakpoint: UInt64 { 3 }
  static var invalidOpcode: UInt64 { 6 }
  static var doubleFault: UInt64 { 8 }
  static var generalProtection: UInt64 { 13 }
  static var pageFault: UInt64 { 14 }
  static var machineCheck: UInt64 { 18 }

  /// Whether the processor pushes an error code (SDM vol. 3, table 6-1, and AMD's #VC and #SX): interrupts.S has the same
  /// list.
  static func hasErrorCode(_ vector: UInt64) -> Bool {
    switch vector {
    case 8, 10...14, 17, 21, 29, 30: true
    default: false
    }
  }

  static func name(_ vector: UInt64) -> StaticString {
    switch vector {
    case 0: "divide error"
    case 1: "debug exception"
    case 2: "NMI"
    case 3: "breakpoint"
    case 4: "overflow"
    case 5: "bound range exceeded"
    case 6: "invalid opcode"
    case 7: "device not available"
    case 8: "double fault"
    case 10: "invalid TSS"
    case 11: "segment not present"
    case 12: "stack fault"
    case 13: "general protection"
    case 14: "page fault"
    case 16: "x87 error"
    case 17: "alignment check"
    case 18: "machine check"
    case 19: "SIMD error"
    case 21: "control protection"
    default: "unexpected interrupt"
    }
  }
}

/// The error code of a page fault (SDM vol. 3, 4.7).
struct PageFaultCode: OptionSet {
  var rawValue: UInt64

  static var present: PageFaultCode { PageFaultCode(rawValue: 1 << 0) }
  static var write: PageFaultCode { PageFaultCode(rawValue: 1 << 1) }
  static var fetch: PageFaultCode { PageFaultCode(rawValue: 1 << 4) }
  static var protectionKey: PageFaultCode { PageFaultCode(rawValue: 1 << 5) }
}
