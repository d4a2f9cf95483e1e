/// What a CPU does at its bus, as C functions: an exit through a protocol costs more than the devices themselves.
public struct BusFunctions {
  public typealias Context = UnsafeMutableRawPointer?

  /// The first argument of each function.
  public var context: Context
  public var deviceRead: @convention(c) (Context, _ address: UInt64, _ size: UInt32) -> UInt64
  public var deviceWrite: @convention(c) (Context, _ address: UInt64, _ size: UInt32, _ value: UInt64) -> Void
  public var portRead: @convention(c) (Context, _ port: UInt32, _ size: UInt32) -> UInt32
  public var portWrite: @convention(c) (Context, _ port: UInt32, _ size: UInt32, _ value: UInt32) -> Void
  /// ``CPUEnvironment/domainChanged(from:to:at:pkru:)``; -1: the domain of the instruction before is not known.
  public var domainChanged:
    @convention(c) (Context, _ from: Int32, _ to: Int32, _ address: UInt64, _ pkru: UInt32) -> Int32
  /// ``CPUEnvironment/executed(_:)``, with the raw value.
  public var executed: @convention(c) (Context, _ instruction: UInt32) -> Void

  public init(
    context: Context,
    deviceRead: @escaping @convention(c) (Context, UInt64, UInt32) -> UInt64,
    deviceWrite: @escaping @convention(c) (Context, UInt64, UInt32, UInt64) -> Void,
    portRead: @escaping @convention(c) (Context, UInt32, UInt32) -> UInt32,
    portWrite: @escaping @convention(c) (Context, UInt32, UInt32, UInt32) -> Void,
    domainChanged: @escaping @convention(c) (Context, Int32, Int32, UInt64, UInt32) -> Int32,
    executed: @escaping @convention(c) (Context, UInt32) -> Void
  ) {
    self.context = context
    self.deviceRead = deviceRead
    self.deviceWrite = deviceWrite
    self.portRead = portRead
    self.portWrite = portWrite
    self.domainChanged = domainChanged
    self.executed = executed
  }
}
