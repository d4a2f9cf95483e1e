/// An engine's count of instructions, its place and its horizon, as C functions: each exit asks for them, and a call through a
/// protocol costs more than the answer.
public struct InstructionCounter {
  /// What stands for the engine. It is not kept alive by this.
  public typealias Context = OpaquePointer?

  /// The first argument of each function.
  @usableFromInline let context: Context
  @usableFromInline let retiredFunction: @convention(c) (Context) -> UInt64
  @usableFromInline let instructionPointerFunction: @convention(c) (Context) -> UInt64
  @usableFromInline let setHorizonFunction: @convention(c) (Context, UInt64) -> Void

  public init(
    context: Context,
    retired: @escaping @convention(c) (Context) -> UInt64,
    instructionPointer: @escaping @convention(c) (Context) -> UInt64,
    setHorizon: @escaping @convention(c) (Context, UInt64) -> Void
  ) {
    self.context = context
    retiredFunction = retired
    instructionPointerFunction = instructionPointer
    setHorizonFunction = setHorizon
  }

  /// ``CPUEngine/instructionsRetired``
  @inlinable public var retired: UInt64 { retiredFunction(context) }
  /// ``CPUEngine/instructionPointer``
  @inlinable public var instructionPointer: UInt64 { instructionPointerFunction(context) }
  /// ``CPUEngine/setHorizon(_:)``
  @inlinable public func setHorizon(_ instruction: UInt64) { setHorizonFunction(context, instruction) }
}
