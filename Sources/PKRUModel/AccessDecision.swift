/// The verdict on one access.
@frozen
public enum Decision: Equatable, Sendable {
  case allowed
  /// Refused: a page fault with this error code. `rule` is the first of the rules that refuse.
  case denied(rule: AccessRule, errorCode: PageFaultErrorCode)

  @inlinable public var isAllowed: Bool { self == .allowed }
}

/// The access decision of the processor (SDM vol. 3, 4.6.1, 4.6.2 and 4.7).
///
/// Shadow-stack accesses do not exist on this machine.
public enum AccessModel {
  /// Everything that a translation with `rights` permits to accesses of `privilege`: the rights of a TLB entry.
  ///
  /// It says the same as ``decide(_:rights:context:)`` does for each kind, in one evaluation.
  @inlinable
  public static func allowedKinds(rights: PageRights, context: AccessContext, privilege: Privilege) -> AccessKinds {
    guard context.has(.paging) else { return .all }
    guard rights.isPresent, !isReserved(rights, context) else { return .none }
    let isUserAccess = privilege == .user
    let bindsWrites = isUserAccess || context.has(.writeProtect)
    var refused: UInt8 = 0
    if rights.isUser {
      if !isUserAccess {
        if smapRefuses(context, privilege) { refused |= 3 }
        if context.has(.executionPrevention) { refused |= 4 }
      }
    } else if isUserAccess {
      return .none
    }
    if let keys = context.keyRights(of: rights) {
      if keys.accessDisabled(rights.key) {
        refused |= 3
      } else if bindsWrites, keys.writeDisabled(rights.key) {
        refused |= 2
      }
    }
    if bindsWrites, !rights.isWritable { refused |= 2 }
    if rights.isNoExecute { refused |= 4 }
    return AccessKinds(rawValue: 7 & ~refused)
  }

  /// The verdict on `access` with its reason.
  @inlinable
  public static func decide(_ access: Access, rights: PageRights, context: AccessContext) -> Decision {
    if allowedKinds(rights: rights, context: context, privilege: access.privilege).permits(access.kind) {
      return .allowed
    }
    return refuse(access, rights: rights, context: context)
  }

  /// All rules that refuse `access`; empty when it is allowed.
  ///
  /// P = 0 and reserved bits stand alone, because no rights come out of such a walk.
  public static func rulesRefusing(_ access: Access, rights: PageRights, context: AccessContext) -> AccessRules {
    guard context.has(.paging) else { return [] }
    guard rights.isPresent else { return AccessRules(.notPresent) }
    guard !isReserved(rights, context) else { return AccessRules(.reservedBit) }
    let isUserAccess = access.privilege == .user
    let bindsWrites = isUserAccess || context.has(.writeProtect)
    let isData = access.kind != .fetch
    let isWrite = access.kind == .write
    let isSupervisorOnUserPage = rights.isUser && !isUserAccess
    // What no user access may reach has no key for it.
    let keys = isUserAccess && !rights.isUser ? nil : context.keyRights(of: rights)

    var rules: AccessRules = []
    func add(_ rule: AccessRule, if applies: Bool) {
      if applies { rules.formUnion(AccessRules(rule)) }
    }
    add(.supervisorPage, if: isUserAccess && !rights.isUser)
    add(.keyAccessDisabled, if: isData && keys?.accessDisabled(rights.key) == true)
    add(.keyWriteDisabled, if: isWrite && bindsWrites && keys?.writeDisabled(rights.key) == true)
    add(.smap, if: isData && isSupervisorOnUserPage && smapRefuses(context, access.privilege))
    add(.smep, if: !isData && isSupervisorOnUserPage && context.has(.executionPrevention))
    add(.readOnlyPage, if: isWrite && bindsWrites && !rights.isWritable)
    add(.noExecute, if: !isData && rights.isNoExecute)
    return rules
  }

  /// The error code of the page fault that `access` raises when `rules` refuse it.
  ///
  /// PK is 1 whenever the key forbids the access, also if some other right forbids it too: the conditions of 4.7 for
  /// that bit mention no other right. With P = 0 or RSVD = 1 there is no key, so PK is 0.
  public static func errorCode(_ access: Access, rules: AccessRules, context: AccessContext) -> PageFaultErrorCode {
    var code: PageFaultErrorCode = []
    func add(_ bit: PageFaultErrorCode, if applies: Bool) {
      if applies { code.formUnion(bit) }
    }
    add(.present, if: !rules.contains(.notPresent))
    add(.write, if: access.kind == .write)
    add(.user, if: access.privilege == .user)
    add(.reserved, if: rules.contains(.reservedBit))
    let reportsFetches =
      context.has(.executionPrevention) || (context.has(.noExecuteEnable) && context.has(.physicalAddressExtension))
    add(.instruction, if: access.kind == .fetch && reportsFetches)
    add(.protectionKey, if: rules.contains(.keyAccessDisabled) || rules.contains(.keyWriteDisabled))
    return code
  }

  /// The slow half of ``decide(_:rights:context:)``.
  @usableFromInline
  static func refuse(_ access: Access, rights: PageRights, context: AccessContext) -> Decision {
    let rules = rulesRefusing(access, rights: rights, context: context)
    guard let rule = rules.first else { return .allowed }
    return .denied(rule: rule, errorCode: errorCode(access, rules: rules, context: context))
  }

  /// While EFER.NXE = 0, XD is a reserved bit like any other (SDM vol. 3, 4.5, table 4-19).
  @inlinable
  static func isReserved(_ rights: PageRights, _ context: AccessContext) -> Bool {
    rights.hasReservedViolation || (rights.isNoExecute && !context.has(.noExecuteEnable))
  }

  /// EFLAGS.AC lifts SMAP for explicit accesses only (SDM vol. 3, 4.6.1).
  @inlinable
  static func smapRefuses(_ context: AccessContext, _ privilege: Privilege) -> Bool {
    context.has(.accessPrevention) && !(context.has(.alignmentCheck) && privilege == .supervisor)
  }
}
