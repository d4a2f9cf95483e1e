import SimEvents

/// What each part allows and the whole does not: steps and expectations that can never come true.
extension Scenario {
  func checkConsistency(_ reader: ObjectReader) {
    checkDesign(reader)
    checkRequests(reader)
    checkCommandLine(reader)
    checkModules(reader)
    checkDevices(reader)
    checkScript(reader)
    checkOutcome(reader)
    checkFaults(reader)
    checkLiveness(reader)
    for (index, secret) in secrets.enumerated() where secrets[..<index].contains(where: { $0.symbol == secret.symbol })
    {
      reader.complain("secrets", "\"\(secret.symbol)\" is there twice", "keep one of them")
    }
  }

  private func checkDesign(_ reader: ObjectReader) {
    guard case .variant(let variant) = guest.source else { return }
    if let design = guest.design, !variant.designs.contains(design) {
      let other = GuestSpecification.Variant.allCases.last { $0.designs.contains(design) } ?? variant
      reader.complain(
        "guest", "the variant \"\(variant.rawValue)\" does not have the design \"\(design.rawValue)\"",
        "choose the variant \"\(other.rawValue)\"")
    }
    if let application = guest.application, !variant.applications.contains(application),
      let node = reader["guest"]?["application"]
    {
      reader.problems.add(
        node, "$.guest.application", "the variant \"\(variant.rawValue)\" has no application \"\(application)\"",
        remedyForName(application, among: variant.applications, noun: "application"))
    }
    if guest.bpf != nil && variant != .ushellmpkBPF {
      reader.complain(
        "guest", "the variant \"\(variant.rawValue)\" does not execute BPF programs",
        "choose the variant \"ushellmpk-bpf\"")
    }
    for (key, isThere) in [("msize", guest.msize != nil), ("tick", guest.tick != nil)] where isThere && !guest.hasShell
    {
      reader.complain(
        "guest", "\(key): the variant \"\(variant.rawValue)\" has no overlay, which this is about",
        "choose the variant \"ushellmpk\"")
    }
    if guest.callRecords != nil && variant != .ushellmpkBPF {
      reader.complain(
        "guest", "callRecords: the variant \"\(variant.rawValue)\" traces no functions",
        "choose the variant \"ushellmpk-bpf\"")
    }
  }

  private func checkRequests(_ reader: ObjectReader) {
    guard guest.requests != nil, let node = reader["guest"]?["requests"], guest.application != "requests" else {
      return
    }
    let application = guest.application.map { "\"\($0)\"" } ?? "that the image chooses"
    reader.problems.add(
      node, "$.guest.requests", "the application \(application) serves no requests",
      "write \"application\": \"requests\" beside it")
  }

  /// The guest takes the last of two equal words, so one here would silently replace what the scenario's key says.
  private func checkCommandLine(_ reader: ObjectReader) {
    guard let guest = reader["guest"], let line = guest["commandLine"] else { return }
    for word in self.guest.commandLine.split(separator: " ") {
      for (prefix, key) in Self.ownedWords where word.hasPrefix(prefix) {
        reader.problems.add(
          line, "$.guest.commandLine", "\"\(word)\" belongs to a key of the scenario", "use \(key) instead")
      }
    }
  }

  /// Beginnings of words that a key of the scenario writes to the command line.
  private static let ownedWords = [
    ("uio.design=", "$.guest.design"), ("uio.bpf=", "$.guest.bpf"), ("uio.application=", "$.guest.application"),
    ("uio.requests=", "$.guest.requests"), ("uio.request-", "$.guest.requests"),
    ("uio.call-records=", "$.guest.callRecords"), ("uio.msize=", "$.guest.msize"), ("uio.tick-us=", "$.guest.tick"),
    ("virtio_mmio.device=", "$.machine.devices"),
  ]

  private func checkModules(_ reader: ObjectReader) {
    func complain(_ problem: String, _ remedy: String) { reader.complain("guest", problem, remedy) }
    if case .variant(let variant) = guest.source {
      if guest.initrd != nil || !guest.modules.isEmpty {
        complain("the variant \"\(variant.rawValue)\" takes no initial RAM disk and no modules", "take them away")
      }
      if machine.bootProtocol == .multiboot {
        complain("the guest's variants have no multiboot header", "choose the boot protocol pvh or linux64")
      }
    }
    if machine.bootProtocol == .linux64, !guest.modules.isEmpty {
      complain("the boot protocol linux64 has no modules", "use \"initrd\", or the boot protocol pvh or multiboot")
    }
  }

  private func checkDevices(_ reader: ObjectReader) {
    if share != nil && !machine.devices.contains(.ninep) {
      reader.complain("share", "the machine has no 9p device to offer it through", "add \"9p\" to $.machine.devices")
    }
    if machine.disk != nil && !machine.devices.contains(.block) {
      reader.complain("machine", "there is a disk, and no block device for it", "add \"block\" to devices")
    }
    if case .object(let members)? = reader["machine"]?["eventIndex"]?.value {
      for member in members where !machine.devices.map(\.rawValue).contains(member.key) {
        reader.problems.add(
          member.keyPosition, "$.machine.eventIndex", "\"\(member.key)\" is not among the devices", "add it to devices")
      }
    }
    for size in machine.queueSizes where !machine.devices.contains(size.device) {
      reader.complain(
        "machine", "queueSizes names \"\(size.device.rawValue)\", which is not among the devices", "add it to devices")
    }
  }

  private func checkScript(_ reader: ObjectReader) {
    var exited = false
    for (index, element) in reader.elements("script").enumerated() where index < script.count {
      let step = script[index]
      func complain(_ problem: String, _ remedy: String) {
        reader.problems.add(element.node, element.path, problem, remedy)
      }
      if step.usesConsole && step.console == .virtio && !machine.devices.contains(.console) {
        complain("the machine has no virtio console", "add \"console\" to $.machine.devices, or use \"serial\"")
      }
      switch step.action {
      case .send where !guest.hasShell:
        complain("the guest variant noshell reads no console", "choose the variant ushell or ushellmpk")
      case .send where exited, .expect where exited, .expectPattern where exited:
        complain("after \"exit\" nothing answers any more", "take the step away, or wait for the event debugExit")
      case .waitForEvent(let filter, _) where filter.kind == .outcome:
        complain("the event outcome is recorded after the script has ended", "take the step away")
      default: break
      }
      if case .send(let line) = step.action, line == "exit" { exited = true }
      // A limit that nobody wrote ends with the budget.
      if element.node["within"] != nil, step.within > budget.time {
        complain(
          "the limit \(step.within) is longer than the budget of \(budget.time), which ends the run before",
          "raise $.budget.time, or lower \"within\"")
      }
      if case .wait(let duration) = step.action, duration >= budget.time {
        complain("waits \(duration), which uses up the budget of \(budget.time)", "raise $.budget.time")
      }
    }
  }

  private func checkOutcome(_ reader: ObjectReader) {
    func complain(_ problem: String, _ remedy: String) { reader.complain("expect", problem, remedy) }
    for count in expect.events {
      if count.filter.kind == .outcome {
        complain("an event of kind outcome is what expect.outcome is for", "use \"outcome\"")
      }
      if count.filter.kind == .tripleFault && count.min > 0 && expect.outcome != .crashed {
        complain("a triple fault always ends in the outcome \"crashed\"", "expect that outcome")
      }
      if count.filter.kind == .debugExit && count.max == 0 && expect.exitCode != nil {
        complain("an exit code without a debugExit event can never come", "take one of them away")
      }
    }
    for (index, first) in expect.events.enumerated() {
      for second in expect.events.dropFirst(index + 1) where first.filter == second.filter {
        if (first.max ?? .max) < second.min || (second.max ?? .max) < first.min {
          complain("two counts of \(first.filter) contradict each other", "keep one of them")
        }
      }
    }
    for (index, first) in expect.memory.enumerated() {
      for second in expect.memory.dropFirst(index + 1)
      where first.symbol == second.symbol && first.offset == second.offset && first.size == second.size
        && first.equals != second.equals
      {
        complain("\(first.symbol) can't be both \(first.equals) and \(second.equals)", "keep one of them")
      }
    }
    if expect.exitCode != nil && expect.outcome == .hung {
      complain("a guest that hangs writes no exit code", "take \"exitCode\" away, or expect another outcome")
    }
  }

  private func checkLiveness(_ reader: ObjectReader) {
    guard let liveness else { return }
    if liveness.from.nanoseconds + liveness.within.nanoseconds > budget.time.nanoseconds {
      reader.complain(
        "liveness", "\(liveness.from) and \(liveness.within) are more than the budget of \(budget.time)",
        "raise $.budget.time")
    }
    if script.contains(where: { if case .send("exit") = $0.action { true } else { false } }) {
      reader.complain("liveness", "the script ends the guest, which makes no progress then", "take \"exit\" away")
    }
  }

  private func checkFaults(_ reader: ObjectReader) {
    for fault in faults {
      if case .file(let name, _, _) = fault.what, share == nil {
        reader.complain("faults", "the file \"\(name)\" is in no share", "add $.share")
      }
      if case .device(let broken, _) = fault.what,
        !machine.devices.contains(where: { $0.rawValue == broken.device })
      {
        reader.complain("faults", "the machine has no device \"\(broken.device)\"", "add it to $.machine.devices")
      }
    }
  }
}

extension ScriptStep {
  fileprivate var usesConsole: Bool {
    switch action {
    case .send, .expect, .expectPattern: true
    case .wait, .waitForEvent, .waitForSymbol: false
    }
  }
}
