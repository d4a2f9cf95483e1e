import PKRUModel

/// One access in one situation, as named truth values: what the sentences of the manual are written in.
struct Situation {
  var kind: AccessKind
  var privilege: Privilege
  // The walk.
  var present, writable, userPage, executeDisable, reservedBit: Bool
  // The control bits.
  var pg, wp, pae, pke, pks, smep, smap, ac, nxe, lma: Bool
  // PKRU's bits for the key of the page, and those of IA32_PKRS.
  var ad, wd, supervisorAD, supervisorWD: Bool

  var supervisorAccess: Bool { privilege != .user }
  var explicit: Bool { privilege != .implicitSupervisor }
  /// 4.6.2: "the protection key permits"; keys exist only with CR4.PKE = 1 in long mode and for user-mode addresses.
  var keysCount: Bool { pke && lma && userPage }
  /// The same with CR4.PKS = 1 for supervisor-mode addresses, by IA32_PKRS.
  var supervisorKeysCount: Bool { pks && lma && !userPage }
  var supervisorKeyPermitsRead: Bool { !supervisorKeysCount || !supervisorAD }
  var supervisorKeyPermitsWrite: Bool { !supervisorKeysCount || (!supervisorAD && !(supervisorWD && wp)) }
  var keyPermitsRead: Bool { !keysCount || !ad }
  var keyPermitsWrite: Bool { !keysCount || (!ad && !(wd && (wp || privilege == .user))) }
  var hasTranslation: Bool { present && !reservedBit && !(executeDisable && !nxe) }
}

/// A sentence of SDM vol. 3, 4.6.1, that permits something. What none of them permits is forbidden.
struct Permission {
  var supervisor: Bool
  var kind: AccessKind
  var userPage: Bool
  var provided: @Sendable (Situation) -> Bool

  func applies(to s: Situation) -> Bool {
    s.supervisorAccess == supervisor && s.kind == kind && s.userPage == userPage && provided(s)
  }
}

private func supervisor(
  _ kind: AccessKind, of page: Bool, if provided: @escaping @Sendable (Situation) -> Bool
) -> Permission {
  Permission(supervisor: true, kind: kind, userPage: page, provided: provided)
}

private func user(_ kind: AccessKind, if provided: @escaping @Sendable (Situation) -> Bool) -> Permission {
  Permission(supervisor: false, kind: kind, userPage: true, provided: provided)
}

private let userPage = true
private let supervisorPage = false

/// The permissions of SDM vol. 3, 4.6.1, one row a sentence.
let manualPermissions: [Permission] = [
  // Supervisor mode, data reads.
  supervisor(.read, of: supervisorPage) { $0.supervisorKeyPermitsRead },
  supervisor(.read, of: userPage) { !$0.smap && $0.keyPermitsRead },
  supervisor(.read, of: userPage) { $0.smap && $0.ac && $0.explicit && $0.keyPermitsRead },
  // Supervisor mode, data writes.
  supervisor(.write, of: supervisorPage) { !$0.wp && $0.supervisorKeyPermitsWrite },
  supervisor(.write, of: supervisorPage) { $0.wp && $0.writable && $0.supervisorKeyPermitsWrite },
  supervisor(.write, of: userPage) { !$0.wp && !$0.smap && $0.keyPermitsWrite },
  supervisor(.write, of: userPage) { !$0.wp && $0.smap && $0.ac && $0.explicit && $0.keyPermitsWrite },
  supervisor(.write, of: userPage) { $0.wp && !$0.smap && $0.writable && $0.keyPermitsWrite },
  supervisor(.write, of: userPage) {
    $0.wp && $0.smap && $0.ac && $0.explicit && $0.writable && $0.keyPermitsWrite
  },
  // Supervisor mode, fetches.
  supervisor(.fetch, of: supervisorPage) { !$0.nxe },
  supervisor(.fetch, of: supervisorPage) { $0.nxe && !$0.executeDisable },
  supervisor(.fetch, of: userPage) { !$0.smep && !$0.nxe },
  supervisor(.fetch, of: userPage) { !$0.smep && $0.nxe && !$0.executeDisable },
  // User mode.
  user(.read) { $0.keyPermitsRead },
  user(.write) { $0.writable && $0.keyPermitsWrite },
  user(.fetch) { !$0.nxe },
  user(.fetch) { $0.nxe && !$0.executeDisable },
]

func manualPermits(_ s: Situation) -> Bool {
  if !s.pg { return true }
  if !s.hasTranslation { return false }
  for permission in manualPermissions where permission.applies(to: s) { return true }
  return false
}

/// SDM vol. 3, 4.7: each bit of the error code by its own sentence, for an access that faults.
func manualErrorCode(_ s: Situation) -> UInt32 {
  var code: UInt32 = 0
  // P: 0 if there is no translation because the P flag was 0 in one of the entries.
  if s.present { code += 1 }
  // W/R: 1 if the access was a write.
  if s.kind == .write { code += 2 }
  // U/S: 1 for user-mode accesses.
  if s.privilege == .user { code += 4 }
  // RSVD: 1 if there is no translation because a reserved bit was set in one of the entries.
  if s.present && !s.hasTranslation { code += 8 }
  // I/D: 1 for a fetch if CR4.SMEP = 1, or CR4.PAE = 1 and EFER.NXE = 1.
  if s.kind == .fetch && (s.smep || (s.pae && s.nxe)) { code += 16 }
  // PK: LMA = PKE = 1; a data access; a user-mode address with key i; and AD = 1, or WD = 1 for a write that WP or user
  // mode binds.
  if s.hasTranslation && s.lma && s.pke && s.kind != .fetch && s.userPage
    && (s.ad || (s.wd && s.kind == .write && (s.wp || s.privilege == .user)))
  {
    code += 32
  }
  // The same with PKS, a supervisor-mode address and IA32_PKRS; user mode never gets as far as that key.
  if s.hasTranslation && s.lma && s.pks && s.kind != .fetch && !s.userPage && s.supervisorAccess
    && (s.supervisorAD || (s.supervisorWD && s.kind == .write && s.wp))
  {
    code += 32
  }
  return code
}
