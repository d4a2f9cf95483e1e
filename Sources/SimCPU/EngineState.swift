/// Everything of an engine that a run goes on from, between two instructions: plain data, of no engine in particular.
///
/// A pending request for an interrupt window is not here: whoever runs the engine asks for it anew each time.
public struct EngineState: Equatable, Sendable, Codable {
  public var cpu: CPUState
  /// What the guest's TLB holds, ordered by kind and page.
  public var translations: [CachedTranslation]
  public var instructionsRetired: UInt64
  /// The breakpoint that the engine stopped at last: the first time that it comes by again, it is passed.
  public var reportedBreakpoint: UInt64?

  public init(
    cpu: CPUState, translations: [CachedTranslation] = [], instructionsRetired: UInt64 = 0,
    reportedBreakpoint: UInt64? = nil
  ) {
    self.cpu = cpu
    self.translations = translations
    self.instructionsRetired = instructionsRetired
    self.reportedBreakpoint = reportedBreakpoint
  }
}

/// A translation that the guest's TLB holds. It is used even where the page tables say something else by now.
public struct CachedTranslation: Equatable, Sendable, Codable {
  /// The linear address divided by 4096.
  public var virtualPage: UInt64
  /// The physical address of the 4 KiB.
  public var physicalPage: UInt64
  /// The bytes of the page that these 4 KiB are a part of.
  public var pageSize: UInt64
  /// Bit 0 writable, 1 user, 2 no-execute.
  public var rights: UInt8
  public var key: UInt8
  public var isDirty: Bool
  public var isGlobal: Bool
  public var isFetch: Bool

  public init(
    virtualPage: UInt64, physicalPage: UInt64, pageSize: UInt64, rights: UInt8, key: UInt8, isDirty: Bool,
    isGlobal: Bool, isFetch: Bool
  ) {
    self.virtualPage = virtualPage
    self.physicalPage = physicalPage
    self.pageSize = pageSize
    self.rights = rights
    self.key = key
    self.isDirty = isDirty
    self.isGlobal = isGlobal
    self.isFetch = isFetch
  }
}

/// An engine whose whole state can be taken and given: what snapshots need.
public protocol RestorableEngine: CPUEngine {
  var engineState: EngineState { get }
  /// The breakpoint that the engine stopped at last: the first time that it comes by again, it is passed.
  var reportedBreakpoint: UInt64? { get set }
  /// What the guest's TLB holds, ordered by kind and page.
  var translations: [CachedTranslation] { get set }
  /// Goes on from `state`; memory must hold what belongs to it.
  ///
  /// - Throws: ``EngineStateError`` for a state that no CPU can have; nothing has changed then.
  func restore(_ state: EngineState) throws(EngineStateError)
}

/// What is impossible in a saved state.
public struct EngineStateError: Error, Equatable, CustomStringConvertible {
  public var description: String
}

extension EngineState {
  /// More pages than a guest of the largest memory can touch between two flushes.
  static let translationsMax = 1 << 20
  /// Physical addresses have 40 bits (``CPUIDModel``).
  private static let physicalPageMask: UInt64 = 0xff_ffff_f000

  /// Refuses what engines cannot hold: a state that passes is given back as it was taken.
  public func check() throws(EngineStateError) {
    try cpu.check()
    guard translations.count <= Self.translationsMax else {
      throw EngineStateError(description: "\(translations.count) cached translations are more than a CPU holds")
    }
    for (index, entry) in translations.enumerated() {
      let isPossible =
        entry.virtualPage < 1 << 52 && entry.physicalPage & ~Self.physicalPageMask == 0
        && [4096, 1 << 21, 1 << 22, 1 << 30].contains(entry.pageSize) && entry.rights < 8 && entry.key < 16
      let isInOrder = index == 0 || translations[index - 1].order < entry.order
      guard isPossible, isInOrder else {
        throw EngineStateError(description: "cached translation \(index) is impossible or out of order")
      }
    }
  }
}

extension CachedTranslation {
  /// Where it stands among others: data before code, then by page.
  public var order: (Int, UInt64) { (isFetch ? 1 : 0, virtualPage) }
}

extension CPUState {
  /// The bits of RFLAGS that exist (SDM volume 1, 3.4.3); bit 1 is always set.
  private static let flagsMask: UInt64 = 0x3f_7fd7

  /// Refuses what no processor can hold.
  public func check() throws(EngineStateError) {
    let counts: [(name: String, found: Int, expected: Int)] = [
      ("general registers", general.count, 16), ("segment registers", segments.count, 6),
      ("debug registers", debug.count, 8), ("model-specific registers", modelSpecific.count, 10),
      ("x87 registers", x87.count, 8), ("x87 tags", x87Empty.count, 8), ("XMM registers", xmm.count, 16),
    ]
    for (name, found, expected) in counts where found != expected {
      throw EngineStateError(description: "there are \(found) \(name) instead of \(expected)")
    }
    let rules: [(name: String, holds: Bool)] = [
      ("an x87 register has not 10 bytes", x87.allSatisfy { $0.count == 10 }),
      ("an x87 tag is neither 0 nor 1", x87Empty.allSatisfy { $0 <= 1 }),
      ("an XMM register has not 16 bytes", xmm.allSatisfy { $0.count == 16 }),
      ("RFLAGS has reserved bits", rflags & ~Self.flagsMask == 0 && rflags & 2 != 0),
      ("an instruction holds off something impossible", shadow.isPossible),
      ("CR0 has reserved bits", ControlRegister.cr0.allows(cr0)),
      ("CR4 has reserved bits", ControlRegister.cr4.allows(cr4)),
      ("EFER has reserved bits", ControlRegister.efer.allows(efer)),
      ("SYSENTER_CS has more than 32 bits", modelSpecific[7] >> 32 == 0),
    ]
    for rule in rules where !rule.holds { throw EngineStateError(description: rule.name) }
  }
}
