extension FaultClass {
  /// All classes, the worst first; last the one that says nothing, because nothing happened.
  static let worstFirst: [FaultClass] = allCases.filter { $0 != .notTriggered } + [.notTriggered]

  /// How bad it is: 0 is the worst.
  var severity: Int {
    guard let place = Self.worstFirst.firstIndex(of: self) else { preconditionFailure("a class of the list") }
    return place
  }

  /// One character that stands for it where there is room for no more: letters for failures, marks for the others.
  var mark: String {
    switch self {
    case .simulatorDefect: "X"
    case .escaped: "E"
    case .leaked: "L"
    case .crashed: "C"
    case .hung: "H"
    case .corrupted: "W"
    case .detected: "+"
    case .contained: "="
    case .latent: "~"
    case .masked: "\u{b7}"
    case .notTriggered: "?"
    }
  }
}
