import ObjectLoader
import TestSupport
import Testing

@Suite struct SymbolFileTests {
  private func file(_ text: String) throws(SymbolFileError) -> SymbolFile { try SymbolFile(Array(text.utf8)) }

  private func address(_ name: String, in text: String) throws -> UInt64? {
    try file(text).address(of: ArraySlice(name.utf8))
  }

  @Test func linesOfNmAreTaken() throws {
    let text = """
      0000000000100000 T _start
      00000000001fffff D count
                       U missing
                       w weak_and_missing

      0x200000 B tail\r
      ffffffffffffffff A last
      """
    #expect(try file(text).count == 4)
    #expect(try address("_start", in: text) == 0x10_0000)
    #expect(try address("count", in: text) == 0x1f_ffff)
    #expect(try address("tail", in: text) == 0x20_0000)
    #expect(try address("last", in: text) == .max)
    #expect(try address("missing", in: text) == nil)
    #expect(try address("coun", in: text) == nil)
    #expect(try address("counter", in: text) == nil)
  }

  @Test func ofEqualNamesTheGlobalOneCountsThenTheFirst() throws {
    #expect(try address("f", in: "1 t f\n2 T f\n3 t f\n") == 2)
    #expect(try address("f", in: "5 t f\n4 t f\n") == 5)
  }

  @Test func anEmptyFileHasNoSymbols() throws {
    #expect(try file("").count == 0)
    #expect(try file("\n\n  \n").count == 0)
  }

  @Test(arguments: [
    ("1 T a\nzz T b\n", 2, SymbolFileError.Kind.addressMissing), ("T a\n", 1, .addressMissing),
    ("0x T a\n", 1, .addressMissing), ("-1 T a\n", 1, .addressMissing),
    ("\n\n10000000000000000 T a", 3, .addressTooLarge),
    ("1\n", 1, .typeMissing), ("1 TT a\n", 1, .typeMissing), ("1 7 a\n", 1, .typeMissing), ("1 T\n", 1, .nameMissing),
    ("1 T a b\n", 1, .textAfterName), ("1 T a b c d e\n", 1, .textAfterName), ("1 T a\u{1}\n", 1, .controlCharacter),
    ("1 T \(String(repeating: "n", count: 1025))\n", 1, .nameTooLong), ("\u{7f}ELF\u{2}\u{1}", 1, .addressMissing),
  ])
  func aWrongLineIsNamed(_ text: String, line: Int, kind: SymbolFileError.Kind) {
    #expect(throws: SymbolFileError(kind, line: line)) { try file(text) }
  }

  @Test func messagesAreOneLine() {
    for kind in [SymbolFileError.Kind.fileTooLarge, .nameMissing, .controlCharacter] {
      #expect(SymbolFileError(kind, line: 7).message.allSatisfy { (0x20...0x7e).contains($0) })
    }
    let message = String(decoding: SymbolFileError(.nameMissing, line: 7).message, as: UTF8.self)
    #expect(message == "line 7: no name after the type letter")
  }

  @Test func tooManySymbolsAreRefused() {
    let line = Array("1 T a\n".utf8)
    var bytes: [UInt8] = []
    for _ in 0...SymbolFile.symbolsMax { bytes += line }
    #expect(throws: SymbolFileError(.tooManySymbols, line: SymbolFile.symbolsMax + 1)) { try SymbolFile(bytes) }
  }

  @Test(arguments: [UInt64(3), 99])
  func randomTextEndsInATableOrAnError(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let alphabet = Array("01fFxTtUw \t\n\r\u{0}é".utf8)
    for _ in 0..<5_000 {
      let bytes = (0..<random.next() % 60).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
      if let file = try? SymbolFile(bytes) {
        for symbol in file.symbols { #expect(file.address(of: file.name(of: symbol)) != nil) }
      }
    }
    print("random symbol files: 5000, seed \(seed)")
  }
}
