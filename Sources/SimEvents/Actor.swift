/// Whose code runs: told by the physical pages that instructions come from and by the way that control got there, never by
/// what the guest says.
public enum Actor: Hashable, Sendable, Codable {
  /// Nobody looks, or the engine can't tell.
  case unknown
  case unikernel
  case application
  /// An exception's or interrupt's handler.
  case handler
  /// A gate of the unikernel that was entered at its entry, on behalf of an extension.
  case gate(of: String)
  /// A function of the unikernel that a gate called on behalf of an extension.
  case hostFunction(of: String)
  /// Code of an extension, or code of the unikernel that the extension entered by no gate.
  case `extension`(String)

  /// The extension that acts, or on whose behalf somebody acts.
  public var servedExtension: String? {
    switch self {
    case .gate(let name), .hostFunction(let name), .extension(let name): name
    default: nil
    }
  }

  public var isExtension: Bool { if case .extension = self { true } else { false } }

  /// The number that traces have for the form. Part of the trace format.
  var number: UInt8 {
    switch self {
    case .unknown: 0
    case .unikernel: 1
    case .application: 2
    case .handler: 3
    case .gate: 4
    case .hostFunction: 5
    case .extension: 6
    }
  }

  /// - Parameter number: as ``number``; nil for another one.
  init?(number: UInt8, name: String) {
    switch number {
    case 0: self = .unknown
    case 1: self = .unikernel
    case 2: self = .application
    case 3: self = .handler
    case 4: self = .gate(of: name)
    case 5: self = .hostFunction(of: name)
    case 6: self = .extension(name)
    default: return nil
    }
  }

  /// Whether the form has an extension's name.
  static func hasName(number: UInt8) -> Bool { number >= 4 }
}

extension Actor: CustomStringConvertible {
  /// As listings, JSON and filters have it: "unikernel", "gate of x.o", "host function of x.o", "extension x.o".
  public var description: String {
    switch self {
    case .unknown: "unknown"
    case .unikernel: "unikernel"
    case .application: "application"
    case .handler: "handler"
    case .gate(let name): "gate of \(name)"
    case .hostFunction(let name): "host function of \(name)"
    case .extension(let name): "extension \(name)"
    }
  }
}
