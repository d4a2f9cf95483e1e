/// Where an instruction is, in terms that outlive the run: programs come and go at the same addresses.
public struct CodePlace: Hashable, Sendable {
  /// What holds the code, by its number in ``CodeNames/modules``.
  public var module: Int
  /// In the image the linear address; in a program the distance from where it was loaded.
  public var offset: UInt64
}

/// What holds code.
public enum CodeModule: Hashable, Sendable {
  case image
  /// A program that the unikernel has loaded: an extension's object, or a BPF program with its machine code.
  case program(String)
}
