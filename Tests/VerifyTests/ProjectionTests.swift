import Testing

@testable import Equivalence

struct ProjectionTests {
  @Test func howOftenTheApplicationCountedIsTheClocksDoing() {
    let early = TimeIndependence.applicationLines(Array("uIO\r\n0\r\n1\r\n2000\r\n2001\r\n20".utf8))
    let late = TimeIndependence.applicationLines(Array("uIO\r\n0\r\n1\r\n2\r\n3\r\n2000\r\n".utf8))
    #expect(early == ["uIO", "0 and upwards", "2000 and upwards"])
    #expect(early == late)
  }

  @Test func aNumberThatIsNotTheNextIsSeen() {
    #expect(TimeIndependence.applicationLines(Array("4\n5\n5\n6\n".utf8)) == ["4 and upwards", "5 and upwards"])
    #expect(TimeIndependence.applicationLines(Array("18446744073709551615\n0\n".utf8)).count == 1)
  }

  @Test func whereAProgramWasWhenItsTimeWasUpIsCutOff() {
    #expect(TimeIndependence.text("x.o budget at=0x80000020") == "x.o budget at=…")
    #expect(TimeIndependence.text("key fault at main+0xb") == "key fault at main+0xb")
  }

  /// The simulator's details and those from QEMU's trace points.
  static let pairs: [(message: String, simulator: String, qemu: String, item: String?)] = [
    ("Twalk", "fid 0 newfid 1 names notes/today.txt", "fid 0 newfid 1 nwname 2", "Twalk fid 0 newfid 1 nwname 2"),
    ("Twalk", "fid 0 newfid 1 names ", "fid 0 newfid 1 nwname 0", "Twalk fid 0 newfid 1 nwname 0"),
    ("Rwalk", "qid d1.0 qid f2.0", "nwqid 2", "Rwalk nwqid 2"),
    ("Tattach", "fid 0 uname root aname / uid 0", "fid 0 uname root aname /", "Tattach fid 0 uname root aname /"),
    ("Treaddir", "fid 1 offset 3 count 9", "fid 1 offset 922337 count 9", "Treaddir fid 1 count 9 further on"),
    ("Rreaddir", "count 80", "count 104", "Rreaddir with entries"), ("Rlopen", "qid f2.0", "", "Rlopen"),
    ("Tread", "fid 1 offset 0 count 7", "fid 1 offset 0 count 7", "Tread fid 1 offset 0 count 7"),
    ("Rclunk", "", "", nil),
  ]

  @Test(arguments: pairs) func ninePMessagesOfBothServersAreTheSameItem(
    message: String, simulator: String, qemu: String, item: String?
  ) {
    #expect(NinePProjection.item(message, simulator) == item)
    #expect(NinePProjection.item(message, qemu) == item)
  }

  @Test func detailsThatAreCutOffAreNoTrap() {
    for detail in ["", " ", "fid", "fid ", "names", "qid qid qid", "  fid  1 "] {
      for message in ["Twalk", "Rwalk", "Treaddir", "Rreaddir", "Tattach", "Rlerror"] {
        _ = NinePProjection.item(message, detail)
      }
    }
  }
}
