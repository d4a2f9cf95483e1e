import Campaigns
import Engines
import Foundation
import Scenarios
import SimCPU
import SimMachine
import SimUnicorn
import Testing

@Suite struct ExperimentTests {
  @Test func speed() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let file = try ScenarioFile(path: root.appending(path: "scenarios/set-count.json").path)
    let inputs = try RunInputs(file, products: BuildProducts(folder: root.appending(path: ".build")), seed: nil)
    let golden = try GoldenRun(PreparedRun(inputs), window: 280_000...290_000, engine: .unicorn)
    print(golden.result.text(), golden.rungs.count, golden.rungs.map(\.instructions))
    let runner = ExperimentRunner(golden, engine: .unicorn)
    var counts: [FaultClass: Int] = [:]
    let clock = ContinuousClock()
    let start = clock.now
    var returned = 0
    for number in 0..<300 {
      let at = 280_000 + UInt64(number) * 33
      let fault = try Fault.read(
        #"{"when": {"instruction": \#(at)}, "what": {"register": {"name": "rbx", "bit": \#(number % 64)}}}"#)
      let result = try runner.run(Experiment(fault))
      counts[result.faultClass, default: 0] += 1
      if result.convergedAt != nil { returned += 1 }
      if number % 20 == 0 { print(result.faultClass, result.reason, result.convergedAt ?? 0, result.instructions) }
    }
    print(counts, returned, clock.now - start)
  }
}
