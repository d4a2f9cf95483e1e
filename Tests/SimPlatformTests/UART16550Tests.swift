import SimPlatform
import Testing

@Suite struct UART16550Tests {
  @Test func whatIsWrittenLeavesAtOnce() {
    let port = Bench(UART16550())
    #expect(port.write(0, 0x41) == 0x41 && port.read(5) == 0x60)
  }

  @Test func theDivisorLatchHidesDataAndInterruptEnable() {
    let port = Bench(UART16550())
    #expect(port.write(3, 0x83) == nil && port.write(0, 0x0c) == nil && port.write(1, 0x02) == nil)
    #expect(port.read(0) == 0x0c && port.read(1) == 2 && port.state.divisor == 0x20c)
    _ = port.write(3, 3)
    #expect(port.read(1) == 0 && port.read(3) == 3)
  }

  @Test func bytesArriveInOrderAndTheSenderWaitsForRoom() {
    let port = Bench(UART16550())
    _ = port.write(2, 1)
    #expect(port.receive(Array(0..<100)) == 100)
    #expect(port.state.received.count == 16 && port.read(5) == 0x61)
    #expect((0..<100).map { _ in port.read(0) } == Array(0..<100))
    #expect(port.read(5) == 0x60 && port.read(0) == 0)
  }

  @Test func withoutFIFOThereIsRoomForOne() {
    let port = Bench(UART16550())
    #expect(port.receive([1, 2]) == 2 && port.state.received == [1])
    #expect(port.read(0) == 1 && port.read(0) == 2 && port.read(5) == 0x60)
  }

  @Test func notMoreWaitsThanTheLimit() {
    let port = Bench(UART16550())
    #expect(port.receive([UInt8](repeating: 1, count: 10_000)) == 4096)
    #expect(port.receive([UInt8](repeating: 1, count: 10_000)) == 1)
    #expect(port.state.waiting.count == UART16550.waitingMax)
  }

  @Test func aByteTooManyInLoopbackIsAnOverrun() {
    let port = Bench(UART16550())
    _ = port.write(4, 0x10)
    #expect(port.write(0, 1) == nil && port.write(0, 2) == nil)
    #expect(
      port.read(5) == 0x63 && port.read(5) == 0x61 && port.read(0) == 2, "the new byte has taken the old one's place")
    _ = port.write(2, 1)
    for byte in 0..<UInt8(17) { #expect(port.write(0, byte) == nil) }
    #expect(port.read(5) == 0x63 && port.read(0) == 0, "FIFOs keep what they have")
    #expect((1..<16).map { _ in port.read(0) } == Array(1..<16) && port.read(5) == 0x60)
  }

  @Test func interruptsHaveReasonsInOrderOfPriority() {
    let port = Bench(UART16550())
    _ = port.write(4, 8)
    _ = port.write(2, 0x81)
    #expect(!port.interruptAsserted && port.read(2) == 0xc1)
    _ = port.write(1, 7)
    #expect(port.interruptAsserted && port.read(2) == 0xc2 && port.read(2) == 0xc1, "reading answers the transmitter")
    #expect(port.write(0, 0x41) == 0x41 && port.interruptAsserted)
    port.receive([1])
    #expect(port.read(2) == 0xcc, "fewer than the level of 8")
    port.receive(Array(2..<9))
    #expect(port.read(2) == 0xc4)
    _ = port.write(4, 0x18)
    for byte in 9..<UInt8(20) { #expect(port.write(0, byte) == nil) }
    _ = port.write(4, 8)
    #expect(port.read(2) == 0xc6 && port.read(5) & 2 == 2 && port.read(2) == 0xc4)
    _ = port.write(2, 0x83)
    #expect(port.read(2) == 0xc2, "the transmitter's reason waited behind")
    _ = port.write(4, 0)
    _ = port.write(0, 0x41)
    #expect(!port.interruptAsserted, "OUT2 gates the line")
  }

  @Test func loopbackAnswersAProbe() {
    let port = Bench(UART16550())
    _ = port.write(4, 0x1a)
    #expect(port.read(6) & 0xf0 == 0x90)
    #expect(port.write(0, 0x55) == nil && port.read(0) == 0x55)
    port.receive([1])
    #expect(port.read(5) & 1 == 0, "nothing comes in from outside")
    _ = port.write(4, 8)
    #expect(port.read(6) & 0xf0 == 0xb0 && port.read(0) == 1)
  }

  @Test func modemDeltasAreReadOnce() {
    let port = Bench(UART16550())
    _ = port.write(4, 0x10)
    #expect(port.read(6) == 0x0b && port.read(6) == 0)
    _ = port.write(1, 8)
    _ = port.write(4, 0x11)
    #expect(port.read(2) == 0 && port.read(6) == 0x22 && port.read(2) == 1)
  }

  @Test func theScratchRegisterKeepsEveryByte() {
    let port = Bench(UART16550())
    for byte in 0...UInt8.max {
      _ = port.write(7, byte)
      #expect(port.read(7) == byte)
    }
    #expect(port.read(8) == 0xff && port.write(8, 1) == nil && port.write(5, 1) == nil && port.write(6, 1) == nil)
  }
}
