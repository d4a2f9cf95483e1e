/// Why there is no matrix, or a part of it is missing.
public struct MatrixError: Error, Equatable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}
