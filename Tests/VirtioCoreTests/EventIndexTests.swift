import Testing
import VirtioCore

/// Says by counting what ``passesEvent(_:from:to:)`` says by arithmetic.
private func passesByCounting(_ event: UInt16, from old: UInt16, to new: UInt16) -> Bool {
  var index = old
  while index != new {
    if index == event { return true }
    index &+= 1
  }
  return false
}

@Test func eventIndexComparisonCountsOverTheWrap() {
  var cases = 0
  for old in [UInt16(0), 1, 0x7fff, 0x8000, 0xfffe, 0xffff] {
    for count in UInt16(0)...40 {
      for distance in UInt16(0)...50 {
        let event = old &- 5 &+ distance
        let new = old &+ count
        #expect(passesEvent(event, from: old, to: new) == passesByCounting(event, from: old, to: new))
        cases += 1
      }
    }
  }
  print("event index: \(cases) cases")
}

@Test func layoutsMustBeAlignedPowersOfTwoInsideMemory() {
  let memory = ArrayMemory()
  let good = QueueLayout.sample(size: 8)
  #expect(good.isValidSplit(in: memory) && good.isValidPacked(in: memory))
  let bad: [(WritableKeyPath<QueueLayout, UInt64>, UInt64)] = [
    (\.descriptors, 0x1008), (\.descriptors, .max & ~15), (\.driver, 0x3001), (\.device, 0x4002), (\.device, 0x10ffe),
    (\.driver, 0),
  ]
  for (field, value) in bad {
    var layout = good
    layout[keyPath: field] = value
    #expect(!layout.isValidSplit(in: memory) && !layout.isValidPacked(in: memory), "\(value)")
  }
  for size in [UInt16(0), 32_769, .max] {
    #expect(!QueueLayout.sample(size: size).isValidPacked(in: memory))
    #expect(!QueueLayout.sample(size: size).isValidSplit(in: memory))
  }
  #expect(!QueueLayout.sample(size: 6).isValidSplit(in: memory))
  #expect(QueueLayout.sample(size: 6).isValidPacked(in: memory))
}
