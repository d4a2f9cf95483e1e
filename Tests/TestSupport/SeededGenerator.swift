import SeededRandom

/// What tests draw with. A test that draws prints its seed.
public typealias SeededGenerator = SeededRandom.SeededGenerator
