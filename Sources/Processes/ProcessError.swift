/// A program that could not be started, or did not end as it should; one line.
public struct ProcessError: Error, Equatable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) {
    self.description = description
  }
}
