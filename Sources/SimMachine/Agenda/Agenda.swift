import SimCPU
import SimEvents

/// The appointments of a machine: any number of them, each at its own moment. It knows what has come, not what is done then.
struct Agenda {
  /// In the order in which they were made, which is the order in which those of the same moment are kept.
  private var appointments: [Appointment] = []
  private var made: UInt64 = 0
  /// The virtual time of the next appointment at a time, in cycles.
  private(set) var nextTime: UInt64 = .max
  /// The number of the instruction before which the next appointment at an instruction is.
  private(set) var nextInstruction: UInt64 = .max
  /// Some appointment is at an event.
  private(set) var awaitsEvents = false
  /// Some appointment is where another one begins to act.
  private(set) var awaitsActors = false
  /// The moment of some appointment has come without time or instructions saying so.
  private(set) var isDue = false

  var isEmpty: Bool { appointments.isEmpty }

  /// The addresses at which the processor has to stop, each once.
  var addresses: Set<UInt64> {
    Set(appointments.compactMap { if case .address(let address, _) = $0.moment { address } else { nil } })
  }

  /// The watches that moments wait for, each once, in the order of their appointments.
  var watches: [MemoryWatch] {
    var found: [MemoryWatch] = []
    for appointment in appointments {
      if case .watch(let watch, _) = appointment.moment, !found.contains(watch) { found.append(watch) }
    }
    return found
  }

  /// Some moment waits for a domain to be entered or left.
  var awaitsDomains: Bool {
    appointments.contains { appointment in
      switch appointment.moment {
      case .entry, .exit: true
      default: false
      }
    }
  }

  /// - Parameter moment: a symbol is an address here.
  mutating func add(_ moment: Moment, _ look: @escaping (Machine) -> Moment?) -> AppointmentID {
    let id = AppointmentID(number: made)
    made += 1
    appointments.append(Appointment(id: id, moment: moment, remaining: moment.count, look: look))
    renew()
    return id
  }

  /// False if there is none of this name any more.
  mutating func remove(_ id: AppointmentID) -> Bool {
    guard let index = appointments.firstIndex(where: { $0.id == id }) else { return false }
    appointments.remove(at: index)
    renew()
    return true
  }

  func contains(_ id: AppointmentID) -> Bool { appointments.contains { $0.id == id } }

  /// The processor is about to execute the instruction at `address`. True if that is the moment of an appointment.
  mutating func arrive(at address: UInt64) -> Bool {
    count { if case .address(address, _) = $0 { true } else { false } }
  }

  /// An event has happened. True if that is the moment of an appointment.
  ///
  /// - Parameter number: of the event in the whole run, counted from 0.
  mutating func note(_ event: Event, number: UInt64) -> Bool {
    count {
      switch $0 {
      case .event(let wanted): wanted <= number
      case .matchingEvent(let filter, _): filter.matches(event)
      default: false
      }
    }
  }

  /// Watched memory was accessed. True if that is the moment of an appointment.
  mutating func note(_ hit: MemoryHit) -> Bool {
    count { if case .watch(let watch, _) = $0 { watch.matches(hit) } else { false } }
  }

  /// Code of another domain runs. True if that is the moment of an appointment.
  mutating func noteDomain(left: UInt8?, entered: UInt8) -> Bool {
    count {
      switch $0 {
      case .entry(entered, _): true
      case .exit(let domain, _): domain == left
      default: false
      }
    }
  }

  /// Somebody of another kind acts. True if that is the moment of an appointment.
  mutating func noteActor(left: ActorKind?, entered: ActorKind?) -> Bool {
    count {
      switch $0 {
      case .enter(let kind, _): kind == entered
      case .leave(let kind, _): kind == left
      default: false
      }
    }
  }

  /// Counts for each appointment that is not due and whose moment `comesBy`.
  private mutating func count(_ comesBy: (Moment) -> Bool) -> Bool {
    var hasNews = false
    for index in appointments.indices where !appointments[index].isDue && comesBy(appointments[index].moment) {
      appointments[index].remaining -= 1
      guard appointments[index].remaining == 0 else { continue }
      appointments[index].isDue = true
      hasNews = true
    }
    if hasNews { isDue = true }
    return hasNews
  }

  /// Whether an appointment is to be kept now.
  @inline(__always)
  func hasDue(time: UInt64, instructions: UInt64) -> Bool {
    isDue || time >= nextTime || instructions >= nextInstruction
  }

  /// Takes out the first appointment whose moment has come.
  mutating func takeDue(time: UInt64, instructions: UInt64) -> Appointment? {
    guard hasDue(time: time, instructions: instructions) else { return nil }
    let due = appointments.firstIndex { appointment in
      switch appointment.moment {
      case .time(let wanted): time >= wanted
      case .instruction(let wanted): instructions >= wanted
      default: appointment.isDue
      }
    }
    guard let due else { preconditionFailure("an agenda says that something is due that is not there") }
    defer { renew() }
    return appointments.remove(at: due)
  }

  /// Puts an appointment that was kept back into its place, for the next moment.
  mutating func put(_ kept: Appointment, at moment: Moment) {
    var next = kept
    (next.moment, next.remaining, next.isDue) = (moment, moment.count, false)
    let place = appointments.firstIndex { $0.id.number > kept.id.number } ?? appointments.endIndex
    appointments.insert(next, at: place)
    renew()
  }

  private mutating func renew() {
    (nextTime, nextInstruction, awaitsEvents, awaitsActors, isDue) = (.max, .max, false, false, false)
    for appointment in appointments {
      switch appointment.moment {
      case .time(let time): nextTime = min(nextTime, time)
      case .instruction(let number): nextInstruction = min(nextInstruction, number)
      case .event, .matchingEvent: awaitsEvents = true
      case .enter, .leave: awaitsActors = true
      default: break
      }
      if appointment.isDue { isDue = true }
    }
    assert(_checkInvariants())
  }

  /// Whether the agenda is what it says that it is. For tests and debug builds.
  func _checkInvariants() -> Bool {
    let numbers = appointments.map(\.id.number)
    let isOrdered = zip(numbers, numbers.dropFirst()).allSatisfy(<) && numbers.allSatisfy { $0 < made }
    let isCounted = appointments.allSatisfy { $0.isDue == ($0.remaining == 0) }
    let isResolved = appointments.allSatisfy { if case .symbol = $0.moment { false } else { true } }
    return isOrdered && isCounted && isResolved && isDue == appointments.contains(where: \.isDue)
  }
}
