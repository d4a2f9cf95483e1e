import SeededRandom

extension SeededGenerator {
  /// Seeded by an input itself, where a check has to draw: by all its bytes (FNV-1a).
  init(bytes: some Sequence<UInt8>) {
    self.init(seed: bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
  }
}
