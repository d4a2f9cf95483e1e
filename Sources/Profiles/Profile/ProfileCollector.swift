import Scenarios
import SimCPU
import SimEvents
import SimMachine

/// Makes the profile of a run: a fold over its events that looks at the machine whenever names change.
final class ProfileCollector: EventSink {
  private unowned let machine: Machine
  private(set) var profile: TimeProfile
  private(set) var names: CodeNames
  private var nodes: [ProfileNode] = []
  /// By node: the stack of it and what is below, as names are now.
  private var stackOfNode: [Int?] = []
  private var stackNumbers: [TimeProfile.Stack: Int] = [:]
  private var functionNumbers: [String: Int] = [:]
  private var placeNumbers: [CodePlace: Int] = [:]
  private var entryNumbers: [Key: Int] = [:]

  private struct Key: Hashable {
    var actor: Actor
    var stack: Int
    var place: Int
    var use: TimeUse
  }

  /// What the machine calls a program that an attached BPF program is, until its run is over.
  private static let traced = "a traced program"

  /// - Parameter machine: has a profile from here on; it must outlive this.
  init(_ machine: Machine, inputs: RunInputs) throws(MachineError) {
    self.machine = machine
    names = CodeNames(image: inputs.image, share: inputs.shareItems)
    profile = TimeProfile(name: inputs.scenario.name)
    profile.hertz = machine.configuration.clockHz
    profile.stacks = [.init(parent: 0, frame: .function(0))]
    try machine.startProfile()
  }

  var kinds: EventKinds { EventKinds([.guest]) }

  func record(_ event: Event) {
    guard !event.actor.isExtension, let record = event.payload.guestRecord else { return }
    switch record {
    case .loaded(let name, let base, let size):
      take()
      forgetNames()
      names.load(name, base: base, size: size)
    case .freed(let name):
      take()
      forgetNames()
      names.free(name)
    case .other("bpf", let detail) where detail.hasPrefix("run "):
      // `run NAME at=FUNCTION returned=N`, whose name may have spaces.
      guard let end = detail.range(of: " at=") else { return }
      take(traced: String(detail[detail.index(detail.startIndex, offsetBy: 4)..<end.lowerBound]))
    default: break
    }
  }

  /// The run is over.
  func finish() -> TimeProfile {
    take()
    profile.modules = names.modules
    for (number, module) in names.modules.enumerated() {
      if case .program(let name) = module { profile.objects[number] = names.objects.file(ofProgram: name) }
    }
    profile.cycles = machine.time
    profile.instructions = machine.instructions
    let total = profile.entries.reduce(0) { $0 &+ $1.cycles }
    precondition(total == profile.cycles, "a profile of \(total) cycles, of a run of \(profile.cycles)")
    return profile
  }

  private func forgetNames() { stackOfNode = [Int?](repeating: nil, count: nodes.count) }

  /// Takes over what the machine has counted.
  ///
  /// - Parameter name: of the program that was meant by all that have no name.
  private func take(traced name: String? = nil) {
    nodes += machine.callTree(from: nodes.count)
    stackOfNode += [Int?](repeating: nil, count: nodes.count - stackOfNode.count)
    var samples: [TimeSample] = []
    machine.takeProfile { sample in
      samples.append(sample)
      if case .extension(let own) = sample.actor {
        names.learn(sample.address, isOf: own == Self.traced ? name ?? own : own)
      }
    }
    for sample in samples {
      var key = Key(actor: sample.actor, stack: 0, place: 0, use: sample.use)
      if let name { key.actor = sample.actor.renamed(from: Self.traced, to: name) }
      // Nobody does anything while the processor is halted.
      if sample.use == .idle {
        key.actor = .unknown
      } else {
        key.stack = stack(of: sample.node)
        key.place = place(of: sample.address)
      }
      let number = entryNumbers[key] ?? profile.entries.count
      if number == profile.entries.count {
        entryNumbers[key] = number
        profile.entries.append(
          .init(actor: key.actor, stack: key.stack, place: key.place, use: key.use, count: 0, cycles: 0))
      }
      profile.entries[number].count &+= sample.count
      profile.entries[number].cycles &+= sample.cycles
    }
  }

  private func stack(of node: Int) -> Int {
    if let known = stackOfNode[node] { return known }
    let stack: Int
    switch nodes[node].way {
    case .root: stack = 0
    case .call(let site):
      let function = profile.functionOfPlace[place(of: site)]
      stack = number(of: .init(parent: self.stack(of: nodes[node].parent), frame: .function(function)))
    case .interrupt(let vector):
      stack = number(of: .init(parent: self.stack(of: nodes[node].parent), frame: .interrupt(vector)))
    }
    stackOfNode[node] = stack
    return stack
  }

  private func number(of stack: TimeProfile.Stack) -> Int {
    if let number = stackNumbers[stack] { return number }
    profile.stacks.append(stack)
    stackNumbers[stack] = profile.stacks.count - 1
    return profile.stacks.count - 1
  }

  private func place(of address: UInt64) -> Int {
    let place = names.place(of: address)
    if let number = placeNumbers[place] { return number }
    let name = names.function(at: place)
    let function = functionNumbers[name] ?? profile.functions.count
    if function == profile.functions.count {
      functionNumbers[name] = function
      profile.functions.append(name)
    }
    profile.places.append(place)
    profile.functionOfPlace.append(function)
    placeNumbers[place] = profile.places.count - 1
    return profile.places.count - 1
  }
}

extension Actor {
  fileprivate func renamed(from old: String, to new: String) -> Actor {
    guard servedExtension == old else { return self }
    return switch self {
    case .gate: .gate(of: new)
    case .hostFunction: .hostFunction(of: new)
    default: .extension(new)
    }
  }
}
