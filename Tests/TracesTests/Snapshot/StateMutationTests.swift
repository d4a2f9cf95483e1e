import Scenarios
import SimCPU
import SimEvents
import SimMachine
import SimMemory
import SimUnicorn
import Testing

@testable import Traces

/// Every field of a machine's state reaches the machine and comes back: changed alone and restored, a snapshot taken
/// anew has just this change. A field that saving or restoring forgot would come back as something else.
@Suite struct StateMutationTests {
  /// What is a consequence of other fields or fixed, so that no other value is possible alone: names, sizes that belong to
  /// one another, padding. The wrap counters are free in packed queues only, which SimVirtio's tests restore.
  private static let dependent = [
    "configuration.memoryBytes", "configuration.bootProtocol", "configuration.devices", "limits.", ".nodes",
    "contentBytes", "nameCount", "nextNode", ".fids", ".fid.node", "messageBytesMax", "queues[0].size",
    "queues[1].size",
    "configuration.cpu", "configuration.hasTestDevice", "availableWrap", "usedWrap", ".isReady", ".uart[1", ".uart[2",
  ]
  /// Fields that are equal in every queue at rest.
  private static let twins = [".nextAvailable": ".nextUsed", ".nextUsed": ".nextAvailable"]

  /// A machine with something in every buffer.
  private static func laden() throws -> MachineSnapshot {
    let machine = try Machine(forking: try RunSnapshot.busy().snapshot.machine, engine: .unicorn)
    machine.type(Array("serial".utf8), into: .serial)
    machine.type(Array("virtio".utf8), into: .virtio)
    var snapshot = try machine.snapshot()
    snapshot.state.traceRecord = Array("record".utf8)
    snapshot.state.isAppointmentReached = true
    snapshot.state.cpu.reportedBreakpoint = 0x10_0000
    return snapshot
  }

  /// A machine with an engine, which goes from one state to the next.
  private static func machine(_ snapshot: MachineSnapshot) throws -> Machine {
    let machine = try Machine(forking: snapshot, engine: .unicorn)
    _ = machine.run(until: machine.time)
    return machine
  }

  private struct Report {
    var changed = 0
    var refused: [String] = []
    var lost: [String] = []
  }

  /// - Parameters:
  ///   - only: the one field to change; nil: each in turn.
  ///   - drop: what a restore that forgets something makes of the state.
  private func check(
    _ base: MachineSnapshot, only: [Int]? = nil, drop: (inout MachineState) -> Void = { _ in }
  ) throws -> Report {
    let tree = try #require(PlainTree(PlainDataEncoder.encode(base.state)))
    let machine = try Self.machine(base)
    var report = Report()
    for path in only.map({ [$0] }) ?? tree.leaves {
      let name = tree.name(of: path)
      var isPossible = false
      for mutation in tree[path].mutations {
        var changed = tree
        changed[path] = mutation
        for (suffix, twin) in Self.twins where name.hasSuffix(suffix) {
          let other = name.dropLast(suffix.count) + twin
          if let place = tree.leaves.first(where: { tree.name(of: $0) == other }) { changed[place] = mutation }
        }
        guard var state = try? PlainDataDecoder.decode(MachineState.self, from: changed.encoded) else { continue }
        drop(&state)
        let snapshot = MachineSnapshot(state: state, memory: base.memory, image: base.image)
        let again: MachineState
        do {
          // Another configuration is another machine.
          if name.hasPrefix(".configuration") {
            again = try Machine(forking: snapshot, engine: .unicorn).snapshot().state
          } else {
            try machine.restore(snapshot)
            again = try machine.snapshot().state
          }
        } catch { continue }
        isPossible = true
        let back = try #require(PlainTree(PlainDataEncoder.encode(again)))
        if back != changed { report.lost.append(name) }
        break
      }
      if isPossible { report.changed += 1 } else { report.refused.append(name) }
    }
    return report
  }

  @Test(.enabled(if: snapshotImagesAreBuilt)) func eachFieldIsSavedAndRestored() throws {
    let report = try check(try Self.laden())
    #expect(report.lost == [])
    #expect(report.changed > 250)
    for name in report.refused where !Self.dependent.contains(where: name.contains) {
      Issue.record("no other value of \(name) is possible alone")
    }
    print("\(report.changed) fields changed, \(report.refused.count) refused: \(report.refused.prefix(20))")
  }

  /// The test above would notice: for each of these, a restore that drops it is a field lost.
  @Test(
    .enabled(if: snapshotImagesAreBuilt),
    arguments: [
      ".extraCycles", ".randomCounter", ".isHalted", ".cpu.cpu.pkru", ".cpu.cpu.pkrs", ".cpu.cpu.segments[5].base",
      ".cpu.cpu.mxcsr",
      ".cpu.cpu.modelSpecific[3]", ".cpu.instructionsRetired", ".uart[4]", ".isAppointmentReached",
      ".cpu.reportedBreakpoint",
      ".localAPIC[16]", ".performanceMonitor[4]", ".performanceMonitor[8]", ".slots[2].interruptStatus",
    ])
  func aDroppedFieldIsFound(name: String) throws {
    let base = try Self.laden()
    let tree = try #require(PlainTree(PlainDataEncoder.encode(base.state)))
    let path = try #require(tree.leaves.first { tree.name(of: $0) == name })
    let report = try check(base, only: path) { state in
      guard let bytes = try? PlainDataEncoder.encode(state), var changed = PlainTree(bytes) else { return }
      guard changed.leaves.contains(path) else { return }
      changed[path] = tree[path]
      if let dropped = try? PlainDataDecoder.decode(MachineState.self, from: changed.encoded) { state = dropped }
    }
    #expect(report.lost == [name])
  }

  @Test(.enabled(if: snapshotImagesAreBuilt)) func eachPageOfMemoryIsSavedAndRestored() throws {
    let (inputs, snapshot) = try RunSnapshot.busy()
    var pages: [(index: UInt64, bytes: [UInt8])] = []
    snapshot.machine.memory.forEachPage { pages.append((UInt64($0), [UInt8]($1))) }
    let machine = try Self.machine(snapshot.machine)
    for index in pages.indices {
      var changed = pages
      changed[index].bytes[index * 37 % 4096] ^= 0x40
      var other = snapshot
      other.machine = MachineSnapshot(
        state: snapshot.machine.state, memory: try MemorySnapshot(size: snapshot.machine.memory.size, pages: changed),
        image: inputs.image)
      try machine.restore(other.machine)
      let again = try machine.snapshot()
      #expect(again.memory.pagesDiffering(from: snapshot.machine.memory) == [Int(pages[index].index)])
      if index % 16 == 0 {
        let read = try other.throughAFile(inputs).snapshot
        #expect(read.machine.memory.pagesDiffering(from: other.machine.memory) == [])
      }
    }
    print("\(pages.count) pages changed")
  }

  /// What classes remember: each property is in the state, or follows from it, or belongs to the host. Whoever adds one
  /// decides here.
  @Test(.enabled(if: snapshotImagesAreBuilt)) func noPropertyIsForgotten() throws {
    let machine = try Self.machine(try RunSnapshot.busy().snapshot.machine)
    func properties(_ value: Any) -> Set<String> { Set(Mirror(reflecting: value).children.compactMap(\.label)) }
    func child(_ value: Any, _ name: String) -> Any? {
      Mirror(reflecting: value).children.first { $0.label == name }?.value
    }
    #expect(
      properties(machine) == [
        // In the state, or in its memory.
        "configuration", "memory", "engine", "localAPIC", "ioapic", "uart", "slots", "randomNumbers", "traceRecord",
        "extraCycles", "stopRequested", "isHalted", "end", "isAppointmentReached", "image", "pit", "pics", "rtc",
        "systemControl",
        "isNonMaskableInterruptPending", "miscellaneousEnable", "vendorMSRs", "performanceMonitor", "testDevice",
        "traceRecordActor",
        "witness",
        // Of a call of run, of the host, or of whoever looks on.
        "deadline", "isRunning", "events", "stream", "lentWitness", "agenda", "watchers", "watchersMade",
        "bytesBeforeWrite", "domains", "currentDomain", "stops", "areStopsStale", "scriptAppointment", "isHoldDue",
        "engineMaker", "interruptFaults", "interruptWitness", "afterAcknowledge", "profile",
        // Follow from the others.
        "isRepeatable", "slotLineChanged", "counter", "schedule", "knowsPlaces",
      ])
    #expect(
      properties(try #require(child(machine, "engine").flatMap { Mirror(reflecting: $0).children.first?.value ?? $0 }))
        .isSuperset(of: ["environment", "memory", "cpuid", "seams", "seenHarvest"]))
    #expect(properties(CPUState.self as Any).isEmpty)
    let slots = try #require(child(machine, "slots") as? [Any])
    let expected: [String: Set<String>] = [
      "ConsoleDevice": ["name", "deviceID", "features", "queueSizes", "chainBytesMax", "port", "report", "current"],
      "NinePDevice": ["name", "deviceID", "features", "queueSizes", "chainBytesMax", "port", "mountTag", "server"],
      "EntropyDevice": [
        "name", "deviceID", "features", "queueSizes", "chainBytesMax", "configuration", "port", "stream", "current",
      ],
    ]
    for slot in slots {
      #expect(
        properties(slot) == [
          "device", "memory", "dmaWindow", "offeredFeatures", "report", "queueSizesMax", "onInterruptChange",
          // In the state.
          "status", "driverFeatures", "deviceFeaturesSelect", "driverFeaturesSelect", "queueSelect", "configGeneration",
          "idle", "active", "interruptStatus",
          // Of whoever breaks something here.
          "faults", "isDisturbed",
        ])
      let device = try #require(child(slot, "device"))
      #expect(properties(device) == expected["\(type(of: device))"])
    }
    #expect(slots.count == 3)
  }
}
