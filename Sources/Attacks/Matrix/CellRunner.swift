import Foundation
import Scenarios
import SimCPU
import SimEvents
import SimMachine

/// Runs cells one after the other on one engine. For one thread.
final class CellRunner {
  private let products: BuildProducts
  private let engine: EngineMaker
  /// Makes machines of the guest that was asked for last.
  private var worker: (guest: GuestKey, forks: ForkWorker)?

  init(products: BuildProducts, engine: EngineMaker) {
    (self.products, self.engine) = (products, engine)
  }

  /// - Throws: ``ScenarioProblems`` where an object has not been built, ``MatrixError`` where the image lacks what the attack names.
  func run(_ cell: Cell, from base: CellBase) throws -> CellResult {
    let image = base.prepared.inputs.image
    for symbol in cell.attack.symbols where image.symbol(named: symbol) == nil {
      let remedy = remedyForName(symbol, among: image.symbols.map(\.name), noun: "symbol")
      throw MatrixError(
        "the image \(cell.guest.variant.rawValue) has no symbol \"\(symbol)\"; "
          + (remedy.hasPrefix("did you mean") ? "\(remedy) " : "")
          + "where a design has no such thing, the cell is not-expressible")
    }
    let text = Array(CellScenario.node(cell).laidOut().utf8)
    let file = try ScenarioFile(
      name: cell.attack.file, text: text, folder: FileManager.default.temporaryDirectory)
    let prepared = try PreparedRun(base.prepared.inputs.sibling(file, products: products))
    guard let start = base.snapshot.offering(shareOf: prepared, insteadOf: base.prepared) else {
      preconditionFailure("a base has as many names as its cells, and its guest has looked at none")
    }
    let witness = CellWitness()
    let result = try prepared.fork(start, on: forks(of: cell.guest), engine: engine, observers: [witness])
    return Self.result(result, cell, witness)
  }

  private func forks(of guest: GuestKey) -> ForkWorker {
    if let worker, worker.guest == guest { return worker.forks }
    let forks = ForkWorker(engine: engine)
    worker = (guest, forks)
    return forks
  }

  private static func result(_ run: RunResult, _ cell: Cell, _ witness: CellWitness) -> CellResult {
    let own = witness.refusals.first { $0.hasPrefix("\(cell.object) ") }
    let isRefused = run.outcome == .detected && own != nil && run.evidence?.text == "refused"
    var result = CellResult(
      outcome: isRefused ? .refused : CellOutcome(run.outcome), reason: run.reason, evidence: run.evidence,
      event: run.evidence.flatMap { witness.kind(of: $0.event) }, instructions: run.instructions,
      virtualTimeNs: run.virtualTimeNs, digest: run.digest, transcript: run.transcriptText)
    let failure = run.unmet.first { $0.subject.hasPrefix("script: ") }
    if let other = witness.refusals.first(where: { !$0.hasPrefix("\(cell.object) ") }) {
      result.problem = "something else than the attack is refused: \(other)"
    } else if !isRefused, !witness.hasAnnounced, run.outcome != .simulatorDefect {
      result.problem = "it does not reach its bypass step (\(run.outcome.rawValue): \(run.reason))"
    } else if let failure, !result.outcome.isSuccess, run.outcome != .simulatorDefect {
      result.problem =
        "the run stops before its end, which its outcome \(run.outcome.rawValue) does not explain: "
        + (failure.text.split(separator: "\n").first.map(String.init) ?? "")
    }
    return result
  }
}

/// What the oracle does not tell of a cell's run: whether the attack got to its bypass, what was refused, kinds of events by number.
private final class CellWitness: EventSink {
  private static let announcement = Array("attack: bypass\n".utf8)

  private var kindsByNumber: [UInt8] = []
  private var matched = 0
  private(set) var hasAnnounced = false
  private(set) var refusals: [String] = []

  func record(_ event: Event) {
    kindsByNumber.append(event.payload.kind.rawValue)
    switch event.payload {
    case .consoleOutput(.virtio, let bytes) where !hasAnnounced: look(at: bytes)
    case .guest where !event.actor.isExtension:
      if case .refused(let detail) = event.payload.guestRecord { refusals.append(detail) }
    default: break
    }
  }

  private func look(at bytes: [UInt8]) {
    for byte in bytes {
      // No part of the text but its first byte begins it again.
      matched = byte == Self.announcement[matched] ? matched + 1 : byte == Self.announcement[0] ? 1 : 0
      guard matched == Self.announcement.count else { continue }
      hasAnnounced = true
      return
    }
  }

  func kind(of number: UInt64) -> EventKind? {
    number < UInt64(kindsByNumber.count) ? EventKind(rawValue: kindsByNumber[Int(number)]) : nil
  }
}
