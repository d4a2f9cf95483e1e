// Shows: an extension in Embedded Swift, calling the same C functions.
// Usage: run hello-swift.o [NAME]
// Expected: prints "Hello from Swift, NAME!" ("overlay" if there is none) and "1 + ... + 10 = 55"; returns 0.
import UShell

struct Greeting {
  let opening: StaticString

  func print(to name: UnsafePointer<CChar>?) {
    say(opening)
    if let name { ushell_puts(name) } else { say("overlay") }
    say("!\n")
  }
}

func say(_ text: StaticString) {
  text.withUTF8Buffer { bytes in
    bytes.withMemoryRebound(to: CChar.self) { ushell_write($0.baseAddress, $0.count) }
  }
}

@_cdecl("main")
public func main(argc: CInt, argv: UnsafePointer<UnsafePointer<CChar>?>) -> CInt {
  Greeting(opening: "Hello from Swift, ").print(to: argc > 1 ? argv[1] : nil)
  say("1 + ... + 10 = ")
  ushell_put_unsigned((1...10).reduce(0, +))
  say("\n")
  return 0
}
