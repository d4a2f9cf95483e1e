import Testing

@testable import Equivalence

private let cases: [([UInt8], UInt64)] = [
  ([0x48, 0x01, 0xc8], 0), ([0x21, 0xc8], Flag.adjust), ([0x83, 0xf1, 1], Flag.adjust), ([0x83, 0xc1, 1], 0),
  ([0xd1, 0xe0], Flag.adjust), ([0xc1, 0xe0, 3], Flag.adjust | Flag.overflow), ([0xc1, 0xe0, 0], 0),
  ([0x66, 0xc1, 0xe0, 17], Flag.adjust | Flag.overflow | Flag.carry), ([0xc1, 0xc8, 2], Flag.overflow),
  ([0xf7, 0xf1], Flag.status), ([0xf7, 0xe1], Flag.status & ~(Flag.carry | Flag.overflow)), ([0xf7, 0xd1], 0),
  ([0x0f, 0xa3, 0xc8], Flag.status & ~(Flag.carry | Flag.zero)), ([0x0f, 0xbc, 0xc1], Flag.status & ~Flag.zero),
  ([0xc4, 0xe2, 0x70, 0xf2, 0xc2], Flag.adjust | Flag.parity),  // ANDN
  ([0xc4, 0xe2, 0x70, 0xf5, 0xc2], Flag.adjust | Flag.parity), ([0xc4, 0xe2, 0x72, 0xf5, 0xc2], 0),  // BZHI, PEXT
  ([0xc4, 0xe2, 0x70, 0xf7, 0xc2], Flag.adjust | Flag.sign | Flag.parity), ([0xc4, 0xe2, 0x71, 0xf7, 0xc2], 0),
]

@Test func undefinedFlagsAreThoseOfTheManual() {
  for (code, flags) in cases { #expect(InstructionForm(code).undefinedFlags(cl: 5) == flags, "\(code)") }
}

@Test func shiftsByCLDependOnIt() {
  let shift = InstructionForm([0x48, 0xd3, 0xe0])
  #expect(shift.undefinedFlags(cl: 0) == 0)
  #expect(shift.undefinedFlags(cl: 64) == 0)
  #expect(shift.undefinedFlags(cl: 1) == Flag.adjust)
  #expect(shift.undefinedFlags(cl: 33) == Flag.adjust | Flag.overflow)
}

@Test func prefixesAreTakenOff() {
  #expect(InstructionForm([0xf3, 0x48, 0xa5]).isRepeatedString)
  #expect(!InstructionForm([0x48, 0xa5]).isRepeatedString)
  #expect(!InstructionForm([0xf3, 0x0f, 0xb8, 0xc0]).isRepeatedString)
  #expect(InstructionForm([0x0f, 0x31]).takenOver(eax: 0, ecx: 0) == .timeStamp)
  #expect(InstructionForm([0x0f, 0xc7, 0xf0]).takenOver(eax: 0, ecx: 0) == .randomNumbers)
  #expect(InstructionForm([0x0f, 0x32]).takenOver(eax: 0, ecx: 0x1b) == .platformMSR)
  #expect(InstructionForm([0x0f, 0x32]).takenOver(eax: 0, ecx: 0xc000_0080) == nil)
  #expect(InstructionForm([]).undefinedFlags(cl: 0) == 0)
  #expect(InstructionForm([0xf3, 0x0f, 0x1e, 0xfa]).disturbsStepping)  // ENDBR64
  #expect(!InstructionForm([0x0f, 0x1e, 0xfa]).disturbsStepping)
}

@Test func everyKnownDifferenceHasAReason() {
  for difference in KnownDifference.allCases { #expect(difference.reason.count > 20) }
}
