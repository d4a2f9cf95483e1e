import GuestApplications
import GuestBoot
import ObjectLoader

/// One command of the shell.
struct ShellCommand {
  var name: StaticString
  var usage: StaticString
  var argumentsMin = 0
  var argumentsMax = Shell.argumentsMax
  var run: ([ArraySlice<UInt8>]) -> Void

  static var all: [ShellCommand] {
    #if UIO_BPF
      return common + BPFCommands.all
    #else
      return common
    #endif
  }

  private static var common: [ShellCommand] {
    [
      ShellCommand(name: "help", usage: "help", run: Commands.help),
      ShellCommand(name: "ls", usage: "ls [DIR]", run: Commands.list),
      ShellCommand(name: "cat", usage: "cat FILE", argumentsMin: 1, run: Commands.show),
      ShellCommand(name: "load", usage: "load SYMBOLFILE", argumentsMin: 1, run: Commands.loadSymbols),
      ShellCommand(name: "prog-load", usage: "prog-load OBJ", argumentsMin: 1, run: Commands.loadProgram),
      ShellCommand(name: "run", usage: "run OBJ [ARG...]", argumentsMin: 1, run: Commands.run),
      ShellCommand(name: "free", usage: "free OBJ", argumentsMin: 1, run: Commands.free),
      ShellCommand(name: "free-all", usage: "free-all", run: Commands.freeAll),
      ShellCommand(name: "mount-info", usage: "mount-info", run: Commands.mountInfo),
      ShellCommand(name: "set_count", usage: "set_count N", argumentsMin: 1, run: Commands.setCount),
      ShellCommand(name: "exit", usage: "exit", run: { _ in Shell.isEnded = true }),
      ShellCommand(name: "poweroff", usage: "poweroff", run: { _ in Machine.powerOff() }),
    ]
  }
}

/// What the commands do. Errors are one line, `COMMAND: SUBJECT: REASON`.
enum Commands {
  static func help(_ arguments: [ArraySlice<UInt8>]) {
    var console = ShellConsole()
    for command in ShellCommand.all {
      console.text(command.usage)
      console.text("\n")
    }
  }

  static func list(_ arguments: [ArraySlice<UInt8>]) {
    var console = ShellConsole()
    let path = arguments.first ?? []
    do throws(ShareError) {
      for entry in try Share.list(path) {
        console.printable(entry.name)
        console.text(entry.isDirectory ? "/\n" : "\n")
      }
    } catch { fail("ls", path, error.message) }
  }

  static func show(_ arguments: [ArraySlice<UInt8>]) {
    var console = ShellConsole()
    do throws(ShareError) {
      try Share.forEachPiece(of: arguments[0]) { piece in
        console.bytes(piece)
        return true
      }
    } catch { fail("cat", arguments[0], error.message) }
  }

  static func loadSymbols(_ arguments: [ArraySlice<UInt8>]) {
    var console = ShellConsole()
    let bytes: [UInt8]
    do throws(ShareError) { bytes = try Share.read(arguments[0], .symbolFile) } catch {
      return refuse("load", arguments[0], error.message)
    }
    do throws(SymbolFileError) {
      let file = try SymbolFile(bytes)
      ProgramStore.symbolFile = file
      console.text("Load ")
      console.decimal(UInt64(file.count))
      console.text(" symbols\n")
    } catch { refuse("load", arguments[0], error.message) }
  }

  static func loadProgram(_ arguments: [ArraySlice<UInt8>]) {
    guard let program = load("prog-load", arguments[0]) else { return }
    var console = ShellConsole()
    console.printable(program.name)
    console.text(" at ")
    console.address(program.address)
    console.text(", ")
    console.decimal(program.pages &* Pages.size)
    console.text(" bytes\n")
  }

  static func run(_ arguments: [ArraySlice<UInt8>]) {
    guard let program = load("run", arguments[0]) else { return }
    guard program.object.main != nil else { return fail("run", arguments[0], "no main") }
    var console = ShellConsole()
    switch Overlay.run(program, arguments: arguments) {
    case .returned(let value):
      console.text("main returned ")
      console.signed(Int64(value))
      console.text("\n")
    case .contained(let stopped):
      guard let report = Containment.report else { return }
      console.startLine()
      report.write(stopped.name, to: &console)
      report.emit(stopped.name)
      if stopped !== program {
        var reason = TextBuffer()
        reason.text("uses ")
        reason.printable(stopped.name)
        reason.text(", which was stopped in an initializer")
        fail("run", arguments[0], reason.contents)
      }
      ProgramStore.unload(stopped)
    }
  }

  private static func load(_ command: StaticString, _ name: ArraySlice<UInt8>) -> Program? {
    guard IsolationDesign.current.takesNativeCode else {
      refuse(command, name, "the design takes BPF programs only")
      return nil
    }
    do throws(ProgramError) { return try ProgramStore.load(name) } catch {
      switch error {
      case .share(let error): refuse(command, name, error.message)
      case .object(let error): refuse(command, name, error.message)
      case .noMemory: refuse(command, name, "no memory left in the overlay")
      #if UIO_HARDENED
        case .noKey: refuse(command, name, "no key left: each program has one of its own, and there are ten")
        case .privileged(let reason): refuse(command, name, reason)
      #endif
      }
      return nil
    }
  }

  static func free(_ arguments: [ArraySlice<UInt8>]) {
    guard let program = ProgramStore.find(arguments[0]) else { return fail("free", arguments[0], "not loaded") }
    if let user = ProgramStore.user(of: program) {
      var reason = TextBuffer()
      reason.text("in use by ")
      reason.printable(user.name)
      return fail("free", arguments[0], reason.contents)
    }
    ProgramStore.unload(program)
  }

  static func freeAll(_ arguments: [ArraySlice<UInt8>]) {
    while let program = ProgramStore.programs.last { ProgramStore.unload(program) }
  }

  static func mountInfo(_ arguments: [ArraySlice<UInt8>]) {
    var console = ShellConsole()
    guard let client = Share.client else { return fail("mount-info", [], ShareError.notMounted.message) }
    console.text(Share.tag)
    console.text(" on ")
    console.text(Share.mountPoint)
    console.text(" type 9p (9P2000.L, msize ")
    console.decimal(UInt64(client.messageBytesMax))
    console.text(")\n")
  }

  static func setCount(_ arguments: [ArraySlice<UInt8>]) {
    var parser = NumberParser(arguments[0])
    guard let number = parser.take(), parser.isAtEnd else { return fail("set_count", arguments[0], "not a number") }
    set_count(number)
  }

  static func refuse(_ command: StaticString, _ name: ArraySlice<UInt8>, _ reason: StaticString) {
    refuse(command, name, UnsafeBufferPointer(start: reason.utf8Start, count: reason.utf8CodeUnitCount))
  }

  /// A file that cannot be loaded, for whatever reason; for the trace: `refused NAME REASON`.
  static func refuse(
    _ command: StaticString, _ name: ArraySlice<UInt8>, _ reason: some Collection<UInt8>
  ) {
    fail(command, name, reason)
    TraceRecord.emit { record in
      record.text("refused ")
      record.printable(name)
      record.text(" ")
      record.printable(reason.prefix { $0 != 0x0a })
    }
  }

  static func fail(_ command: StaticString, _ subject: ArraySlice<UInt8>, _ reason: StaticString) {
    fail(command, subject, UnsafeBufferPointer(start: reason.utf8Start, count: reason.utf8CodeUnitCount))
  }

  static func fail(
    _ command: StaticString, _ subject: ArraySlice<UInt8>, _ reason: some Collection<UInt8>
  ) {
    var console = ShellConsole()
    console.text(command)
    console.text(": ")
    if !subject.isEmpty {
      console.printable(subject)
      console.text(": ")
    }
    console.printableLines(reason)
    console.text("\n")
  }
}
