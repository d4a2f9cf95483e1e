import SeededRandom
import Testing

/// The numbers that Vigna's splitmix64.c gives for the seed 1234567, as Rosetta Code's task "Pseudo-random
/// numbers/Splitmix64" lists them.
@Test func theNumbersAreThoseOfSplitMix64() {
  var generator = SeededGenerator(seed: 1_234_567)
  let expected: [UInt64] = [
    6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
    16_408_922_859_458_223_821,
  ]
  #expect(expected.map { _ in generator.next() } == expected)
}

@Test func theCounterIsTheWholeState() {
  var generator = SeededGenerator(seed: 5)
  for _ in 0..<100 {
    var other = SeededGenerator(seed: generator.counter)
    #expect(other == generator && other.next() == generator.next() && other == generator)
  }
}
