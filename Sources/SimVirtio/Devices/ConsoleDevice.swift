import SimEvents
import VirtioCore

/// A console with one port: queue 0 takes input to the guest, queue 1 brings its output (virtio 1.2, section 5.3).
public final class ConsoleDevice: VirtioDevice {
  public struct State: Equatable, Sendable, Codable {
    /// What was typed and has not reached the guest.
    public var pendingInput: [UInt8] = []
    public var columns: UInt16
    public var rows: UInt16
  }

  /// The most bytes that wait for the guest.
  public static let pendingBytesMax = 64 << 10
  private static let inputQueue: UInt16 = 0
  private static let outputQueue: UInt16 = 1

  public let name: String
  public let deviceID = DeviceID.console
  public let features: Features = .consoleSize
  public let queueSizes: [UInt16]
  public let chainBytesMax: UInt32 = 1 << 20
  public weak var port: (any QueuePort)?
  private let report: (EventPayload) -> Void
  private var current: State

  public init(
    name: String = "console", queueSize: UInt16 = 256, columns: UInt16 = 80, rows: UInt16 = 25,
    report: @escaping (EventPayload) -> Void
  ) {
    self.name = name
    self.report = report
    queueSizes = [queueSize, queueSize]
    current = State(columns: columns, rows: rows)
  }

  /// cols[2] rows[2] max_nr_ports[4] emerg_wr[4] (section 5.3.4).
  public var configuration: [UInt8] {
    [current.columns, current.rows].flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
      + [1, 0, 0, 0, 0, 0, 0, 0]
  }

  /// The bytes that wait for the guest.
  public var pendingInputCount: Int { current.pendingInput.count }

  /// Types `bytes`: as many as there is room for are kept until the guest takes them.
  ///
  /// - Returns: the number of bytes taken; offer the rest again later.
  @discardableResult
  public func input(_ bytes: [UInt8]) -> Int {
    let taken = Array(bytes.prefix(Self.pendingBytesMax - current.pendingInput.count))
    guard !taken.isEmpty else { return 0 }
    report(.consoleInput(console: .virtio, bytes: taken))
    current.pendingInput += taken
    deliverInput()
    return taken.count
  }

  /// Changes the size that the guest is told.
  public func resize(columns: UInt16, rows: UInt16) {
    current.columns = columns
    current.rows = rows
    port?.configurationChanged()
  }

  public func reset() {
    // What was typed before the guest was ready is still there for it.
  }

  public func start(features: Features) {
    deliverInput()
  }

  public func notify(queue: UInt16) {
    switch queue {
    case Self.inputQueue: deliverInput()
    case Self.outputQueue: takeOutput()
    default: break
    }
  }

  private func deliverInput() {
    port?.serve(Self.inputQueue, while: !current.pendingInput.isEmpty) { chain in
      current.pendingInput.removeFirst(chain.write(current.pendingInput))
    }
    // A buffer without anything to put into it needs no attention.
    port?.setNotifications(Self.inputQueue, enabled: !current.pendingInput.isEmpty)
  }

  private func takeOutput() {
    port?.serve(Self.outputQueue, while: true) { chain in
      let bytes = chain.read(chain.readableBytes)
      if !bytes.isEmpty { report(.consoleOutput(console: .virtio, bytes: bytes)) }
    }
  }

  public var state: DeviceState { .console(current) }

  public func restore(_ state: DeviceState) throws(StateError) {
    guard case .console(let saved) = state else { throw StateError("\(name): the saved device is no console") }
    guard saved.pendingInput.count <= Self.pendingBytesMax else {
      throw StateError("\(name): \(saved.pendingInput.count) bytes of input saved, \(Self.pendingBytesMax) at most")
    }
    current = saved
  }
}
