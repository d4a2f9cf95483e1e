import Engines
import Foundation
import Scenarios
import SimCPU
import SimEvents
import SimMachine
import SimUnicorn
import Testing

@testable import Traces

/// Hands everything on to a machine, but lets the host's clock into one answer.
private final class LeakyEnvironment: CPUEnvironment {
  private unowned let machine: any CPUEnvironment
  private let leak: Leak

  init(_ machine: any CPUEnvironment, _ leak: Leak) { (self.machine, self.leak) = (machine, leak) }

  private var hostTime: UInt64 { DispatchTime.now().uptimeNanoseconds }

  func timestampCounter() -> UInt64 { machine.timestampCounter() &+ (leak == .timestamp ? hostTime & 0xfff : 0) }
  func randomNumber() -> UInt64 { machine.randomNumber() }
  func deviceRead(_ address: UInt64, size: Int) -> UInt64 {
    let value = machine.deviceRead(address, size: size)
    return leak == .timer && address == 0xfee0_0390 ? value ^ hostTime & 1 : value
  }
  func deviceWrite(_ address: UInt64, size: Int, value: UInt64) {
    machine.deviceWrite(address, size: size, value: value)
  }
  func portRead(_ port: UInt16, size: Int) -> UInt32 { machine.portRead(port, size: size) }
  func portWrite(_ port: UInt16, size: Int, value: UInt32) { machine.portWrite(port, size: size, value: value) }
  func observe(_ event: EventPayload) { machine.observe(event) }
  func executed(_ instruction: TimedInstruction) { machine.executed(instruction) }
  func readMSR(_ index: UInt32) -> UInt64? { machine.readMSR(index) }
  func writeMSR(_ index: UInt32, _ value: UInt64) -> Bool { machine.writeMSR(index, value) }
  func breakpointReached(_ address: UInt64) -> Bool { machine.breakpointReached(address) }
  var taskPriority: UInt64 {
    get { machine.taskPriority }
    set { machine.taskPriority = newValue }
  }
}

/// Where the host's clock gets in.
private enum Leak: CaseIterable {
  case none, timestamp, timer
}

/// Keeps what an engine does not keep alive.
private final class Keeper: @unchecked Sendable {
  var environments: [LeakyEnvironment] = []
}

private func recorded(_ leak: Leak) throws -> [UInt8] {
  let scenario = root.appending(path: "scenarios/set-count.json").path
  let inputs = try RunInputs(ScenarioFile(path: scenario), products: BuildProducts(folder: build), seed: nil)
  let keeper = Keeper()
  let leaky = EngineMaker(capabilities: EngineMaker.unicorn.capabilities) {
    memory, machine, cpuid throws(EngineUnavailable) in
    let environment = LeakyEnvironment(machine, leak)
    keeper.environments.append(environment)
    return try EngineMaker.unicorn.make(memory, environment, cpuid)
  }
  let maker = SimulatedMachineMaker(engine: .unicorn, leaky)
  var bytes: [UInt8] = []
  let writer = TraceWriter(TraceHeader(inputs, isThin: false), contents: TraceHeader.contents(inputs).map(\.bytes)) {
    bytes += $0
  }
  _ = try ScenarioRun(inputs, on: maker).run(observers: [writer])
  writer.finish()
  return bytes
}

@Suite(.enabled(if: canRun)) struct HostTimeCanaryTests {
  @Test func theWrapperItselfChangesNothing() throws {
    #expect(difference(between: try recorded(.none), and: try recorded(.none)) == nil)
  }

  @Test(arguments: [Leak.timestamp, .timer])
  fileprivate func theHostsTimeInOneAnswerIsCaught(leak: Leak) throws {
    let (first, second) = (try recorded(leak), try recorded(leak))
    let caught = try #require(difference(between: first, and: second))
    #expect(caught.contains("first difference"))
    print("leak through the \(leak): \(caught.split(separator: "\n").first { $0.hasPrefix("first") } ?? "")")
  }
}
