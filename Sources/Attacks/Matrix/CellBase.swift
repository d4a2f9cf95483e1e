import Scenarios
import SimCPU
import SimEvents
import SimMachine

/// A machine at the overlay's prompt, which cells fork from: one for each guest and number of names in the share.
struct CellBase: Sendable {
  struct Key: Hashable, Sendable {
    var guest: GuestKey
    var names: Int

    init(_ cell: Cell) { (guest, names) = (cell.guest, CellScenario.nameCount(cell)) }
  }

  let prepared: PreparedRun
  let snapshot: RunSnapshot

  init(_ key: Key, products: BuildProducts, engine: EngineMaker) throws {
    let name = "\(key.guest.variant.rawValue) with \(key.guest.design.rawValue)"
    let look = BootObserver()
    let result: RunResult
    (prepared, result) = try MadeUpScenario.run(
      name, CellScenario.base(key.guest, names: key.names).laidOut(), products: products, engine: engine,
      observers: [look])
    guard let prompt = look.promptEvent, result.passed else {
      throw MatrixError(
        "the image \(key.guest.variant.rawValue) does not come to its prompt with the design \(key.guest.design.rawValue): "
          + ([result.reason] + result.failures).joined(separator: "; "))
    }
    if let line = result.console.first(where: { $0.text.hasPrefix("isolation off") }) {
      throw MatrixError(
        "the image \(key.guest.variant.rawValue) lacks the design \(key.guest.design.rawValue): \(line.text)")
    }
    guard !look.hasSeenFiles else {
      throw MatrixError(
        "the image \(key.guest.variant.rawValue) reads its share before anything is typed: no cell can fork from it")
    }
    snapshot = try RunSnapshot(of: prepared.inputs, at: .event(prompt), engine: engine)
  }
}

/// Finds the event behind which the script's common steps are done, and whether the guest has looked at files by then.
private final class BootObserver: EventSink {
  private var count: UInt64 = 0
  private(set) var promptEvent: UInt64?
  private(set) var hasSeenFiles = false

  func record(_ event: Event) {
    defer { count += 1 }
    switch event.payload {
    // Each step is followed by digests of the state.
    case .scriptStep(CellScenario.lastCommonStep, _): promptEvent = count + 1
    case .ninePRequest(_, let message, _) where message != "Tversion" && message != "Tattach": hasSeenFiles = true
    default: break
    }
  }
}
