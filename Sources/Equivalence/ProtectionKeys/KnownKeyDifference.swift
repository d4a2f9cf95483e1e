import PKRUModel

/// Where other processors and the manual differ: the one place in which the comparison of access decisions looks away. Each
/// is an exact prediction of what the processor does instead.
public enum KnownKeyDifference: String, CaseIterable, Sendable {
  case reservedWithoutPresent = "reserved-without-present"
  case implicitWithAC = "implicit-with-ac"
  case keysByPrivilege = "keys-by-privilege"

  /// What it is, and where the manual says otherwise.
  public var reason: String {
    switch self {
    case .reservedWithoutPresent:
      "qemu-tcg 7.2 reports a reserved bit with P=0 in the error code; by SDM volume 3, 4.7, P is 0 only if an entry is not present"
    case .implicitWithAC:
      "in qemu-tcg (at CPL 0) and bochs EFLAGS.AC lifts SMAP for implicit accesses too; by SDM volume 3, 4.6.1, for explicit ones only"
    case .keysByPrivilege:
      "bochs 2.7 applies PKRU by who accesses, on supervisor pages too, and AD to CPL 3 only; by SDM volume 3, 4.6.2, the page's U/S bit decides, at any CPL"
    }
  }
}

extension KeyTrial {
  /// The result byte of a voice with what it is known to do otherwise.
  func expected(of voice: String) -> UInt8 {
    switch voice {
    case KeyMatrixReport.qemu: expectedOfQEMU
    case KeyMatrixReport.bochs: result(implicitly: .supervisor, codeOnBochs)
    default: expected
    }
  }

  private var expectedOfQEMU: UInt8 {
    let result = result(implicitly: cpl == 0 ? .supervisor : .implicitSupervisor)
    let isErrorCode = result & 0xc0 == 0
    let reserved = UInt8(truncatingIfNeeded: PageFaultErrorCode.reserved.rawValue)
    let present = UInt8(truncatingIfNeeded: PageFaultErrorCode.present.rawValue)
    return isErrorCode && result & reserved != 0 ? result & ~present : result
  }

  private func codeOnBochs(_ access: Access) -> UInt8? {
    var withoutKeys = context
    withoutKeys.controls.remove(.protectionKeys)
    var code: PageFaultErrorCode?
    if case .denied(let rule, let errorCode) = AccessModel.decide(access, rights: rights, context: withoutKeys) {
      if rule == .notPresent || rule == .reservedBit { return UInt8(truncatingIfNeeded: errorCode.rawValue) }
      code = errorCode
    }
    let (disablesAccess, disablesWrite) = (pkruBits & 1 != 0, pkruBits & 2 != 0)
    let (isUser, isWrite) = (access.privilege == .user, access.kind == .write)
    let isRefused = isUser ? disablesAccess || isWrite && disablesWrite : isWrite && disablesWrite && controls & 1 != 0
    if controls & 2 != 0, access.kind != .fetch, isRefused {
      var keyed: PageFaultErrorCode = [.present, .protectionKey]
      if isWrite { keyed.formUnion(.write) }
      if isUser { keyed.formUnion(.user) }
      code = keyed
    }
    return code.map { UInt8(truncatingIfNeeded: $0.rawValue) }
  }
}
