import GuestOS
import SimCPU
import SimEvents
import SimMemory
import SimPlatform
import SimVirtio

/// Why a machine stopped.
public enum MachineStop: Equatable, Sendable, Codable {
  case deadline
  /// Somebody asked for it while an event was recorded.
  case requested
  /// The moment of the script's own appointment has come (``Machine/stop(at:)``).
  case appointment
  /// Somebody holds the run; it can go on as if it had not been held (``Machine/hold(at:)``).
  case held
  /// The guest wrote to the debug-exit port.
  case exited(UInt32)
  case tripleFault
  /// The guest pulsed the reset line by the keyboard controller: there is no firmware to start it again.
  case reset
  /// HLT with interrupts disabled: nothing can wake the processor.
  case halted
  case defect(String)
}

/// The `microvm` platform around one CPU: memory, bus, clock, interrupts, and the one stream of events.
public final class Machine {
  public let configuration: MachineConfiguration
  public let memory: GuestMemory
  public let image: GuestImage
  public internal(set) var events: EventStream {
    didSet { stream = .passUnretained(events) }
  }
  /// The same stream: each exit records something, without counting references.
  private(set) var stream: Unmanaged<EventStream>

  private(set) var engine: (any CPUEngine)!
  /// The same engine's count, for each exit; nil if the engine has only its methods.
  private var counter: InstructionCounter?
  /// The engine stops at the same places in every run.
  private(set) var isRepeatable = true
  /// The interrupt line of a virtio slot has changed since the I/O APIC was told of the lines.
  var slotLineChanged = false
  var localAPIC = LocalAPIC(hasTimeStampDeadline: true) {
    didSet {
      schedule.isStale = true
      schedule.isAPICStale = true
    }
  }
  var ioapic = IOAPIC() { didSet { schedule.isAPICStale = true } }
  var uart = UART16550()
  var pit = PIT8254() { didSet { schedule.isAPICStale = true } }
  var pics = PICPair() {
    didSet {
      schedule.isStale = true
      schedule.isAPICStale = true
    }
  }
  var rtc = RTC146818()
  /// The bits of port 61H that have no effect here: the speaker (1), checks of memory and bus (2, 3).
  var systemControl: UInt8 = 0
  /// A non-maskable interrupt waits for the processor. While one is handled, one more is kept (SDM volume 3, 6.7.1).
  var isNonMaskableInterruptPending = false { didSet { schedule.isStale = true } }
  /// IA32_MISC_ENABLE keeps what software writes. Fast strings are enabled at first.
  var miscellaneousEnable: UInt64 = 1
  /// The values of the MSRs that only this vendor's processors have, in the order of the vendor's list.
  var vendorMSRs: [UInt64]
  var performanceMonitor = PerformanceMonitor()
  var testDevice: TestDevice?
  var slots: [MMIOTransport] = []
  var randomNumbers: RandomStream
  /// The beginning of a record that the guest is writing to the trace port.
  var traceRecord: [UInt8] = []
  /// Who wrote it.
  var traceRecordActor = Actor.unknown
  /// Who acts (``startWitness()``); nil: that can't be told.
  var witness: ActorWitness? { didSet { lentWitness = witness.map { .passUnretained($0) } } }
  /// The same, which is asked at each event without counting references.
  private(set) var lentWitness: Unmanaged<ActorWitness>?
  /// Who acts now; unknown where that can't be told.
  public var currentActor: Actor { lentWitness?._withUnsafeGuaranteedRef { $0.actor } ?? .unknown }
  /// The engine knows the address of the instruction that reaches a port or a device.
  private(set) var knowsPlaces = false
  /// Cycles beyond those of instructions: event costs, and time slept through.
  var extraCycles: UInt64 = 0 {
    didSet { schedule.isStale = true }
  }
  /// When the engine must stop next. Everything that it depends on makes it stale.
  var schedule = Schedule()
  /// The end of the current `run`.
  var deadline: UInt64 = 0
  var stopRequested = false {
    didSet { schedule.isStale = true }
  }
  var isRunning = false
  var isHalted = false
  /// The machine has ended for good.
  var end: MachineStop? {
    didSet { schedule.isStale = true }
  }
  /// Where the run is stopped or looked at (``appoint(at:_:)``).
  var agenda = Agenda()
  /// Who is told of accesses to memory (``watch(_:_:)``).
  var watchers: [Watcher] = []
  var watchersMade: UInt64 = 0
  /// What a write from outside is about to overwrite, if it is watched.
  var bytesBeforeWrite: [UInt8]?
  /// The domain of each page of RAM; nil: nobody has asked (``setDomain(_:ofPages:)``).
  var domains: UnsafeMutablePointer<UInt8>?
  /// The domain of the code that runs; nil before its first instruction, and if nobody has asked.
  public internal(set) var currentDomain: UInt8?
  /// Where time goes, while somebody asks (``startProfile()``).
  var profile: MachineProfile?
  /// What the engine has been told to stop at.
  var stops = EngineStops()
  /// It should stop at something else, but was running when that changed.
  var areStopsStale = false {
    didSet { schedule.isStale = true }
  }
  /// The appointment of ``stop(at:)``.
  var scriptAppointment: AppointmentID?
  /// Its moment has come, and ``run(until:)`` has not said so yet.
  var isAppointmentReached = false
  /// The run is to be held before it goes on.
  var isHoldDue = false {
    didSet { schedule.isStale = true }
  }
  /// Faults that wait for an interrupt (``inject(_:for:_:)``).
  var interruptFaults: [InterruptFault] = []
  /// Is told of each interrupt of the local APIC that the processor is about to take.
  var interruptWitness: ((Machine, UInt8) -> Void)?
  /// What a fault does when the processor has acknowledged the interrupt that it takes.
  var afterAcknowledge: ((Machine) -> Void)?
  let engineMaker: EngineMaker

  /// - Parameters:
  ///   - modules: files that are put into memory beside the image.
  ///   - share: what a 9P device offers.
  ///   - disk: what is on the disk at first; the rest of it is zeros.
  ///   - isWitnessed: false: nobody looks at who acts, whatever the image tells of its gates.
  ///   - engine: makes the CPU, once devices are there.
  public init(
    _ configuration: MachineConfiguration, image: GuestImage, modules: [BootModule] = [], events: EventStream,
    share: Share = Share(), disk: [UInt8] = [], isWitnessed: Bool = true, engine engineMaker: EngineMaker
  ) throws(MachineError) {
    self.configuration = configuration
    self.image = image
    self.events = events
    stream = .passUnretained(events)
    self.engineMaker = engineMaker
    vendorMSRs = configuration.cpu.modelSpecificRegisters.map(\.initial)
    testDevice = configuration.hasTestDevice ? TestDevice() : nil
    randomNumbers = RandomStream(seed: configuration.seed, name: "rdrand")
    do { memory = try GuestMemory(size: configuration.memoryBytes) } catch { throw MachineError("\(error)") }
    try configuration.check()
    slots = configuration.devices.map { makeSlot($0, share: share, disk: disk) }
    let cpu = try makeEngine()
    use(cpu)
    if isWitnessed { startWitness() }
    tellStops()
    localAPIC.connectExternalInterrupts()
    var loader = BootLoader(
      memory: memory, image: image, commandLine: announcedCommandLine, modules: modules,
      acpi: configuration.hasACPI ? acpiTables : nil)
    cpu.state = try loader.load(configuration.bootProtocol, initial: cpu.state)
    if configuration.bootProtocol == .multiboot { FirmwareRemains.start(&pit, &pics) }
  }

  deinit {
    memory.observer = nil
    domains?.deallocate()
  }

  func use(_ engine: any CPUEngine) {
    self.engine = engine
    counter = engine.instructionCounter
    knowsPlaces = engine.capabilities.contains(.watches)
    isRepeatable = engine.capabilities.isSuperset(of: Self.repeatable)
  }

  /// The command line with a word for each virtio device, as Linux reads it, and what of memory these reach.
  private var announcedCommandLine: String {
    let devices = (configuration.hasACPI ? 0..<0 : slots.indices).map { index in
      let base = Platform.virtioBase + UInt64(index) * Platform.virtioSpacing
      return
        "virtio_mmio.device=\(Platform.virtioSpacing)@0x\(String(base, radix: 16)):\(Platform.virtioFirstInput + index)"
    }
    let window = configuration.dmaWindow.map {
      ["dma_window.address=0x\(String($0.address, radix: 16))", "dma_window.bytes=0x\(String($0.bytes, radix: 16))"]
    }
    // By custom, a multiboot kernel's command line begins with the kernel's name.
    let name = configuration.bootProtocol == .multiboot ? ["guest"] : []
    return (name + [configuration.commandLine] + (window ?? []) + devices).filter { !$0.isEmpty }.joined(separator: " ")
  }

  private var acpiTables: ACPITables {
    ACPITables(
      slots: slots.indices.map { index in
        .init(
          base: Platform.virtioBase + UInt64(index) * Platform.virtioSpacing, size: Platform.virtioSpacing,
          input: Platform.virtioFirstInput + index)
      }, serialPort: Platform.serialPort, serialLine: Platform.serialInput, ioapicBase: Platform.ioapicBase)
  }

  /// Virtual time, in cycles since reset.
  public var time: UInt64 { time(at: instructions) }

  /// Virtual time when so many instructions have retired, and nothing else has taken time since now.
  @inline(__always)
  func time(at instruction: UInt64) -> UInt64 {
    configuration.costs.instruction.cycles(for: instruction) &+ extraCycles
  }

  /// Instructions retired since reset.
  public var instructions: UInt64 {
    counter?.retired ?? engine.instructionsRetired
  }

  /// The address of the next instruction.
  var nextPlace: UInt64 { counter?.instructionPointer ?? engine.instructionPointer }

  func setHorizon(_ instruction: UInt64) {
    if let counter {
      counter.setHorizon(instruction)
    } else {
      engine.setHorizon(instruction)
    }
  }

  /// Stops the machine right after what it is doing. For event sinks.
  public func requestStop() {
    stopRequested = true
    if isRunning { setHorizon(instructions) }
  }

  /// A machine that goes on where `snapshot` was taken and shares its memory until either writes: a fork.
  ///
  /// Nothing of it touches the snapshot or other forks. The CPU is made when the fork first runs.
  ///
  /// - Parameters:
  ///   - events: takes the fork's events, which count from the snapshot's moment.
  ///   - engine: makes the CPU, which must be able to take over a state.
  /// - Throws: for a snapshot that no machine can have been in.
  public init(
    forking snapshot: MachineSnapshot, events: EventStream = EventStream(),
    engine engineMaker: EngineMaker
  ) throws(MachineError) {
    self.engineMaker = engineMaker
    configuration = snapshot.state.configuration
    image = snapshot.image
    self.events = events
    stream = .passUnretained(events)
    randomNumbers = RandomStream(counter: 0)
    vendorMSRs = []
    try configuration.check()
    do { memory = try GuestMemory(forking: snapshot.memory) } catch { throw MachineError("\(error)") }
    use(DormantEngine(snapshot.state.cpu, capabilities: engineMaker.capabilities))
    if snapshot.state.witness != nil { startWitness() }
    slots = configuration.devices.map { makeSlot($0, share: Share()) }
    try adopt(snapshot.state)
  }

  /// Types into a console.
  public func type(_ bytes: [UInt8], into console: Console) {
    switch console {
    case .serial:
      emit(.consoleInput(console: console, bytes: bytes))
      uart.receive(bytes)
      update()
    case .virtio:
      device(ConsoleDevice.self)?.input(bytes)
      update()
    }
    if !isRunning { keepAppointments() }
  }

  /// The last virtio device of this type; nil if the machine has none.
  public func device<Device: VirtioDevice>(_ type: Device.Type) -> Device? {
    for slot in slots.reversed() {
      if let device = slot.device as? Device { return device }
    }
    return nil
  }

  public var engineCapabilities: EngineCapabilities { engine.capabilities }
}
