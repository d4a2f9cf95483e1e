import Foundation

/// Stands in for the unikernel: ushell.h without isolation, its console a string. One test at a time.
enum Host {
  nonisolated(unsafe) private static var console: [UInt8] = []
  nonisolated(unsafe) private static var tick: UInt64 = 0
  nonisolated(unsafe) private static let pages = UnsafeMutableRawPointer.allocate(byteCount: 8192, alignment: 4096)
  nonisolated(unsafe) private static let count = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)

  static let names: Set<String> = [
    "ushell_puts", "ushell_write", "ushell_put_unsigned", "ushell_put_signed", "ushell_put_hex", "ushell_enable_write",
    "ushell_disable_write", "ushell_write_is_enabled", "ushell_ticks", "count", "secret", "set_count", "get_count",
    "ushell_test_pages", "memcpy", "memmove", "memset", "memcmp", "__popcountdi2", "__paritydi2", "__udivti3",
    "__umodti3", "__udivmodti4", "__divti3", "__modti3",
  ]

  private static let puts: @convention(c) (UnsafePointer<CChar>) -> Void = { Host.print(String(cString: $0)) }
  private static let write: @convention(c) (UnsafePointer<UInt8>?, Int) -> Void = {
    Host.console += UnsafeBufferPointer(start: $0, count: $1)
  }
  private static let putUnsigned: @convention(c) (UInt64) -> Void = { Host.print("\($0)") }
  private static let putSigned: @convention(c) (Int64) -> Void = { Host.print("\($0)") }
  private static let putHex: @convention(c) (UInt64) -> Void = { Host.print(String($0, radix: 16)) }
  private static let nothing: @convention(c) () -> Void = {}
  private static let isEnabled: @convention(c) () -> CInt = { 1 }
  private static let ticks: @convention(c) () -> UInt64 = {
    Host.tick += 1
    return Host.tick
  }
  private static let setCount: @convention(c) (UInt64) -> Void = { Host.count.pointee = $0 }
  private static let getCount: @convention(c) () -> UInt64 = { Host.count.pointee }

  private static func print(_ text: String) { console += Array(text.utf8) }

  static func address(_ name: String) -> UInt64? {
    switch name {
    case "ushell_puts": pointer(unsafeBitCast(puts, to: Int.self))
    case "ushell_write": pointer(unsafeBitCast(write, to: Int.self))
    case "ushell_put_unsigned": pointer(unsafeBitCast(putUnsigned, to: Int.self))
    case "ushell_put_signed": pointer(unsafeBitCast(putSigned, to: Int.self))
    case "ushell_put_hex": pointer(unsafeBitCast(putHex, to: Int.self))
    case "ushell_enable_write", "ushell_disable_write": pointer(unsafeBitCast(nothing, to: Int.self))
    case "ushell_write_is_enabled": pointer(unsafeBitCast(isEnabled, to: Int.self))
    case "ushell_ticks": pointer(unsafeBitCast(ticks, to: Int.self))
    case "set_count": pointer(unsafeBitCast(setCount, to: Int.self))
    case "get_count": pointer(unsafeBitCast(getCount, to: Int.self))
    case "count": pointer(Int(bitPattern: count))
    case "ushell_test_pages", "secret": pointer(Int(bitPattern: pages))
    default: nil
    }
  }

  private static func pointer(_ address: Int) -> UInt64 { UInt64(UInt(bitPattern: address)) }

  /// Calls main(argc, argv) and returns its result with what it printed; `count` is 7 before.
  static func run(_ image: HostImage, _ arguments: [String]) throws -> (result: Int, text: String) {
    console = []
    count.pointee = 7
    for initializer in image.object.initializers { _ = image.function(at: initializer)(0) }
    typealias Main = @convention(c) (CInt, UnsafePointer<UnsafeMutablePointer<CChar>?>) -> CInt
    let main = unsafeBitCast(UInt(try image.object.entry()), to: Main.self)
    let strings = arguments.map { strdup($0) } + [nil]
    defer { for string in strings { free(string) } }
    let result = strings.withUnsafeBufferPointer { main(CInt(arguments.count), $0.baseAddress!) }
    return (Int(result), String(decoding: console, as: UTF8.self))
  }
}
