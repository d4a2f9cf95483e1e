import SimEvents

/// The ways by which control goes from one actor to another.
extension ActorTracker {
  /// An exception or an interrupt is delivered.
  mutating func deliver(at instructionPointer: UInt64) -> Changes {
    guard !frames.isEmpty else {
      frames.append(.handler(instructionPointer: instructionPointer, region: region))
      return .none
    }
    let from = actor
    push(.handler(instructionPointer: instructionPointer, region: region))
    return changes(.interrupt, from)
  }

  /// The next instruction, at `address`, is of another region than the one before.
  ///
  /// - Parameters:
  ///   - stackPointer: RSP, before that instruction.
  ///   - nextStack: RSI, which is where a switch of threads leads to.
  /// - Returns: what has changed; nothing where it concerns no extension.
  mutating func cross(
    to region: CodeRegion, at address: UInt64, stackPointer: UInt64, nextStack: UInt64, gates: GateMap
  ) -> Changes {
    let left = self.region
    self.region = region
    let changes: Changes
    // INT3 has led to a gate and not to a handler: nobody was interrupted.
    if case .handler? = frames.last, region == .gates, gates.interruptGates.contains(address) { frames.removeLast() }
    if case .handler? = frames.last {
      if region == .interrupts || gates.handlerCalls.contains(address) { return .none }
      guard left == .interrupts else { return region == .outside ? enterUngated(address) : .none }
      changes = handlerReturns(to: address, region, stackPointer, nextStack, gates)
    } else {
      changes = arrive(at: address, region, stackPointer, nextStack, gates)
    }
    if region == .text, isExtension { self.region = .outside }
    return changes
  }

  /// The next instruction is the one at which an extension comes back. If a gate led there, the extension had left its return address
  /// to it: the end of the gate is the end of both.
  mutating func comeBack(to address: UInt64, gates: GateMap) -> Changes {
    guard case .gate? = frames.last, frames.count > 2, case .extension(let name, _) = frames[frames.count - 2],
      case .enter(let entry, true) = frames[frames.count - 3], case .enter(address) = gates.role(at: entry)
    else { return .none }
    let back = changes(.back, actor, to: .extension(names[name]))
    frames.removeLast(2)
    return back + Changes(first: Change(how: .leave, from: .extension(names[name]), to: actor))
  }

  private mutating func handlerReturns(
    to address: UInt64, _ region: CodeRegion, _ stackPointer: UInt64, _ nextStack: UInt64, _ gates: GateMap
  ) -> Changes {
    var regionThen: CodeRegion?
    func isHere(_ frame: Frame) -> CodeRegion? {
      guard case .handler(let place, let region) = frame,
        address &- place <= Self.instructionBytesMax || gates.restarts(at: address, from: place)
      else { return nil }
      return region
    }
    // A handler that was interrupted in its own region has gone back without a change of region.
    if let index = frames.lastIndex(where: { isHere($0) != nil }) {
      regionThen = isHere(frames[index])
      frames.removeSubrange(index...)
      // A delivery that failed has left one that never began.
      while let last = frames.last, let region = isHere(last) {
        regionThen = region
        frames.removeLast()
      }
    } else {
      frames.removeLast()
    }
    if address == gates.abort { return endExtension() }
    guard let regionThen else {
      let arrived = arrive(at: address, region, 0, 0, gates)
      // Whoever goes on elsewhere than where it was interrupted is looked at like one who goes on there.
      guard arrived.isEmpty, isExtension else { return arrived }
      return Changes(first: Change(how: .resume, from: .handler, to: actor))
    }
    let resumed = changes(.resume, .handler)
    // It was interrupted on its way, before the first instruction there: now it arrives.
    if region != regionThen { return resumed + arrive(at: address, region, stackPointer, nextStack, gates) }
    return region == .outside && !isExtension ? resumed + enterUngated(address) : resumed
  }

  /// The unikernel has taken control back: the last gate that lets extensions run goes on behind its call.
  private mutating func endExtension() -> Changes {
    guard let index = frames.lastIndex(where: { if case .enter = $0 { true } else { false } }) else { return .none }
    guard case .enter(let entry, let hasEntered) = frames[index] else { return .none }
    let name = served(below: frames.count)
    frames.removeSubrange((index + 1)...)
    guard hasEntered else {
      // The call itself has faulted: what it was to call never ran.
      frames[index] = .enter(entry: entry, hasEntered: true)
      return .none
    }
    guard let name else { return .none }
    return Changes(first: Change(how: .abort, from: .extension(names[name]), to: actor))
  }

  private mutating func arrive(
    at address: UInt64, _ region: CodeRegion, _ stackPointer: UInt64, _ nextStack: UInt64, _ gates: GateMap
  ) -> Changes {
    switch region {
    case .gates: arriveAtGates(address, stackPointer, nextStack, gates)
    case .text, .outside: leaveGates(to: address, region, gates)
    case .interrupts: arriveAtHandlers(address, gates)
    }
  }

  /// Not by the processor. Whoever jumps there stays who they are, unless handlers look at who comes: those are a gate to all comers.
  private mutating func arriveAtHandlers(_ address: UInt64, _ gates: GateMap) -> Changes {
    guard let handler = gates.checkedHandler else { return .none }
    if case .function? = frames.last, let entry = gateBelow(), gates.interrupts.contains(entry),
      address == handler.returnsTo
    {
      frames.removeLast()
      return .none
    }
    guard isExtension else { return .none }
    let from = actor
    push(.gate(entry: address))
    return changes(.gate, from)
  }

  private mutating func arriveAtGates(
    _ address: UInt64, _ stackPointer: UInt64, _ nextStack: UInt64, _ gates: GateMap
  ) -> Changes {
    let address = gates.entry(reachedAt: address)
    let role = gates.role(at: address)
    if case .gate(let entry)? = frames.last, address == gates.abort, gates.interrupts.contains(entry) {
      return endExtension()
    }
    if role == .threadSwitch {
      switchThreads(from: stackPointer &- 48, to: nextStack)
      return .none
    }
    switch frames.last {
    case .function:
      if let entry = gateBelow(), case .call(_, address) = gates.role(at: entry) {
        frames.removeLast()
        return .none
      }
    case .extension(let name, _):
      return arriveAtGates(fromExtension: name, address, role, gates)
    default: break
    }
    switch role {
    case .enter: push(.enter(entry: address, hasEntered: false))
    case .call:
      let from = actor
      push(.gate(entry: address))
      return changes(.gate, from)
    default: break
    }
    return .none
  }

  private mutating func arriveAtGates(
    fromExtension name: Int, _ address: UInt64, _ role: GateMap.Role, _ gates: GateMap
  ) -> Changes {
    let from = Actor.extension(names[name])
    if let entry = enterBelow(), case .enter(address) = gates.role(at: entry) {
      frames.removeLast()
      return Changes(first: Change(how: .leave, from: from, to: actor))
    }
    let how: Crossing
    switch role {
    case .open, .close:
      how = role == .open ? .open : .close
      frames[frames.count - 1] = .extension(name: name, mayWrite: role == .open)
    case .query, .call: how = .gate
    default: return .none  // into the middle of something
    }
    push(.gate(entry: gates.gate(around: address)))
    return Changes(first: Change(how: how, from: from, to: .gate(of: names[name])))
  }

  private mutating func leaveGates(to address: UInt64, _ region: CodeRegion, _ gates: GateMap) -> Changes {
    switch frames.last {
    case .gate(let entry):
      if case .call(address, _) = gates.role(at: entry) {
        push(.function)
        return .none
      }
      let from = actor
      frames.removeLast()
      let back = changes(.back, from)
      return region == .outside && !isExtension ? back + enterUngated(address) : back
    case .enter(let entry, false):
      let from = actor
      frames[frames.count - 1] = .enter(entry: entry, hasEntered: true)
      let isTraced = gateBelow() != nil
      pushExtension(isTraced ? "a traced program" : name(at: address, region))
      return Changes(first: Change(how: .enter, from: from, to: actor))
    case .enter(_, true):
      frames.removeLast()
      return region == .outside ? enterUngated(address) : .none
    case .extension: return .none
    case .function, .handler, nil: return region == .outside ? enterUngated(address) : .none
    }
  }

  /// Of more frames than an honest guest has, the oldest are forgotten: what they were is lost, who acts is not.
  private mutating func push(_ frame: Frame) {
    if frames.count == Self.framesMax { frames.removeFirst() }
    frames.append(frame)
  }

  private mutating func pushExtension(_ name: String) {
    if names.count == Self.namesMax { forgetNames() }
    let index = names.firstIndex(of: name) ?? names.count
    if index == names.count { names.append(name) }
    push(.extension(name: index, mayWrite: false))
  }

  /// Keeps the names that frames have. There is room for one more then: all frames are fewer than names may be.
  private mutating func forgetNames() {
    let old = names
    names = []
    func renamed(_ frame: Frame, _ names: inout [String]) -> Frame {
      guard case .extension(let name, let mayWrite) = frame else { return frame }
      let index = names.firstIndex(of: old[name]) ?? names.count
      if index == names.count { names.append(old[name]) }
      return .extension(name: index, mayWrite: mayWrite)
    }
    for index in frames.indices { frames[index] = renamed(frames[index], &names) }
    for thread in waiting.indices {
      for index in waiting[thread].frames.indices {
        waiting[thread].frames[index] = renamed(waiting[thread].frames[index], &names)
      }
    }
  }

  var isExtension: Bool { if case .extension? = frames.last { true } else { false } }

  private mutating func enterUngated(_ address: UInt64) -> Changes {
    let from = actor
    pushExtension(name(at: address, .outside))
    return Changes(first: Change(how: .ungated, from: from, to: actor))
  }

  /// The entry of the gate whose function is the frame that acts, or the one below.
  private func gateBelow() -> UInt64? {
    var count = frames.count
    if count > 0, case .enter = frames[count - 1] { count -= 1 }
    guard count > 1, case .function = frames[count - 1], case .gate(let entry) = frames[count - 2] else { return nil }
    return entry
  }

  private func enterBelow() -> UInt64? {
    if frames.count > 1, case .enter(let entry, true) = frames[frames.count - 2] { entry } else { nil }
  }

  private mutating func switchThreads(from saved: UInt64, to next: UInt64) {
    let known = waiting.firstIndex { $0.stackPointer == next }
    // A stack that nobody waits on is the unikernel's own, unless an extension says so.
    if known == nil, isExtension { return }
    let nextFrames = known.map { waiting.remove(at: $0).frames } ?? []
    waiting.removeAll { $0.stackPointer == saved }
    if !frames.isEmpty, waiting.count < Self.waitingMax {
      waiting.append(WaitingThread(stackPointer: saved, frames: frames))
    }
    frames = nextFrames
  }

  /// Nothing where neither end concerns an extension.
  private func changes(_ how: Crossing, _ from: Actor, to: Actor? = nil) -> Changes {
    let to = to ?? actor
    let isOfExtension = from.servedExtension != nil || to.servedExtension != nil
    return isOfExtension ? Changes(first: Change(how: how, from: from, to: to)) : .none
  }
}
