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
    /// `name` is an index of ``names``: frames come and go at every call of a gate.
    case `extension`(name: Int, mayWrite: Bool)
    /// A gate that was entered at this address.
    case gate(entry: UInt64)
    /// What the gate below calls.
    case function
    /// A handler of what came at this instruction, when the last one executed was of this region.
    case handler(instructionPointer: UInt64, region: CodeRegion)
  }

  /// A change of who acts.
  struct Change: Equatable, Sendable {
    var how: Crossing
    var from: Actor
    var to: Actor
  }

  /// What one change of region has changed: no more than two things, one after the other.
  struct Changes: Equatable, Sendable {
    var first: Change?
    var second: Change?

    static let none = Changes()

    var isEmpty: Bool { first == nil }

    static func + (left: Changes, right: Changes) -> Changes {
      left.isEmpty ? right : Changes(first: left.first, second: right.first)
    }
  }

  /// A program that the unikernel has loaded, by linear addresses. It lends its name.
  public struct Program: Equatable, Sendable, Codable {
    public var name: String
    public var base: UInt64
    public var size: UInt64
  }

  /// The thread's own, from the first to the last; nobody: the unikernel itself.
  var frames: [Frame] = []
  /// Those of threads that wait; threads of the unikernel alone have none.
  var waiting: [WaitingThread] = []
  /// Of the last instruction. For an extension ``CodeRegion/outside`` stands for the image's own code too.
  var region = CodeRegion.text
  /// The extensions' that have frames.
  var names: [String] = []
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
  /// All threads' frames are fewer.
  static let namesMax = framesMax * (waitingMax + 2)
  /// The longest instruction, in bytes (SDM volume 3, 21.24): INT's handler returns behind it.
  static let instructionBytesMax: UInt64 = 15

  // MARK: Who

  /// Who acts.
  var actor: Actor { frames.isEmpty ? .unikernel : actor(of: frames.count) }

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
    case .extension(let name, _): return .extension(names[name])
    case .enter, .gate: return served(below: count).map { .gate(of: names[$0]) } ?? .unikernel
    case .function: return served(below: count).map { .hostFunction(of: names[$0]) } ?? .unikernel
    }
  }

  /// Who does what the instruction at `address` does. The unikernel in the application's code is the application; a gate that runs
  /// elsewhere than in its own code is in an extension's hands.
  func actor(at address: UInt64, _ gates: GateMap) -> Actor {
    if frames.isEmpty { return gates.application.contains(address) ? .application : .unikernel }
    guard case .gate(let entry)? = frames.last, !gates.isCode(at: address, ofGateAt: entry),
      gates.gates.contains(address) || gates.interrupts.contains(address), let name = served(below: frames.count)
    else { return actor }
    return .extension(names[name])
  }

  /// The name of the extension that the frames above it serve.
  func served(below count: Int) -> Int? { Self.served(by: frames[..<count]) }

  private static func served(by frames: ArraySlice<Frame>) -> Int? {
    var index = frames.endIndex
    while index > frames.startIndex {
      index -= 1
      if case .extension(let name, _) = frames[index] { return name }
    }
    return nil
  }

  /// Whether an extension has been entered and has not come to an end, in the thread that runs or in one that waits.
  var isExtensionUnderWay: Bool {
    served(below: frames.count) != nil || waiting.contains { Self.served(by: $0.frames[...]) != nil }
  }

  /// Whether the extension that acts has been given the right to write, by the gate that is there for it.
  var mayWrite: Bool {
    if case .extension(_, let mayWrite)? = frames.last { mayWrite } else { false }
  }

  /// Whether an extension acts that may go on in the image's own code and in any other without becoming somebody else: nothing has
  /// to be told of that.
  var mayRoam: Bool { isExtension && region == .outside }

  // MARK: Names

  func name(at address: UInt64, _ region: CodeRegion) -> String {
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
      && names.count <= Self.namesMax && hasNames(frames)
      && waiting.allSatisfy { $0.frames.count <= Self.framesMax && hasNames($0.frames) }
  }

  private func hasNames(_ frames: [Frame]) -> Bool {
    frames.allSatisfy { if case .extension(let name, _) = $0 { names.indices.contains(name) } else { true } }
  }
}
