/// A machine that cannot be built as it was asked for.
public struct MachineError: Error, Equatable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) {
    self.description = description
  }
}
