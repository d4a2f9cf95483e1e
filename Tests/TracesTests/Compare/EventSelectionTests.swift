import SimEvents
import Testing

@testable import Traces

@Test func everythingIsLookedAtUnlessSomethingIsChosen() throws {
  for event in sampleEvents(8) { #expect(EventSelection().fields(of: event.payload) == .all) }
}

@Test func aGroupIsItsKinds() throws {
  let console = try EventSelection(projected: ["console"], ignored: [])
  #expect(console.fields(of: .consoleInput(console: .serial, bytes: [])) == .all)
  #expect(console.fields(of: .pkruWrite(old: 0, new: 0, instructionPointer: 0)) == .none)
}

@Test func theRecordsOfTheGuestAreToldApartByName() throws {
  let loader = try EventSelection(projected: ["loader"], ignored: [])
  #expect(loader.fields(of: .guest(name: "loader", detail: "")) == .all)
  #expect(loader.fields(of: .guest(name: "thread", detail: "")) == .none)
  let rest = try EventSelection(projected: ["guest"], ignored: ["loader"])
  #expect(rest.fields(of: .guest(name: "loader", detail: "")) == .none)
  #expect(rest.fields(of: .guest(name: "thread", detail: "")) == .all)
}

@Test func aDigestIsOfMemoryOrOfRegisters() throws {
  let sync = EventPayload.sync(cpu: 1, memory: 2)
  #expect(try EventSelection(projected: ["memory"], ignored: []).fields(of: sync) == .only(["memory"]))
  #expect(try EventSelection(projected: [], ignored: ["memory"]).fields(of: sync) == .only(["cpu"]))
  #expect(try EventSelection(projected: [], ignored: ["memory", "registers"]).fields(of: sync) == .none)
  #expect(try EventSelection(projected: ["memory", "sync"], ignored: []).fields(of: sync) == .all)
}

@Test func aNameThatDoesNotExistIsRefusedWithTheNearest() {
  for (name, nearest) in [("consol", "console"), ("pkruwrite", "pkruWrite"), ("interupts", "interrupts")] {
    #expect { try EventSelection(projected: [name], ignored: []) } throws: {
      "\($0)".contains("did you mean \"\(nearest)\"")
    }
  }
  #expect { try EventSelection(projected: [], ignored: [""]) } throws: { "\($0)".contains("console") }
}

@Test func aChoiceOfNothingIsRefused() throws {
  for (projected, ignored) in [
    (["console"], ["consoleInput", "consoleOutput"]), (["pkruWrite"], ["keys"]), (["loader"], ["guest"]),
    (["loader"], ["loader"]), (["memory"], ["sync"]), (["memory"], ["memory"]),
  ] {
    #expect(throws: SelectionError.self) { try EventSelection(projected: projected, ignored: ignored) }
  }
  _ = try EventSelection(projected: ["guest"], ignored: ["loader"])
  _ = try EventSelection(projected: ["sync"], ignored: ["memory"])
  _ = try EventSelection(projected: ["console"], ignored: ["consoleInput"])
}

@Test func everyGroupDescribesItself() {
  for group in EventGroup.allCases { #expect(!group.summary.isEmpty && group.summary.first != " ") }
  #expect(EventGroup.memory.summary == "sync.memory" && EventGroup.threads.summary == "guest[thread]")
}
