import GuestBoot

/// The shell's thread: prompt, one line, one command. Nothing is echoed: that is for the terminal at the other end.
enum Shell {
  static var argumentsMax: Int { 16 }
  private static var lineMax: Int { 1024 }
  nonisolated(unsafe) static var isEnded = false

  static func run() {
    var console = ShellConsole()
    Share.mount()
    if let shortfall = IsolationDesign.shortfall {
      console.text(shortfall)
      console.text("\n")
    }
    while !isEnded {
      console.text("> ")
      ShellConsole.flush()
      execute(readLine())
    }
    console.text("shell ended\n")
    if let action = KernelCommandLine.value("uio.exit="), action.equals("poweroff") { Machine.powerOff() }
    // The application goes on; nobody wakes this thread again.
    while true { Scheduler.wait(for: []) }
  }

  private static func readLine() -> [UInt8] {
    var line: [UInt8] = []
    while true {
      let byte = ShellConsole.read()
      switch byte {
      case 0x0a, 0x0d:
        ShellConsole.lineWasTyped()
        return line
      case 0x08, 0x7f: _ = line.popLast()
      default: if line.count < lineMax { line.append(byte) }
      }
    }
  }

  private static func execute(_ line: [UInt8]) {
    let words = line.split { $0 == 0x20 || $0 == 0x09 }
    guard let name = words.first else { return }
    var console = ShellConsole()
    guard words.count <= argumentsMax else {
      console.text("too many arguments (at most 16)\n")
      return
    }
    guard let command = ShellCommand.all.first(where: { name.equals($0.name) }) else {
      console.text("unknown command: ")
      console.printable(name)
      console.text("\n")
      return
    }
    guard words.count > command.argumentsMin, words.count &- 1 <= command.argumentsMax else {
      console.text("usage: ")
      console.text(command.usage)
      console.text("\n")
      return
    }
    command.run(Array(words.dropFirst()))
  }
}
