import Foundation
import GuestOS
import Testing

@Suite(.serialized) struct QEMUTests {
  @Test func withoutAShellTheApplicationCounts() throws {
    guard let guest = try QEMUGuest(.noshell) else { return }
    #expect(guest.applicationPasses(1) == 2)
    #expect(guest.serial.hasPrefix("uIO noshell\r\n0\r\n"))
  }

  /// QEMU announces its devices on the command line, or only by ACPI; with the legacy interface or the modern one.
  @Test(arguments: ["microvm", "microvm,acpi=off"], [[], ["virtio-mmio.force-legacy=off"]])
  func theDevicesAreFound(machine: String, globals: [String]) throws {
    guard let guest = try QEMUGuest(.ushell, machine: machine, globals: globals) else { return }
    #expect(guest.untilPrompt() == "")
    #expect(guest.type("cat /ushell/text") == "text on the share\n")
    #expect(guest.type("ls folder") == "")
    #expect(guest.type("ls").contains("folder/\n"))
    #expect(guest.type("mount-info") == "fs0 on /ushell type 9p (9P2000.L, msize 32768)\n")
    _ = guest.type("poweroff")
    #expect(guest.exitStatus() == 1)
  }

  @Test func commandsAnswerMistakes() throws {
    guard let guest = try QEMUGuest(.ushellmpk) else { return }
    _ = guest.untilPrompt()
    let cases: [(line: String, answer: String)] = [
      ("", ""), ("   ", ""), ("nonsense 1", "unknown command: nonsense\n"), ("cat", "usage: cat FILE\n"),
      ("cat absent", "cat: absent: no such file or directory\n"), ("cat folder", "cat: folder: is a directory\n"),
      ("ls text", "ls: text: not a directory\n"),
      ("cat ../../etc/passwd", "cat: ../../etc/passwd: no such file or directory\n"),
      ("run text", "run: text: not an ELF file, file offset 0x0\n"), ("free x.o", "free: x.o: not loaded\n"),
      ("set_count ten", "set_count: ten: not a number\n"), ("load absent", "load: absent: no such file or directory\n"),
      (Array(repeating: "x", count: 17).joined(separator: " "), "too many arguments (at most 16)\n"),
      ("run undefined-symbol.o", "run: undefined-symbol.o: undefined symbol `there_is_no_such_function`\n"),
    ]
    for (line, answer) in cases { #expect(guest.type(line) == answer, "\(line)") }
  }

  @Test func extensionsRun() throws {
    guard let guest = try QEMUGuest(.ushellmpk) else { return }
    _ = guest.untilPrompt()
    #expect(guest.type("run hello.o") == "Hello from an extension!\nmain returned 0\n")
    #expect(guest.type("run args.o a b").hasSuffix("argv[2] = b\nmain returned 3\n"))
    #expect(guest.type("run host-functions-caller.o").contains("undefined symbol `greet`"))
    #expect(guest.type("prog-load host-functions.o").hasPrefix("host-functions.o at 0x800"))
    #expect(guest.type("run host-functions-caller.o").hasSuffix("main returned 42\n"))
    #expect(guest.type("free host-functions.o") == "free: host-functions.o: in use by host-functions-caller.o\n")
    #expect(guest.type("free-all") == "")
    #expect(guest.type("run hello-swift.o").contains("Hello from Swift, overlay!"))
    let check = guest.type("run mpk-check.o")
    #expect(check.hasSuffix("mpk-check: passed\nmain returned 0\n") && !check.contains("no isolation"), "\(check)")
    #expect(guest.type("run set-count-func.o 5000").hasSuffix("main returned 0\n"))
    #expect(guest.applicationPasses(5000) != nil)
  }

  /// What each rogue extension's line must say.
  static let rogues: [(object: String, says: [String])] = [
    ("rogue-write.o", ["key fault writing count (", " at main+", ", key 0, PKRU 0x2"]),
    ("rogue-call.o", ["key fault writing count (", " at set_count+", "called from main+"]),
    ("second-page-write.o", ["key fault writing ushell_test_pages+0x1000 ("]),
    ("straddling-write.o", ["key fault writing ushell_test_pages+0x1000 ("]),
    ("zero-divide.o", ["divide error at main+"]),
    ("undefined-instruction.o", ["invalid opcode at main+"]),
    ("general-protection.o", ["general protection at main+"]),
    ("null-read.o", ["page fault reading 0x0 at main+"]),
    ("null-call.o", ["page fault executing 0x0", "called from main+"]),
    ("data-execute.o", ["page fault executing code ("]),
    ("constant-write.o", ["page fault writing constant ("]),
    ("stack-overrun.o", ["stack overrun at descend+"]),
    ("endless-loop.o", ["budget of 250 ms spent at main+"]),
  ]

  @Test func everyRogueIsContainedAndTheApplicationGoesOn() throws {
    guard let guest = try QEMUGuest(.ushellmpk) else { return }
    _ = guest.untilPrompt()
    for rogue in Self.rogues {
      let answer = guest.type("run \(rogue.object)")
      let line = answer.split(separator: "\n").last.map(String.init) ?? ""
      #expect(line.hasPrefix("contained: \(rogue.object): "), "\(answer)")
      for part in rogue.says { #expect(line.contains(part), "\(line)") }
      #expect(guest.type("free \(rogue.object)") == "free: \(rogue.object): not loaded\n")
    }
    let before = try #require(guest.numbers.last)
    #expect(before < 600, "count was overwritten: \(before)")
    #expect(guest.applicationPasses(before) == before + 1)
    print("rogue extensions contained: \(Self.rogues.count)")
  }

  /// INT n by an extension; QEMU pushes no RF with a fault.
  @Test func everyVectorByINTIsContained() throws {
    guard let guest = try QEMUGuest(.ushellmpk) else { return }
    _ = guest.untilPrompt()
    for vector in 0..<256 {
      let answer = guest.type("run software-interrupt.o \(vector)")
      #expect(answer.contains("contained: software-interrupt.o: INT \(vector) at instructions"), "\(answer)")
    }
    for rights in ["unikernel", "overlay", "all", "idle"] {
      #expect(guest.type("run dropped-rights.o \(rights)").contains("contained: dropped-rights.o: "))
    }
    #expect(guest.type("run hello.o") == "Hello from an extension!\nmain returned 0\n")
    let before = try #require(guest.numbers.last)
    #expect(guest.applicationPasses(before) == before + 1)
  }

  @Test func withoutKeysItSaysSoOnceAndFaultsAreStillContained() throws {
    guard let guest = try QEMUGuest(.ushellmpk, cpu: "max,pku=off") else { return }
    #expect(guest.untilPrompt() == "isolation off: the processor has no protection keys\n")
    #expect(guest.type("run rogue-write.o") == "rogue-write: count overwritten\nmain returned 1\n")
    #expect(guest.type("run zero-divide.o").contains("divide error"))
    #expect(guest.applicationPasses(666) == 667)
  }

  @Test func aDesignThatDoesNotExistIsAPanicWithSymbolisedFrames() throws {
    guard let guest = try QEMUGuest(.ushellmpk, "uio.design=nonsense") else { return }
    #expect(guest.exitStatus() == 33)
    #expect(guest.serial.contains("panic: no such uio.design in thread count"))
    #expect(guest.serial.contains("from static Unikernel.main()+0x"))
  }

  @Test(arguments: [
    ("uio.application=reqests", "no such uio.application"), ("uio.application=", "no such uio.application"),
    ("uio.application=requests uio.request-keys=0", "a number of the command line is out of range"),
    ("uio.application=requests uio.request-keys=65537", "a number of the command line is out of range"),
    ("uio.application=requests uio.request-bytes=x", "a number of the command line is out of range"),
    ("uio.application=requests uio.requests=18446744073709551616", "a number of the command line is out of range"),
    ("uio.tick-us=20001", "a number of the command line is out of range"),
  ])
  func anApplicationThatMeansNothingIsAPanic(line: String, reason: String) throws {
    guard let guest = try QEMUGuest(.noshell, line) else { return }
    #expect(guest.exitStatus() == 33)
    #expect(guest.serial.contains("panic: \(reason) in thread"))
  }

  @Test func exitEndsTheShellAndNotTheApplication() throws {
    guard let guest = try QEMUGuest(.ushell) else { return }
    _ = guest.untilPrompt()
    let before = guest.applicationPasses(0)
    guest.sendLine("exit")
    #expect(guest.applicationPasses(try #require(before) + 1) != nil)
  }
}
