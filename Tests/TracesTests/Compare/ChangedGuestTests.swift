import Foundation
import GuestOS
import Scenarios
import SimEvents
import Testing

@testable import Traces

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
private let products = BuildProducts(folder: root.appending(path: ".build"))

/// Whether the guest's images are there; `swift test` alone does not build them, ./test does.
private let imagesAreBuilt: Bool = {
  if FileManager.default.fileExists(atPath: products.images.appending(path: "uio-ushellmpk.elf").path) { return true }
  print("no guest is changed: the guest's images have not been built (./test does it)")
  return false
}()

private func inputs(_ name: String) throws -> RunInputs {
  try RunInputs(
    ScenarioFile(path: root.appending(path: "scenarios/\(name).json").path), products: products, seed: nil)
}

private func recorded(_ inputs: RunInputs, name: String) throws -> ComparedTrace {
  let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).trace").path
  defer { try? FileManager.default.removeItem(atPath: path) }
  _ = try recordTrace(of: inputs, isThin: false, to: path)
  let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  return try ComparedTrace(TraceReader(bytes: bytes), name: name, images: ImageStore([]))
}

/// The inputs with one constant in the code of a function changed.
private func changed(_ inputs: RunInputs, in symbol: String, _ old: UInt32, to new: UInt32) throws -> RunInputs {
  let function = try #require(inputs.image.symbols.first { readableName($0.name) == symbol })
  func bytes(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
  var image = inputs.image.bytes
  let segment = try #require(inputs.image.segments.first { function.address &- $0.virtualAddress < $0.memorySize })
  let start = segment.bytes.startIndex + Int(function.address - segment.virtualAddress)
  let places = (start..<start + Int(function.size) - 4).filter { Array(image[$0..<$0 + 4]) == bytes(old) }
  #expect(places.count == 1, "the constant stands once in \(symbol)")
  image.replaceSubrange(try #require(places.first)..<places[0] + 4, with: bytes(new))
  var changed = inputs
  changed.image = try GuestImage(image)
  return changed
}

/// The application's function that waits a second, in nanoseconds.
private let application = "CountApplication.run"
private let second: UInt32 = 1_000_000_000

@Test(.enabled(if: imagesAreBuilt)) func aChangedConstantIsFoundAtItsEventAndItsInstruction() throws {
  let inputs = try inputs("rogue-write")
  let old = try recorded(inputs, name: "old")
  let new = try recorded(try changed(inputs, in: application, second, to: 400_000_000), name: "new")
  let comparison = try TraceComparison(old, new)
  #expect(comparison.closeness == .aligned && comparison.inputs.map(\.what) == ["image"])

  // The application wakes earlier: the same events at other times, until the order changes.
  let shift = try #require(comparison.shift?.pair)
  #expect(shift.old?.number == shift.new?.number && shift.old?.event.payload.kind == .mmioAccess)
  let first = try #require(comparison.first)
  #expect(try #require(first.pair.old?.number) > #require(shift.old?.number) && first.before.count == 10)

  let rerun = comparison.rerun()
  #expect(rerun.notes == [] && rerun.old != nil && rerun.new != nil)
  let instruction = try #require(rerun.instruction)
  #expect(old.symbols.name(of: instruction.pointer, at: 0)?.contains(application) == true)
  #expect(instruction.registers.contains { $0.old &- $0.new == 600_000_000 })
  let text = comparison.text(rerun)
  print(text)
  for part in ["image: ", "first difference", "A was at", "called from", "first different instruction", application] {
    #expect(text.contains(part), "\(part)")
  }
}

@Test(.enabled(if: imagesAreBuilt)) func anEventWithoutAnAddressIsFoundInItsFunctionAndItsCallers() throws {
  let old = try recorded(try inputs("rogue-write"), name: "old")
  let new = try recorded(try inputs("rogue-write-unprotected"), name: "new")
  let console = try EventSelection(projected: ["console"], ignored: [])
  let comparison = try TraceComparison(old, new, selection: console)
  #expect(comparison.first?.pair.old?.event.payload.kind == .consoleOutput)
  let rerun = comparison.rerun()
  let names = ([rerun.old?.pointer].compactMap { $0 } + (rerun.old?.callers ?? [])).map {
    old.symbols.name(of: $0, at: 0)
  }
  #expect(names.count > 1 && !names.contains(nil))
  #expect(rerun.instruction == nil)
}

@Test(.enabled(if: imagesAreBuilt)) func aTraceThatRunsDifferentlyNowIsSaidToDoSo() throws {
  let inputs = try inputs("hello")
  let real = try recorded(inputs, name: "real")
  var bytes: [UInt8] = []
  let writer = TraceWriter(real.trace.header, contents: TraceHeader.contents(inputs).map(\.bytes)) { bytes += $0 }
  for (number, event) in try events(of: real.trace).enumerated() {
    var event = event
    if number == 50 { event.payload = .debugExit(value: 1) }
    writer.record(event)
  }
  writer.finish()
  let forged = try ComparedTrace(TraceReader(bytes: bytes), name: "forged", images: ImageStore([]))
  let comparison = try TraceComparison(real, forged)
  #expect(comparison.closeness == .exact && comparison.first?.pair.old?.number == 50)
  #expect(comparison.rerun().notes.first?.contains("sim replay") == true)
}

@Test(.enabled(if: imagesAreBuilt)) func variantsOfTheGuestAlignBySymbol() throws {
  var inputs = try inputs("boot")
  let old = try recorded(inputs, name: "mpk")
  let other = try Data(contentsOf: products.images.appending(path: "uio-ushell.elf"))
  inputs.image = try GuestImage([UInt8](other))
  let new = try recorded(inputs, name: "plain")
  let comparison = try TraceComparison(
    old, new, selection: EventSelection(projected: [], ignored: ["registers", "keys"]))
  // The first line names the variant; before, the same code wrote to the same registers from other addresses.
  #expect(comparison.first?.pair.old?.event.payload.kind == .consoleOutput && comparison.equalCount > 5)
}
