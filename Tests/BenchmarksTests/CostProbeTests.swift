import Benchmarks
import Scenarios
import Testing

@Suite struct CostProbeTests {
  /// Numbers of the host can't be known; that there are some, and that a scenario can use them, can.
  @Test func theProbeGivesATable() throws {
    let base = try #require(CostTableFile.named("unit"))
    let table = CostProbe(name: "here", base: base).table
    #expect(try CostTableFile.read(Array(table.text.utf8), file: "here.json") == table)
    #expect(table.name == "here" && table.clockMHz > 100)
    let measured = Set(table.entries.filter { $0.origin == .measurement }.map(\.name))
    #expect(measured.isSuperset(of: ["instruction", "exception", "systemCall", "timestampCounter", "cpuid"]))
    let costs = table.costs
    #expect(costs.timestampCounter > 1 && costs.systemCall > 1 && costs.exception > costs.systemCall)
    for entry in table.entries where !measured.contains(entry.name) {
      #expect(entry.value == "1", "\(entry.name) can't be measured and is the other table's")
    }
  }
}
