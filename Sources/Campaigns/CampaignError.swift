/// Why there is no campaign, or no way on with one.
public struct CampaignError: Error, Equatable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) {
    self.description = description
  }
}
