import GuestOS
import Scenarios

/// Why there is no campaign, or no way on with one.
public struct CampaignError: Error, Equatable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) {
    self.description = description
  }

  /// A campaign names a symbol that is not there.
  init(noSymbol name: String, in image: GuestImage) {
    let remedy = remedyForName(name, among: image.symbols.map(\.name), noun: "symbol")
    self.init("the guest's image has no symbol \"\(name)\"; \(remedy)")
  }
}
