import EBPFEngine
import GuestBoot

/// The shell's commands for BPF programs.
enum BPFCommands {
  static var all: [ShellCommand] {
    [
      ShellCommand(
        name: "bpf_exec", usage: "bpf_exec FILE[:PROGRAM] [ARG]", argumentsMin: 1, argumentsMax: 2, run: exec),
      ShellCommand(
        name: "bpf_attach", usage: "bpf_attach FUNCTION FILE[:PROGRAM]", argumentsMin: 2, argumentsMax: 2, run: attach),
      ShellCommand(name: "bpf_list", usage: "bpf_list [FUNCTION...]", run: list),
      ShellCommand(name: "bpf_detach", usage: "bpf_detach FUNCTION", argumentsMin: 1, argumentsMax: 1, run: detach),
      ShellCommand(name: "bpf_records", usage: "bpf_records FILE MAP", argumentsMin: 2, argumentsMax: 2, run: records),
      ShellCommand(name: "bpf_map_get", usage: "bpf_map_get K1 K2", argumentsMin: 2, argumentsMax: 2, run: mapGet),
      ShellCommand(name: "bpf_map_put", usage: "bpf_map_put K1 K2 V", argumentsMin: 3, argumentsMax: 3, run: mapPut),
      ShellCommand(name: "bpf_get_addr", usage: "bpf_get_addr NAME", argumentsMin: 1, argumentsMax: 1, run: getAddress),
      ShellCommand(
        name: "bpf_get_ret_addr", usage: "bpf_get_ret_addr FUNCTION", argumentsMin: 1, argumentsMax: 1,
        run: getReturnAddress),
      ShellCommand(
        name: "bpf_probe_read", usage: "bpf_probe_read ADDR SIZE", argumentsMin: 2, argumentsMax: 2, run: probeRead),
      ShellCommand(name: "bpf_time_get_ns", usage: "bpf_time_get_ns", argumentsMax: 0, run: time),
      ShellCommand(name: "bpf-helper-info", usage: "bpf-helper-info", argumentsMax: 0, run: helperInformation),
    ]
  }

  // MARK: Programs

  private static func exec(_ arguments: [ArraySlice<UInt8>]) {
    let text = arguments.count > 1 ? arguments[1] : []
    guard text.count <= ProgramContext.maximumTextSize else {
      return Commands.fail("bpf_exec", text, "argument too long (at most 119 bytes)")
    }
    guard let (object, program) = load("bpf_exec", arguments[0]) else { return }
    defer { BPFStore.release(object) }
    guard !program.isRunning else { return Commands.fail("bpf_exec", arguments[0], "is running") }
    let name = Array(arguments[0])
    Overlay.trace("domain enter overlay ", name)
    let outcome = BPFRuntime.execute(program, text: text)
    Overlay.trace("domain leave ", name)
    var console = ShellConsole()
    console.startLine()
    switch outcome {
    case .returned(let value):
      console.text("program returned ")
      console.decimal(value)
      console.text("\n")
      TraceRecord.emit { record in
        record.text("bpf exec ")
        record.printable(name)
        record.text(" returned=")
        record.decimal(value)
      }
    case .fault(let fault):
      fault.write(name, to: &console)
      fault.emit(name)
    case .contained(let report):
      report.write(name, to: &console)
      report.emit(name)
    }
  }

  private static func load(
    _ command: StaticString, _ word: ArraySlice<UInt8>
  ) -> (object: BPFObject, program: BPFProgram)? {
    do throws(BPFError) { return try BPFStore.load(word) } catch {
      var text = TextWriter()
      error.write(to: &text)
      Commands.refuse(command, word, text.bytes)
      return nil
    }
  }

  // MARK: Traced functions

  private static func attach(_ arguments: [ArraySlice<UInt8>]) {
    guard let (object, program) = load("bpf_attach", arguments[1]) else { return }
    let attachment = Attachment(name: Array(arguments[1]), object: object, program: program, at: arguments[0])
    do throws(TraceError) {
      let function = try TracedFunctions.attach(attachment, to: arguments[0])
      var console = ShellConsole()
      describe(function, attachment, &console)
    } catch {
      BPFStore.release(object)
      Commands.fail("bpf_attach", arguments[0], error.message)
    }
  }

  private static func describe(_ function: TracedFunction, _ attachment: Attachment, _ console: inout ShellConsole) {
    console.printable(attachment.name)
    console.text(" attached to ")
    console.printable(function.name)
    console.text(" (")
    console.address(function.address)
    console.text(") by ")
    console.text(function.means)
    console.text("\n")
  }

  private static func list(_ arguments: [ArraySlice<UInt8>]) {
    var console = ShellConsole()
    for word in arguments where TracedFunctions.find(word) == nil {
      Commands.fail("bpf_list", word, "nothing is attached")
    }
    for function in TracedFunctions.all {
      guard arguments.isEmpty || arguments.contains(where: { $0.elementsEqual(function.name) }) else { continue }
      console.printable(function.name)
      console.text(" (")
      console.address(function.address)
      console.text(") by ")
      console.text(function.means)
      console.text(", ")
      console.decimal(function.calls)
      console.text(" calls\n")
      for attachment in function.attachments {
        console.text("  ")
        console.printable(attachment.name)
        console.text(", ")
        console.decimal(attachment.runs)
        console.text(attachment.isActive ? " runs\n" : " runs, stopped by a fault\n")
      }
    }
    let missed = probe_missed_now()
    guard missed != 0, arguments.isEmpty else { return }
    console.decimal(missed)
    console.text(" calls not followed, made while a program ran\n")
  }

  private static func detach(_ arguments: [ArraySlice<UInt8>]) {
    guard let function = TracedFunctions.find(arguments[0]) else {
      return Commands.fail("bpf_detach", arguments[0], "nothing is attached")
    }
    TracedFunctions.detach(function)
  }

  // MARK: Records

  /// Takes the records out of a ring buffer and shows them.
  private static func records(_ arguments: [ArraySlice<UInt8>]) {
    guard let object = BPFStore.loaded(arguments[0]) else {
      return Commands.fail("bpf_records", arguments[0], "no program of the file is attached")
    }
    guard let map = object.ringBuffer(named: arguments[1]) else {
      return Commands.fail("bpf_records", arguments[1], "the file has no ring buffer of that name")
    }
    var console = ShellConsole()
    var count: UInt64 = 0
    while true {
      switch RecordCommand.next(of: map) {
      case .none:
        console.decimal(count)
        console.text(count == 1 ? " record\n" : " records\n")
        return
      case .record(let size, let bytes):
        count &+= 1
        show(size, bytes, &console)
        TraceRecord.emit { record in
          record.text("bpf record ")
          record.printable(arguments[0])
          record.text(" ")
          record.printable(arguments[1])
          record.text(" size=")
          record.decimal(size)
        }
      case .contained(let report):
        let name = Array(arguments[0])
        report.write(name, to: &console)
        report.emit(name)
        return
      }
    }
  }

  /// `8 bytes: 41 00 00 00 00 00 00 00`.
  private static func show(_ size: UInt64, _ bytes: [UInt8], _ console: inout ShellConsole) {
    console.decimal(size)
    console.text(size == 1 ? " byte:" : " bytes:")
    for byte in bytes {
      console.text(byte < 16 ? " 0" : " ")
      console.hexadecimal(UInt64(byte))
    }
    console.text(size > UInt64(bytes.count) ? " ...\n" : "\n")
  }

  // MARK: Helpers, for people

  /// The numbers that `arguments` are, or nil after a complaint.
  private static func numbers(_ command: StaticString, _ arguments: [ArraySlice<UInt8>]) -> [UInt64]? {
    var numbers: [UInt64] = []
    for argument in arguments {
      var parser = NumberParser(argument)
      guard let number = parser.take(), parser.isAtEnd else {
        Commands.fail(command, argument, "not a number")
        return nil
      }
      numbers.append(number)
    }
    return numbers
  }

  private static func show(decimal value: UInt64) {
    var console = ShellConsole()
    console.decimal(value)
    console.text("\n")
  }

  private static func show(address: UInt64) {
    var console = ShellConsole()
    console.address(address)
    console.text("\n")
  }

  private static func mapGet(_ arguments: [ArraySlice<UInt8>]) {
    guard let keys = numbers("bpf_map_get", arguments) else { return }
    if let value = pairs("bpf_map_get", PairCommand.run(.get, keys[0], keys[1])) { show(decimal: value) }
  }

  private static func mapPut(_ arguments: [ArraySlice<UInt8>]) {
    guard let words = numbers("bpf_map_put", arguments) else { return }
    if pairs("bpf_map_put", PairCommand.run(.put, words[0], words[1], words[2])) == 0 {
      Commands.fail("bpf_map_put", [], "the map is full")
    }
  }

  /// Says why there is no value.
  private static func pairs(_ command: StaticString, _ value: UInt64?) -> UInt64? {
    if value == nil, let report = Containment.report {
      let name = Array(UnsafeBufferPointer(start: command.utf8Start, count: command.utf8CodeUnitCount))
      var console = ShellConsole()
      report.write(name, to: &console)
      report.emit(name)
    }
    return value
  }

  private static func getAddress(_ arguments: [ArraySlice<UInt8>]) {
    guard let address = SymbolTable.address(of: arguments[0]) else {
      return Commands.fail("bpf_get_addr", arguments[0], "no such symbol")
    }
    show(address: address)
  }

  private static func getReturnAddress(_ arguments: [ArraySlice<UInt8>]) {
    guard let address = BPFHelpers.returnAddress(of: arguments[0]) else {
      return Commands.fail("bpf_get_ret_addr", arguments[0], "no call of it is active")
    }
    show(address: address)
  }

  private static func probeRead(_ arguments: [ArraySlice<UInt8>]) {
    guard let words = numbers("bpf_probe_read", arguments) else { return }
    guard [1, 2, 4, 8].contains(words[1]) else {
      return Commands.fail("bpf_probe_read", arguments[1], "not a size (1, 2, 4 or 8)")
    }
    guard let value = BPFHelpers.probeRead(words[0], words[1]) else {
      return Commands.fail("bpf_probe_read", arguments[0], "cannot be read")
    }
    show(address: value)
  }

  private static func time(_ arguments: [ArraySlice<UInt8>]) { show(decimal: Clock.now) }

  private static func helperInformation(_ arguments: [ArraySlice<UInt8>]) {
    var console = ShellConsole()
    for description in BPFHelpers.descriptions {
      console.text(description)
      console.text("\n")
    }
  }
}
