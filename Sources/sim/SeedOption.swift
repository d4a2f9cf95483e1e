import ArgumentParser

/// Where the random streams of a run start.
struct SeedOption: ParsableArguments {
  @Option(
    parsing: .unconditional, help: "Start of all random streams, instead of the scenario's.", transform: wholeNumber)
  var seed: UInt64?
}
