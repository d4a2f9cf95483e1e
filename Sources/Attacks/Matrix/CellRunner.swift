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

  /// - Throws: ``ScenarioProblems`` where an object has not been built.
  func run(_ cell: Cell, from base: CellBase) throws -> CellResult {
    try requireObject(of: cell)
    let image = base.prepared.inputs.image
    let file = try MadeUpScenario.file(cell.attack.file, CellScenario.node(cell).laidOut())
    let prepared = try PreparedRun(base.prepared.inputs.sibling(file, products: products))
    guard let start = base.snapshot.offering(shareOf: prepared, insteadOf: base.prepared) else {
      preconditionFailure("a base has as many names as its cells, and its guest has looked at none")
    }
    let witness = CellWitness(cell.object)
    let missing = cell.attack.symbols.filter { image.symbol(named: $0) == nil }
    let result = try prepared.fork(start, on: forks(of: cell.guest), engine: engine, observers: [witness])
    var found = Self.result(result, cell, witness)
    found.missingSymbols = missing
    return found
  }

  /// The build makes objects of one folder's attacks only, so those of another folder may have none.
  private func requireObject(of cell: Cell) throws {
    let folder = products.built(for: cell.design).attacks.appending(path: cell.attack.attackClass.rawValue)
    guard !FileManager.default.fileExists(atPath: folder.appending(path: cell.object).path) else { return }
    throw MatrixError(
      "there is no file \(cell.object): objects are built of the attacks in attacks/ alone; put \(cell.attack.fileName) into "
        + "attacks/\(cell.attack.attackClass.rawValue)/ for it")
  }

  private func forks(of guest: GuestKey) -> ForkWorker {
    if let worker, worker.guest == guest { return worker.forks }
    let forks = ForkWorker(engine: engine)
    worker = (guest, forks)
    return forks
  }

  private static func result(_ run: RunResult, _ cell: Cell, _ witness: CellWitness) -> CellResult {
    func isRefusal(of object: String) -> (String) -> Bool { { $0.hasPrefix("\(object) ") } }
    let isRefused =
      run.outcome == .detected && witness.refusals.contains(where: isRefusal(of: cell.object))
      && run.evidence?.text == "refused"
    // That the next extension is refused is what an attack may be about.
    let isNextRefused = isRefusal(of: CellScenario.honest(cell).object)
    let other = witness.refusals.first { !isRefusal(of: cell.object)($0) && !isNextRefused($0) }
    var result = CellResult(
      outcome: isRefused ? .refused : CellOutcome(run.outcome), judged: run.outcome, reason: run.reason,
      evidence: run.evidence,
      event: run.evidence.flatMap { witness.kind(of: $0.event) }, instructions: run.instructions,
      virtualTimeNs: run.virtualTimeNs, digest: run.digest, transcript: run.transcriptText)
    if run.outcome == .completed, !witness.hasRunProgram, let refusal = refusalToAttach(cell, run) {
      (result.outcome, result.reason) = (.refused, refusal)
    }
    let failure = run.unmet.first { $0.subject.hasPrefix("script: ") }
    if let other {
      result.problem = "what it needs is refused: \(other)"
    } else if !isRefused, !hasStarted(cell, witness, run), run.outcome != .simulatorDefect {
      let start = cell.attack.program == .bpf ? "its first instruction" : "its bypass step"
      result.problem = "it does not reach \(start) (\(run.outcome.rawValue): \(run.reason))"
    } else if let failure, !result.outcome.isSuccess, run.outcome != .simulatorDefect,
      !witness.refusals.contains(where: isNextRefused)
    {
      result.problem =
        "the run stops before its end, which its outcome \(run.outcome.rawValue) does not explain: "
        + (failure.text.split(separator: "\n").first.map(String.init) ?? "")
    }
    return result
  }
}

extension CellRunner {
  /// Whether the attack got to where it starts: to its bypass, or to the first instruction of a BPF program. That a function can't be
  /// traced at all is what an attack may be about, too.
  private static func hasStarted(_ cell: Cell, _ witness: CellWitness, _ run: RunResult) -> Bool {
    guard cell.attack.program == .bpf else { return witness.hasAnnounced }
    return witness.hasRunProgram || refusalToAttach(cell, run) != nil
  }

  /// What the shell says of a function that can't be traced, for which the unikernel has no record.
  private static func refusalToAttach(_ cell: Cell, _ run: RunResult) -> String? {
    guard cell.attack.attach != nil else { return nil }
    return run.console.first { $0.console == .virtio && $0.text.contains("bpf_attach: ") }?.text
  }
}

/// What the oracle does not tell of a cell's run: whether the attack got to where it starts, what was refused, kinds of events by
/// number.
private final class CellWitness: EventSink {
  private static let announcement = Array("attack: bypass\n".utf8)

  private var kindsByNumber: [UInt8] = []
  private var matched = 0
  private(set) var hasAnnounced = false
  /// A BPF program was entered.
  private(set) var hasRunProgram = false
  private let object: String
  private(set) var refusals: [String] = []

  init(_ object: String) { self.object = object }

  func record(_ event: Event) {
    kindsByNumber.append(event.payload.kind.rawValue)
    switch event.payload {
    case .consoleOutput(.virtio, let bytes) where !hasAnnounced: look(at: bytes)
    case .crossing(.enter, _, .extension(let name), _, _) where name == object: hasRunProgram = true
    case .guest where !event.actor.isExtension: note(event.payload.guestRecord)
    default: break
    }
  }

  private func note(_ record: GuestRecord?) {
    switch record {
    case .refused(let detail): refusals.append(detail)
    // At a traced function nobody is seen to enter: the application's call goes on.
    case .other("bpf", let detail) where detail.hasPrefix("run \(object) "): hasRunProgram = true
    case .contained(let detail) where detail.hasPrefix("\(object) "): hasRunProgram = true
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
