/// What an isolation design promises of extensions: the only table that tells designs apart when a run is judged.
struct DesignPromise: Equatable, Sendable {
  typealias Design = GuestSpecification.Design

  /// PKRU, or IA32_PKRS, while an extension runs; nil: the design has no keys. More rights than these break the promise.
  var extensionPKRU: UInt32?
  /// Whether that is IA32_PKRS, which WRMSR changes.
  var isByPKRS = false
  /// The bits of PKRU that a write window takes away.
  var windowBits: UInt32 = 0
  /// Variables that the unikernel's functions set for an extension that asks for it.
  var servedVariables: Set<String> = []
  /// System registers stay as they are.
  var keepsSystemRegisters = true
  /// Tables of the processor and data of the gates stay as they are.
  var keepsTables = true
  /// Ports and device registers are out of reach.
  var keepsDevices = true
  /// Nothing is both writable and executable.
  var keepsCode = true

  // What every design promises: the application's variables but for write windows, its console, its secrets, its life.

  /// An extension is a part of the unikernel: it may do everything but harm the application.
  static let none = DesignPromise(
    keepsSystemRegisters: false, keepsTables: false, keepsDevices: false, keepsCode: false)
  /// uIO as published: an extension reads everything, and writes what has key 0 in windows only.
  static let uioMPK = DesignPromise(extensionPKRU: 0b10, windowBits: 0b10)
  /// An extension has its own memory, and reads what is published (key 3): AD for monitor, application, code and bounce buffers. Services
  /// set the application's counter for it, or how much its requests bring.
  static let mpkHardened = DesignPromise(
    extensionPKRU: 0b01 << 0 | 0b01 << 2 | 0b01 << 4 | 0b10 << 6 | 0b01 << 8,
    servedVariables: ["count", "payload_bytes"])
  /// The same, by the keys of supervisor pages.
  static let pksHardened = {
    var promise = mpkHardened
    promise.isByPKRS = true
    return promise
  }()
  /// An extension at CPL 3 has its own memory, and reads what is published. Services set the application's counter, or how
  /// much its requests bring, for it.
  static let ring3 = DesignPromise(servedVariables: ["count", "payload_bytes"])
  /// Programs are checked while they run, or before; keys stand behind that.
  static let ebpf = DesignPromise(extensionPKRU: 0b10)

  /// - Parameter hasKeys: whether the processor has the keys that the design is about: without them `uio-mpk` isolates nothing, and says so.
  static func of(_ design: Design, hasKeys: Bool) -> DesignPromise {
    switch design {
    case .none: return .none
    case .uioMPK: return hasKeys ? .uioMPK : .none
    // Bundles keep the same promise against more attacks.
    case .mpkHardened, .mpkBundled: return hasKeys ? .mpkHardened : .none
    case .pksHardened: return hasKeys ? .pksHardened : .none
    case .ring3: return .ring3
    case .ebpf, .ebpfVerified:
      var promise = DesignPromise.ebpf
      if !hasKeys { promise.extensionPKRU = nil }
      return promise
    }
  }
}

extension GuestSpecification.Design {
  /// Whether extensions call services in place of opening write windows: their objects are built for it (`USHELL_SERVICES`).
  public var hasServices: Bool { [.mpkHardened, .ring3, .pksHardened, .mpkBundled].contains(self) }

  /// Whether its keys are those of supervisor pages: a machine has them then if its scenario does not say that it has not.
  public var usesSupervisorKeys: Bool { self == .pksHardened }

  /// Whether extensions are code in bundles (`Scripts/bundle`).
  public var hasBundles: Bool { self == .mpkBundled }
}

extension GuestSpecification {
  /// The design in force: what the command line names, or what the variant is built for.
  public var effectiveDesign: Design {
    if let design { return design }
    switch source {
    case .variant(.ushellmpk), .variant(.ushellmpkBPF): return .uioMPK
    case .variant(.ushellmpkHardened): return .mpkHardened
    case .variant(.ushellRing3): return .ring3
    case .variant(.ushellpksHardened): return .pksHardened
    case .variant, .image: return .none
    }
  }
}
