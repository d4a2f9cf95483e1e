import SimCPU
import SimEvents
import SimMachine

/// When a fault happens.
public struct FaultMoment: Equatable, Sendable {
  public enum Place: Equatable, Sendable {
    /// Before the instruction with this number, counted from 0.
    case instruction(UInt64)
    case time(VirtualDuration)
    case symbol(String, nth: UInt64)
    case address(UInt64, nth: UInt64)
    case event(EventFilter, nth: UInt64)
    /// After the nth access to memory; before it where code is executed.
    case access(FaultPlace, count: UInt64, MemoryWatch.Accesses, nth: UInt64)
    case enter(ActorKind, nth: UInt64)
    case leave(ActorKind, nth: UInt64)
  }

  public var place: Place
  /// The first moment from there on at which such code acts.
  public var acting: ActorKind?

  public init(_ place: Place, while acting: ActorKind? = nil) {
    self.place = place
    self.acting = acting
  }

  /// It comes at most once in a run; others come again.
  package var comesOnce: Bool {
    switch place {
    case .instruction, .time: true
    case .symbol, .address, .event, .access, .enter, .leave: false
    }
  }

  /// Before the first instruction.
  static let start = FaultMoment(.instruction(0))
}

extension FaultMoment {
  /// The moment for a machine, without ``acting``.
  ///
  /// - Parameter address: that of a symbol.
  package func moment(hertz: UInt64, address: (String) -> UInt64) -> Moment {
    switch place {
    case .instruction(let number): .instruction(number)
    case .time(let time): .time(time.cycles(hertz: hertz))
    case .symbol(let symbol, let nth): .address(address(symbol), hit: nth)
    case .address(let address, let nth): .address(address, hit: nth)
    case .event(let filter, let nth): .matchingEvent(filter, nth: nth)
    case .enter(let kind, let nth): .enter(kind, hit: nth)
    case .leave(let kind, let nth): .leave(kind, hit: nth)
    case .access(let place, let count, let accesses, let nth):
      switch place {
      case .symbol(let symbol, let offset):
        .watch(MemoryWatch(accesses, at: address(symbol) &+ offset, count: count), hit: nth)
      case .address(let address): .watch(MemoryWatch(accesses, at: address, count: count), hit: nth)
      case .physical(let address): .watch(MemoryWatch(accesses, .physical, at: address, count: count), hit: nth)
      }
    }
  }
}
