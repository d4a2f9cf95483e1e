import Scenarios
import SimEvents

/// One attack of the corpus, as the head of its file says it (docs/add-an-attack.md).
public struct Attack: Sendable {
  public typealias Design = GuestSpecification.Design

  public enum Program: Equatable, Sendable {
    /// An object that the overlay's `run` calls.
    case native
    /// An object that `bpf_exec` runs.
    case bpf
    /// None: a row of the matrix that only says something.
    case none
  }

  /// What is expected of a cell.
  public struct Expectation: Equatable, Sendable {
    public var outcome: CellOutcome
    /// Of the evidence.
    public var rule: Rule?
    /// The kind of the event that the evidence is.
    public var event: EventKind?
  }

  /// The file's name without what says its language.
  public var name: String
  public var attackClass: AttackClass
  /// As messages name it.
  public var file: String
  public var program: Program
  public var title: String
  public var precondition: String?
  public var reference: String
  /// What `run` or `bpf_exec` is given.
  public var arguments: [String]
  /// A BPF program: the function at whose calls it runs; nil: `bpf_exec` runs it.
  public var attach: String?
  /// Objects that are loaded first.
  public var with: [String]
  /// Symbols of the image that it looks up in a symbol file.
  public var symbols: [String]
  /// How long it may take.
  public var within: VirtualDuration
  /// One for each design.
  public var cells: [Design: Expectation]
  /// How it ends without its bypass, where that is not as usual.
  public var control: [Design: CellOutcome]
  /// Why another engine shows something else, by engine.
  public var elsewhere: [EngineKind: String]

  /// The name of its object, with the bypass or without.
  public func object(isControl: Bool) -> String {
    "\(name)\(isControl ? ".control" : "")\(program == .bpf ? ".bpf" : "").o"
  }
}

extension GuestSpecification.Design {
  /// Whether extensions are kept from anything but the application's own.
  public var isolates: Bool { self != .none }

  /// Whether the overlay loads objects of machine code.
  public var takesNativeObjects: Bool {
    switch self {
    case .none, .uioMPK, .mpkHardened, .ring3, .pksHardened, .mpkBundled: true
    case .ebpf, .ebpfVerified: false
    }
  }

  /// Whether an image that has the design executes BPF programs.
  public var takesBPFPrograms: Bool { !hasServices }

  /// Whether it is run on a machine whose devices reach a part of memory only.
  var usesDMAWindow: Bool { [.mpkHardened, .pksHardened, .mpkBundled].contains(self) }

  /// The smallest image that has it.
  var smallestVariant: GuestSpecification.Variant {
    switch self {
    case .none: .ushell
    case .uioMPK: .ushellmpk
    case .mpkHardened, .mpkBundled: .ushellmpkHardened
    case .ring3: .ushellRing3
    case .pksHardened: .ushellpksHardened
    case .ebpf, .ebpfVerified: .ushellmpkBPF
    }
  }
}
