/// A variable of the guest that has another value than the scenario expects.
struct MemoryDifference: Equatable {
  var symbol: String
  var unmet: UnmetExpectation

  /// In one line: the place, its value, and what was expected.
  var text: String { unmet.text }
}
