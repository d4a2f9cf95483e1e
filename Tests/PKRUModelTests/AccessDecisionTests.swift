import PKRUModel
import Testing

/// Enumerates every situation: 3 kinds x 3 privileges x 2^5 walks x 2^10 control bits x 4 rights of the key in each register.
private func forEachSituation(_ body: (Situation) -> Void) {
  for kind in AccessKind.allCases {
    for privilege in Privilege.allCases {
      for n in 0..<(1 << 19) {
        func bit(_ i: Int) -> Bool { (n >> i) & 1 != 0 }
        body(
          Situation(
            kind: kind, privilege: privilege, present: bit(0), writable: bit(1), userPage: bit(2),
            executeDisable: bit(3), reservedBit: bit(4), pg: bit(5), wp: bit(6), pae: bit(7), pke: bit(8),
            pks: bit(16), smep: bit(9), smap: bit(10), ac: bit(11), nxe: bit(12), lma: bit(13), ad: bit(14),
            wd: bit(15),
            supervisorAD: bit(17), supervisorWD: bit(18)))
      }
    }
  }
}

/// The situation in the model's terms; the bits of all other keys are the opposite of this key's, to catch mix-ups.
private func model(_ s: Situation, key: ProtectionKey) -> (Access, PageRights, AccessContext) {
  var pkru = PKRU(rawValue: 0)
  var pkrs = PKRU(rawValue: 0)
  for other in 0..<UInt8(16) {
    let isOurs = other == key.rawValue
    let otherKey = ProtectionKey(truncating: UInt64(other))
    pkru.setAccessDisabled(otherKey, isOurs ? s.ad : !s.ad)
    pkru.setWriteDisabled(otherKey, isOurs ? s.wd : !s.wd)
    pkrs.setAccessDisabled(otherKey, isOurs ? s.supervisorAD : !s.supervisorAD)
    pkrs.setWriteDisabled(otherKey, isOurs ? s.supervisorWD : !s.supervisorWD)
  }
  func flag(_ value: Bool, _ bit: UInt64) -> UInt64 { value ? 1 << bit : 0 }
  let context = AccessContext(
    cr0: flag(s.pg, 31) | flag(s.wp, 16),
    cr4: flag(s.pae, 5) | flag(s.pke, 22) | flag(s.smep, 20) | flag(s.smap, 21) | flag(s.pks, 24),
    efer: flag(s.nxe, 11) | flag(s.lma, 10), eflags: flag(s.ac, 18), pkru: pkru.rawValue,
    pkrs: pkrs.rawValue)
  let rights = PageRights(
    present: s.present, writable: s.writable, user: s.userPage, noExecute: s.executeDisable,
    reservedViolation: s.reservedBit, key: key)
  return (Access(s.kind, s.privilege), rights, context)
}

@Suite struct AccessDecisionTests {
  @Test func agreesWithTheManualOnEveryCombination() {
    var combinations = 0
    var denials = 0
    var disagreements: [String] = []
    var ruleUse = [Int](repeating: 0, count: AccessRule.allCases.count)
    forEachSituation { s in
      let key = ProtectionKey(truncating: UInt64(combinations % 16))
      combinations += 1
      let (access, rights, context) = model(s, key: key)
      let decision = AccessModel.decide(access, rights: rights, context: context)
      let kinds = AccessModel.allowedKinds(rights: rights, context: context, privilege: s.privilege)
      let permitted = manualPermits(s)
      var agrees = kinds.permits(s.kind) == permitted && decision.isAllowed == permitted
      if case .denied(let rule, let code) = decision {
        denials += 1
        ruleUse[Int(rule.rawValue)] += 1
        let rules = AccessModel.rulesRefusing(access, rights: rights, context: context)
        let namesKey = rule == .keyAccessDisabled || rule == .keyWriteDisabled
        agrees =
          agrees && code.rawValue == manualErrorCode(s) && rules.first == rule
          && code.contains(.protectionKey) == namesKey
      }
      if !agrees, disagreements.count < 5 { disagreements.append("\(s): \(decision), may do \(kinds.rawValue)") }
    }
    print("PKRUModel: \(combinations) combinations, \(denials) denials, all as the manual says")
    #expect(disagreements.isEmpty, "\(disagreements.joined(separator: "\n"))")
    #expect(combinations == 3 * 3 * 32 * 1024 * 16)
    for rule in AccessRule.allCases {
      #expect(ruleUse[Int(rule.rawValue)] > 0, "no combination was refused by \(rule.name)")
    }
  }

  @Test func consultsTheBitsOfThePagesOwnKeyOnly() {
    var combinations = 0
    for key in 0..<UInt64(16) {
      for bits in 0..<UInt32(4) {
        for others in [UInt32(0), .max] {
          let mask = UInt32(3) << UInt32(key * 2)
          let pkru = (others & ~mask) | (bits << UInt32(key * 2))
          for wp in [UInt64(0), 1] {
            let context = AccessContext(
              cr0: 1 << 31 | wp << 16, cr4: 1 << 22 | 1 << 5, efer: 0xd00, eflags: 0, pkru: pkru)
            for privilege in Privilege.allCases {
              let rights = PageRights(writable: true, user: true, key: ProtectionKey(truncating: key))
              let kinds = AccessModel.allowedKinds(rights: rights, context: context, privilege: privilege)
              let binds = wp == 1 || privilege == .user
              #expect(kinds.contains(.read) == (bits & 1 == 0))
              #expect(kinds.contains(.write) == (bits & 1 == 0 && !(bits & 2 != 0 && binds)))
              #expect(kinds.contains(.fetch))
              combinations += 1
            }
          }
        }
      }
    }
    print("PKRUModel: \(combinations) combinations of key and PKRU")
  }

  @Test func aKeyViolationOutranksOtherRightsAndSetsPK() {
    let context = AccessContext(cr0: 0x8001_0001, cr4: 1 << 22 | 1 << 5, efer: 0xd00, eflags: 0, pkru: 0b1000)
    let rights = PageRights(writable: false, user: true, key: ProtectionKey(truncating: 1))
    let decision = AccessModel.decide(Access(.write, .supervisor), rights: rights, context: context)
    #expect(decision == .denied(rule: .keyWriteDisabled, errorCode: [.present, .write, .protectionKey]))
    let all = AccessModel.rulesRefusing(Access(.write, .supervisor), rights: rights, context: context)
    #expect(all.contains(.keyWriteDisabled) && all.contains(.readOnlyPage))
  }

  @Test func everyRuleHasItsOwnName() {
    let names = Set(AccessRule.allCases.map { "\($0.name)" })
    #expect(names.count == AccessRule.allCases.count)
  }
}

@Suite struct PKRUTests {
  @Test func settersChangeOneBit() {
    var pkru = PKRU.allowAll
    let key = ProtectionKey(truncating: 15)
    pkru.setAccessDisabled(key, true)
    #expect(pkru.rawValue == 0x4000_0000 && pkru.accessDisabled(key) && !pkru.writeDisabled(key))
    pkru.setWriteDisabled(key, true)
    pkru.setAccessDisabled(key, false)
    #expect(pkru.rawValue == 0x8000_0000)
  }

  @Test(arguments: 0..<UInt64(16)) func changedKeysNamesExactlyTheKeysThatDiffer(key: UInt64) {
    for bits in 1..<UInt32(4) {
      let changed = PKRU(rawValue: 0x5a5a_5a5a ^ (bits << UInt32(2 * key)))
      #expect(changed.changedKeys(from: PKRU(rawValue: 0x5a5a_5a5a)) == 1 << UInt16(key))
    }
    #expect(PKRU(rawValue: 7).changedKeys(from: PKRU(rawValue: 7)) == 0)
  }

  @Test func keysOutOfRangeDoNotExist() {
    #expect(ProtectionKey(rawValue: 16) == nil)
    #expect(ProtectionKey(leafEntry: 0xf800_0000_0000_0001).rawValue == 15)
  }
}
