#if UIO_SERVICES
  import GuestApplications
  import GuestBoot

  /// How a design with services keeps an extension from the unikernel and programs from each other: what it does behind the one word
  /// ``Partition``, so that loader, services and containment know no design.
  protocol OverlayPartition {
    /// Gives the pages of the image and of the stack their rights, once.
    static func apply()
    /// Lets a program reach its own memory and that of the programs whose symbols it uses, and no other's; gives PKRU while it runs.
    static func rights(of program: Program) -> UInt32
    /// Whether the extension that runs may itself read a page: the unikernel reads nothing else for it.
    static func mayRead(_ page: UInt64) -> Bool
  }

  #if UIO_HARDENED
    typealias Partition = OverlayKeys
  #else
    typealias Partition = UserPages
  #endif

  /// What extensions may have done for them under `mpk-hardened` and `ring3`: services by number, behind the one gate of Boot/hardened.S or
  /// Boot/ring3.S, which takes over with all rights and on a stack of the unikernel's.
  ///
  /// Numbers and arguments are an extension's, and may be anything. Texts are read byte by byte, once, and only from memory that the
  /// extension may read itself; variables are those of ``SharedVariable``, and no address of an extension's is ever written to or called.
  /// Whoever asks for something else is stopped.
  enum Service: UInt64 {
    case puts = 1
    case write, putUnsigned, putSigned, putHex, ticks, get, set, getCount, setCount, getServed, getPayloadBytes,
      setPayloadBytes, sleep, startCounter, readCounter, stopCounter

    fileprivate func serve(_ first: UInt64, _ second: UInt64, _ third: UInt64) -> UInt64 {
      switch self {
      case .puts: hostPuts(first)
      case .write: hostWrite(first, second)
      case .putUnsigned: hostPutUnsigned(first)
      case .putSigned: hostPutSigned(Int64(bitPattern: first))
      case .putHex: hostPutHex(first)
      case .ticks: return Clock.ticks
      case .get: return SharedVariable.find(first, bytes: second)?.value ?? Self.refuse(first)
      case .set:
        guard let variable = SharedVariable.find(first, bytes: second) else { return Self.refuse(first) }
        variable.set(third)
      case .getCount: return get_count()
      case .setCount: set_count(first)
      case .getServed: return get_served()
      case .getPayloadBytes: return get_payload_bytes()
      case .setPayloadBytes: set_payload_bytes(first)
      case .sleep: hostSleep(first)
      case .startCounter: if let wrong = PerformanceCounters.start(first, second) { return Self.refuse(wrong) }
      case .readCounter: return PerformanceCounters.read(first) ?? Self.refuse(first)
      case .stopCounter: if !PerformanceCounters.stop(first) { return Self.refuse(first) }
      }
      return 0
    }

    /// Ends the extension when the gate is done, for an argument that is not its to name.
    static func refuse(_ argument: UInt64) -> UInt64 {
      Containment.refuse(argument)
      return 0
    }
  }

  /// A variable that services read and write, named by its address: those of the applications that may be set to anything.
  struct SharedVariable {
    private var address: UInt64

    static func find(_ address: UInt64, bytes: UInt64) -> SharedVariable? {
      guard address == application_count_address() || address == payload_bytes_address(), bytes == 8 else { return nil }
      return SharedVariable(address: address)
    }

    var value: UInt64 { volatile_read64(address) }

    func set(_ value: UInt64) { volatile_write64(address, value) }
  }

  @_cdecl("overlay_service")
  func overlayService(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ number: UInt64) -> UInt64 {
    guard let service = Service(rawValue: number) else { return Service.refuse(number) }
    return service.serve(first, second, third)
  }

  #if UIO_RING3
    /// For the gate, which has found that an extension would go on where no extension's code is.
    @_cdecl("overlay_refuse_return")
    func overlayRefuseReturn(_ address: UInt64) { Containment.refuse(address) }
  #endif
#endif
