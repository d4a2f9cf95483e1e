import SimPlatform
import TestSupport
import Testing

@Suite struct PICPairTests {
  /// A pair with vectors from 0x20 and 0x28, as kernels initialise it; nothing masked.
  private func bench(icw4: UInt8 = 1) -> PICPair {
    var pics = PICPair()
    for (port, value) in [
      (0x20, 0x11), (0x21, 0x20), (0x21, 4), (0x21, icw4), (0xa0, 0x11), (0xa1, 0x28), (0xa1, 2), (0xa1, icw4),
      (0x21, 0), (0xa1, 0),
    ] as [(UInt16, UInt8)] { pics.write(port, value) }
    return pics
  }

  private func pulse(_ pics: inout PICPair, _ line: Int) {
    pics.setLine(line, high: true)
    pics.setLine(line, high: false)
  }

  @Test func firmwareLeavesAllMasked() {
    var pics = PICPair()
    for line in 0..<16 { pulse(&pics, line) }
    #expect(!pics.isRequesting && pics.read(0x21) == 0xff && pics.read(0xa1) == 0xff)
  }

  @Test func eachLineHasItsVector() {
    for line in 0..<16 where line != 2 {
      var pics = bench()
      pulse(&pics, line)
      #expect(pics.isRequesting && pics.acknowledge() == 0x20 + UInt8(line), "line \(line)")
      #expect(!pics.isRequesting)
      if line >= 8 { pics.write(0xa0, 0x20) }
      pics.write(0x20, 0x20)
      pulse(&pics, line)
      #expect(pics.acknowledge() == 0x20 + UInt8(line), "again after its end")
    }
  }

  @Test func linesThatDoNotExistDoNothing() {
    var pics = bench()
    for line in [-1, 2, 16, .max, .min] { pulse(&pics, line) }
    #expect(!pics.isRequesting)
  }

  @Test func lowerLinesComeFirstAndTheSecondControllerInTheirMiddle() {
    var pics = bench()
    for line in [7, 3, 15, 8, 0, 1] { pulse(&pics, line) }
    var order: [UInt8] = []
    while pics.isRequesting {
      let vector = pics.acknowledge()
      order.append(vector)
      if vector >= 0x28 { pics.write(0xa0, 0x20) }
      pics.write(0x20, 0x20)
    }
    #expect(order == [0x20, 0x21, 0x28, 0x2f, 0x23, 0x27])
  }

  @Test func whatIsInServiceHoldsBackLowerPriorities() {
    var pics = bench()
    pulse(&pics, 3)
    #expect(pics.acknowledge() == 0x23)
    pulse(&pics, 4)
    #expect(!pics.isRequesting)
    pulse(&pics, 1)
    #expect(pics.isRequesting && pics.acknowledge() == 0x21)
    pics.write(0x20, 0x0b)
    #expect(pics.read(0x20) == 0b1010, "in service")
    pics.write(0x20, 0x0a)
    #expect(pics.read(0x20) == 0b1_0000, "requested")
    pics.write(0x20, 0x61)  // the end of line 1
    pics.write(0x20, 0x20)  // the end of the highest, line 3
    #expect(pics.acknowledge() == 0x24)
  }

  @Test func masksHoldBackWithoutForgetting() {
    var pics = bench()
    pics.write(0x21, 0x10)
    pulse(&pics, 4)
    #expect(!pics.isRequesting && !pics.isUnmasked(4) && pics.isUnmasked(5))
    pics.write(0x21, 0)
    #expect(pics.isRequesting)
    pics.write(0x21, 4)
    #expect(!pics.isUnmasked(9), "behind the masked cascade")
  }

  @Test func anInterruptThatIsGoneIsLine7sWithoutService() {
    var pics = bench()
    pics.write(0x4d0, 0x20)
    pics.setLine(5, high: true)
    pics.setLine(5, high: false)
    #expect(!pics.isRequesting && pics.acknowledge() == 0x27)
    pics.write(0x20, 0x0b)
    #expect(pics.read(0x20) == 0)
  }

  @Test func levelsRequestAgainUntilTheyFall() {
    var pics = bench()
    pics.write(0x4d0, 0xff)
    #expect(pics.read(0x4d0) == 0xf8, "system devices stay edges")
    pics.setLine(5, high: true)
    #expect(pics.acknowledge() == 0x25)
    pics.write(0x20, 0x20)
    #expect(pics.isRequesting)
    pics.setLine(5, high: false)
    #expect(!pics.isRequesting)
  }

  @Test func automaticEndsLeaveNothingInService() {
    var pics = bench(icw4: 3)
    pulse(&pics, 6)
    #expect(pics.acknowledge() == 0x26)
    pics.write(0x20, 0x0b)
    #expect(pics.read(0x20) == 0)
  }

  @Test func prioritiesRotate() {
    var pics = bench()
    pics.write(0x20, 0xc3)  // line 3 is the lowest
    for line in [3, 4, 1] { pulse(&pics, line) }
    var order: [UInt8] = []
    while pics.isRequesting {
      order.append(pics.acknowledge())
      pics.write(0x20, 0x20)
    }
    #expect(order == [0x24, 0x21, 0x23])
  }

  @Test func aPollTakesTheRequest() {
    var pics = bench()
    pulse(&pics, 1)
    pics.write(0x20, 0x0c)
    #expect(pics.read(0x20) == 0x81 && !pics.isRequesting)
    pics.write(0x20, 0x0c)
    #expect(pics.read(0x20) == 7)
  }

  @Test func anyWritesAreHarmlessAndTheStateComesBack() throws {
    var random = SeededGenerator(seed: 8259)
    var pics = PICPair()
    for _ in 0..<20_000 {
      let port: UInt16 = [0x20, 0x21, 0xa0, 0xa1, 0x4d0, 0x4d1, 0x22][Int.random(in: 0..<7, using: &random)]
      switch Int.random(in: 0..<4, using: &random) {
      case 0: pics.write(port, UInt8.random(in: 0...255, using: &random))
      case 1: _ = pics.read(port)
      case 2: pics.setLine(Int.random(in: -1...16, using: &random), high: Bool.random(using: &random))
      default: if pics.isRequesting { _ = pics.acknowledge() }
      }
      #expect(try PICPair.State(words: pics.state.words) == pics.state)
    }
    #expect(throws: PlainStateError.self) { try PICPair.State(words: [1]) }
    for word in pics.state.words.indices {
      var words = pics.state.words
      words[word] = .max
      #expect(throws: PlainStateError.self) { try PICPair.State(words: words) }
    }
  }
}
