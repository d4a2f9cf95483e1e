import Attacks
import Foundation
import Scenarios
import SimEvents
import SimUnicorn
import Testing

@Suite(.enabled(if: canRun)) struct CostTests {
  private func measured(workers: Int = 2) throws -> [DesignCost] {
    var matrix = try AttackMatrix.run(["pkru-own"], workers: workers)
    #expect(matrix.costs.isEmpty)
    try matrix.measureCosts(products: products, engine: .unicorn, workers: workers)
    #expect(matrix.costs.map(\.design) == matrix.designs)
    return matrix.costs
  }

  @Test func costsAreWhatTheDesignsDo() throws {
    let costs = try measured()
    #expect(try measured(workers: 1) == costs)
    let byDesign = Dictionary(uniqueKeysWithValues: costs.map { ($0.design, $0) })
    let (none, keys) = (try #require(byDesign[.none]), try #require(byDesign[.uioMPK]))
    // A gate sets PKRU twice, a call into the overlay too, and each handler three times; the least is WRPKRU's own cycles.
    #expect(keys.serviceCycles > none.serviceCycles + 40)
    #expect(keys.callCycles > none.callCycles + 40)
    #expect(keys.idleInstructions > none.idleInstructions)
    let (ofNone, ofKeys) = (try #require(none.interruptCycles), try #require(keys.interruptCycles))
    #expect(ofKeys > ofNone + 40 && ofNone > 1000)
    let (checked, verified) = (try #require(byDesign[.ebpf]), try #require(byDesign[.ebpfVerified]))
    #expect(verified.loadCycles > checked.loadCycles)
    #expect(checked.interruptCycles == nil)
    #expect(checked.serviceCycles > keys.serviceCycles)
  }

  /// The events tell when a gate is entered and left: the loop around the call is all that may lie between that and the measured cost.
  @Test(arguments: [Attack.Design.none, .uioMPK]) func aCallCostsWhatTheEventsSay(design: Attack.Design) throws {
    let variant = design == .none ? "ushell" : "ushellmpk"
    let text = """
      {"name": "one call", "description": "d", "guest": {"variant": "\(variant)", "design": "\(design.rawValue)"},
       "share": {"extensions": ["design-cost.o"]},
       "script": [{"expect": "> "}, {"send": "run design-cost.o 20"}, {"expect": "> ", "within": "2s"}]}
      """
    let file = try ScenarioFile(name: "one call", text: Array(text.utf8), folder: root)
    let watch = GateWatch()
    let result = try PreparedRun(RunInputs(file, products: products, seed: nil)).climb(
      RunClimb { _ in nil }, observers: [watch], engine: .unicorn)
    #expect(result.passed && watch.times.count == 20)
    var matrix = try AttackMatrix.run(["pkru-own"], under: [design])
    try matrix.measureCosts(products: products, engine: .unicorn, workers: 1)
    let within = try #require(watch.times.min())
    #expect((within...within + 10).contains(matrix.costs[0].serviceCycles))
  }

  @Test func costsStandInEachReport() throws {
    var matrix = try AttackMatrix.run(["pkru-own", "pkru-stack"], under: [.none, .ebpf])
    #expect(!matrix.tableLines.contains("Costs in virtual cycles"))
    #expect(!matrix.json.text.contains("\"costs\"") && !matrix.html.contains("What each design costs"))
    try matrix.measureCosts(products: products, engine: .unicorn, workers: 2)
    let call = matrix.costs.map { String($0.callCycles) }
    let line = try #require(matrix.tableLines.first { $0.hasPrefix("  call into the overlay") })
    #expect(line.split(separator: " ").suffix(2).map(String.init) == call)
    #expect(matrix.tableLines.contains { $0.hasPrefix("  interrupt in an extension") && $0.hasSuffix("-") })
    let object = try #require(try JSONSerialization.jsonObject(with: Data(matrix.json.text.utf8)) as? [String: Any])
    let costs = try #require(object["costs"] as? [String: [String: Any]])
    #expect(costs.keys.sorted() == ["ebpf", "none"])
    #expect(costs["none"]?["callCycles"].map { "\($0)" } == call[0])
    #expect(costs["ebpf"]?["interruptCycles"] == nil && costs["none"]?["interruptCycles"] != nil)
    #expect(matrix.html.contains("What each design costs") && matrix.html.contains(">\(call[1])<"))
  }

  @Test func anExtensionThatIsNotBuiltIsAnError() throws {
    var elsewhere = products
    elsewhere.extensions = FileManager.default.temporaryDirectory.appending(path: "nothing-\(UUID().uuidString)")
    var matrix = try AttackMatrix.run(["pkru-own"], under: [.none])
    #expect(throws: ScenarioProblems.self) {
      try matrix.measureCosts(products: elsewhere, engine: .unicorn, workers: 1)
    }
  }
}

/// How long an extension is away when it calls the unikernel.
private final class GateWatch: EventSink {
  private(set) var times: [UInt64] = []
  private var entered: UInt64?

  var kinds: EventKinds { EventKinds([.crossing]) }

  func record(_ event: Event) {
    switch event.payload {
    case .crossing(.gate, _, _, _, _): entered = event.time
    case .crossing(.back, _, _, _, _): if let entered { times.append(event.time - entered) }
    default: break
    }
  }
}
