import NineP

// NineP cannot declare this: Embedded Swift, for which it is built too, has no coding.
extension FileTime: Codable {
  private enum CodingKeys: CodingKey {
    case seconds, nanoseconds
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      seconds: try values.decode(UInt64.self, forKey: .seconds),
      nanoseconds: try values.decode(UInt64.self, forKey: .nanoseconds))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(seconds, forKey: .seconds)
    try values.encode(nanoseconds, forKey: .nanoseconds)
  }
}
