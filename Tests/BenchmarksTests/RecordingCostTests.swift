import Benchmarks
import Foundation
import Scenarios
import Testing

@Suite struct RecordingCostTests {
  @Test func aTraceOfHelloIsSmall() throws {
    let products = BuildProducts(folder: URL(fileURLWithPath: ".build"))
    guard FileManager.default.fileExists(atPath: products.images.appending(path: "uio-ushellmpk.elf").path) else {
      print("skipped: the guest's images have not been built (./test does it)")
      return
    }
    let cost = try RecordingCost.measure(rounds: 1) {
      try RunInputs(ScenarioFile(path: "scenarios/hello.json"), products: products, seed: nil)
    }
    #expect(cost.traceBytes < 200 << 10 && cost.traceBytes > 1 << 10)
    #expect(cost.instructions > 100_000 && cost.eventCount > 100)
    #expect(cost.recordToRun > 0 && cost.replayToRecord > 0)
  }
}
