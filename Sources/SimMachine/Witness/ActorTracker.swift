import GuestOS
import SimEvents

/// Knows whose code runs, from the pages that instructions come from and from the ways that control takes between them.
///
/// It is told of each change of the region of code (``cross(to:at:stackPointer:nextStack:gates:)``) and of each exception or interrupt
/// (``deliver(at:)``). Who is entered by a gate's first instruction acts as that gate; who comes by any other way stays who they were,
/// whatever code they run. Nothing that the guest says is an evidence: it only lends the names.
public struct ActorTracker: Equatable, Sendable, Codable {
  /// Somebody who has not yet come to an end. The last one of a thread acts.
  enum Frame: Equatable, Sendable, Codable {
    /// The gate that lets an extension run.
    case enter(entry: UInt64, hasEntered: Bool)
    case `extension`(name: String, mayWrite: Bool)
    /// A gate that was entered at this address.
    case gate(entry: UInt64)
    /// What the gate below calls.
    case function
    /// A handler of what came at this instruction.
    case handler(instructionPointer: UInt64)
  }

  /// A change of who acts.
  struct Change: Equatable, Sendable {
    var how: Crossing
    var from: Actor
    var to: Actor
  }

  /// A program that the unikernel has loaded, by linear addresses. It lends its name.
  public struct Program: Equatable, Sendable, Codable {
    public var name: String
    public var base: UInt64
    public var size: UInt64
  }

  /// The thread's own, from the first to the last; nobody: the unikernel itself.
  private(set) var frames: [Frame] = []
  /// Those of threads that wait; threads of the unikernel alone have none.
  private(set) var waiting: [WaitingThread] = []
  private(set) var region = CodeRegion.text
  private(set) var programs: [Program] = []
  /// What the unikernel has said that it lets run next.
  private(set) var announced = ""

  /// A thread that another one runs instead of.
  struct WaitingThread: Equatable, Sendable, Codable {
    var stackPointer: UInt64
    var frames: [Frame]
  }

  /// More frames are none that an honest guest has: calls that nest in handlers and probes are few.
  static let framesMax = 64
  static let waitingMax = 64
  static let programsMax = 256
  /// The longest instruction, in bytes (SDM volume 3, 21.24): INT's handler returns behind it.
  private static let instructionBytesMax: UInt64 = 15

  // MARK: Who

  /// Who acts.
  var actor: Actor { actor(of: frames.count) }

  /// Who acts below the handlers: on whom they came.
  var interrupted: Actor {
    var count = frames.count
    while count > 0, case .handler = frames[count - 1] { count -= 1 }
    return actor(of: count)
  }

  private func actor(of count: Int) -> Actor {
    guard count > 0 else { return .unikernel }
    switch frames[count - 1] {
    case .handler: return .handler
    case .extension(let name, _): return .extension(name)
    case .enter, .gate: return served(below: count).map { .gate(of: $0) } ?? .unikernel
    case .function: return served(below: count).map { .hostFunction(of: $0) } ?? .unikernel
    }
  }

  /// Who does what the instruction at `address` does. A gate that runs elsewhere than in its own code is in an extension's hands.
  func actor(at address: UInt64, _ gates: GateTable) -> Actor {
    guard case .gate(let entry)? = frames.last, let name = served(below: frames.count),
      gates.gates.contains(address) || gates.interrupts.contains(address),
      !gates.code(enteredAt: entry).contains(address)
    else { return actor }
    return .extension(name)
  }

  /// The name of the extension that the frames above it serve.
  private func served(below count: Int) -> String? {
    for frame in frames.prefix(count).reversed() {
      if case .extension(let name, _) = frame { return name }
    }
    return nil
  }

  /// Whether an extension has been entered and has not come to an end, in the thread that runs.
  var isExtensionUnderWay: Bool { served(below: frames.count) != nil }

  /// Whether the extension that acts has been given the right to write, by the gate that is there for it.
  var mayWrite: Bool {
    if case .extension(_, let mayWrite)? = frames.last { mayWrite } else { false }
  }

  // MARK: What happens

  /// An exception or an interrupt is delivered.
  mutating func deliver(at instructionPointer: UInt64) -> [Change] {
    let from = actor
    push(.handler(instructionPointer: instructionPointer))
    return changes(.interrupt, from)
  }

  /// An extension that goes on in other pages of its own, or in the unikernel's code by no gate, stays who it is. True if it is
  /// that; nothing else is to be done then.
  mutating func staysExtension(in region: CodeRegion) -> Bool {
    guard case .extension? = frames.last, region == .text || region == .outside,
      self.region == .text || self.region == .outside
    else { return false }
    self.region = region
    return true
  }

  /// The next instruction, at `address`, is of another region than the one before.
  ///
  /// - Parameters:
  ///   - stackPointer: RSP, before that instruction.
  ///   - nextStack: RSI, which is where a switch of threads leads to.
  /// - Returns: what has changed; nothing where it concerns no extension.
  mutating func cross(
    to region: CodeRegion, at address: UInt64, stackPointer: UInt64, nextStack: UInt64, gates: GateTable
  ) -> [Change] {
    let left = self.region
    self.region = region
    if case .handler? = frames.last {
      if region == .interrupts || gates.handlerCalls.contains(address) { return [] }
      guard left == .interrupts else { return region == .outside ? enterUngated(address) : [] }
      return handlerReturns(to: address, region, gates)
    }
    return arrive(at: address, region, stackPointer: stackPointer, nextStack: nextStack, gates)
  }

  private mutating func handlerReturns(to address: UInt64, _ region: CodeRegion, _ gates: GateTable) -> [Change] {
    let isHere = { (frame: Frame) in
      if case .handler(let place) = frame { address &- place <= Self.instructionBytesMax } else { false }
    }
    // A handler that was interrupted in its own region has gone back without a change of region.
    let index = frames.lastIndex(where: isHere)
    frames.removeSubrange((index ?? frames.count - 1)...)
    // A delivery that failed has left one that never began.
    while index != nil, let last = frames.last, isHere(last) { frames.removeLast() }
    if address == gates.abort { return endExtension() }
    if index == nil {
      let arrived = arrive(at: address, region, stackPointer: 0, nextStack: 0, gates)
      // Whoever goes on elsewhere than where it was interrupted is looked at like one who goes on there.
      guard arrived.isEmpty, isExtension else { return arrived }
      return [Change(how: .resume, from: .handler, to: actor)]
    }
    let resumed = changes(.resume, .handler)
    return region == .outside && !isExtension ? resumed + enterUngated(address) : resumed
  }

  /// The unikernel has taken control back.
  private mutating func endExtension() -> [Change] {
    guard
      let index = frames.lastIndex(where: { if case .enter(_, true) = $0 { true } else { false } }),
      let name = served(below: frames.count)
    else { return [] }
    frames.removeSubrange((index + 1)...)
    return [Change(how: .abort, from: .extension(name), to: actor)]
  }

  private mutating func arrive(
    at address: UInt64, _ region: CodeRegion, stackPointer: UInt64, nextStack: UInt64, _ gates: GateTable
  ) -> [Change] {
    switch region {
    case .gates: arriveAtGates(address, stackPointer: stackPointer, nextStack: nextStack, gates)
    case .text, .outside: leaveGates(to: address, region, gates)
    case .interrupts: []  // not by the processor: whoever jumps there stays who they are
    }
  }

  private mutating func arriveAtGates(
    _ address: UInt64, stackPointer: UInt64, nextStack: UInt64, _ gates: GateTable
  ) -> [Change] {
    if gates.switches.contains(address) {
      switchThreads(from: stackPointer &- 48, to: nextStack)
      return []
    }
    let from = actor
    switch frames.last {
    case .function:
      guard let entry = gateBelow(), gates.function(enteredAt: entry)?.returnsTo == address else { break }
      frames.removeLast()
      return []
    case .extension:
      if let entry = enterBelow(), gates.returnSite(ofEnter: entry) == address {
        frames.removeLast()
        return [Change(how: .leave, from: from, to: actor)]
      }
      if gates.opens.contains(address) || gates.closes.contains(address) {
        let opens = gates.opens.contains(address)
        if case .extension(let name, _) = frames[frames.count - 1] {
          frames[frames.count - 1] = .extension(name: name, mayWrite: opens)
        }
        push(.gate(entry: address))
        return changes(opens ? .open : .close, from)
      }
      if gates.queries.contains(address) || gates.function(enteredAt: address) != nil {
        push(.gate(entry: address))
        return changes(.gate, from)
      }
      return []  // into the middle of something
    default: break
    }
    if gates.returnSite(ofEnter: address) != nil {
      push(.enter(entry: address, hasEntered: false))
    } else if gates.function(enteredAt: address) != nil {
      push(.gate(entry: address))
      return changes(.gate, from)
    }
    return []
  }

  private mutating func leaveGates(to address: UInt64, _ region: CodeRegion, _ gates: GateTable) -> [Change] {
    let from = actor
    switch frames.last {
    case .gate(let entry):
      if gates.function(enteredAt: entry)?.function == address {
        push(.function)
        return []
      }
      frames.removeLast()
      let back = changes(.back, from)
      return region == .outside && !isExtension ? back + enterUngated(address) : back
    case .enter(let entry, false):
      frames[frames.count - 1] = .enter(entry: entry, hasEntered: true)
      let isTraced = gateBelow() != nil
      push(.extension(name: isTraced ? "a traced program" : name(at: address, region), mayWrite: false))
      return [Change(how: .enter, from: from, to: actor)]
    case .enter(_, true):
      frames.removeLast()
      return region == .outside ? enterUngated(address) : []
    case .extension: return []
    case .function, .handler, nil: return region == .outside ? enterUngated(address) : []
    }
  }

  /// Of more frames than an honest guest has, the oldest are forgotten: what they were is lost, who acts is not.
  private mutating func push(_ frame: Frame) {
    if frames.count == Self.framesMax { frames.removeFirst() }
    frames.append(frame)
  }

  private var isExtension: Bool { if case .extension? = frames.last { true } else { false } }

  private mutating func enterUngated(_ address: UInt64) -> [Change] {
    let from = actor
    push(.extension(name: name(at: address, .outside), mayWrite: false))
    return [Change(how: .ungated, from: from, to: actor)]
  }

  /// The entry of the gate whose function is the frame that acts, or the one below.
  private func gateBelow() -> UInt64? {
    var rest = frames[...]
    if case .enter? = rest.last { rest.removeLast() }
    guard case .function? = rest.popLast(), case .gate(let entry)? = rest.last else { return nil }
    return entry
  }

  private func enterBelow() -> UInt64? {
    if case .enter(let entry, true)? = frames.dropLast().last { entry } else { nil }
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
  private func changes(_ how: Crossing, _ from: Actor) -> [Change] {
    let to = actor
    let isOfExtension = from.servedExtension != nil || to.servedExtension != nil
    return isOfExtension ? [Change(how: how, from: from, to: to)] : []
  }

  // MARK: Names

  private func name(at address: UInt64, _ region: CodeRegion) -> String {
    if region == .outside, let program = programs.last(where: { address &- $0.base < $0.size }) { return program.name }
    return announced.isEmpty ? "a program" : announced
  }

  /// The unikernel's own code has written a record. It lends names to what is told without it.
  mutating func note(_ record: GuestRecord) {
    switch record {
    case .domainEntered(let name): announced = name
    case .domainLeft: announced = ""
    case .loaded(let name, let base, let size):
      programs.removeAll { $0.name == name }
      if programs.count < Self.programsMax { programs.append(Program(name: name, base: base, size: size)) }
    case .freed(let name): programs.removeAll { $0.name == name }
    default: break
    }
  }

  /// Whether this is a state that a run can have.
  var isPossible: Bool {
    frames.count <= Self.framesMax && waiting.count <= Self.waitingMax && programs.count <= Self.programsMax
  }
}
