import EBPFEngine

/// What the programs of a file are taken for.
public enum ContextChoice: Equatable, Sendable {
  /// All of them programs of one type.
  case type(name: String)
  /// Each of the type that its section's name tells.
  case bySection

  /// What `--context` takes: a type's name, or `linux` for the one that the section tells.
  public init?(_ text: String) {
    if text == "linux" {
      self = .bySection
    } else if ProgramType.named(text) != nil {
      self = .type(name: text)
    } else {
      return nil
    }
  }

  /// Programs of uIO.
  public static var uio: ContextChoice { .type(name: ProgramType.uio.name) }

  /// All that `init(_:)` takes, with a few words about each.
  public static var all: [(name: String, summary: String)] {
    ProgramType.all.map { ($0.name, $0.summary) } + [("linux", "Linux's, of the type that the section's name tells")]
  }

  func type(ofSection section: [UInt8]?) -> ProgramType {
    switch self {
    case .type(let name): ProgramType.named(name) ?? .uio
    case .bySection: .ofSection(String(decoding: section ?? [], as: UTF8.self))
    }
  }
}
