import Testing

@testable import Scenarios

/// The problems of a scenario with one fault, each as `PATH: problem; remedy` without the path of the fault.
private func problems(when: String = #"{"instruction": 1}"#, what: String) -> [String] {
  let text = """
    {"machine": {"devices": ["console", "9p", "rng", "block"]}, "faults": [{"when": \(when), "what": \(what)}]}
    """
  do {
    _ = try Scenario.read(Array(text.utf8), file: "x.json")
    return []
  } catch {
    return error.problems.map { "\($0.path.replacing("$.faults[0].", with: "")): \($0.problem); \($0.remedy)" }
  }
}

@Suite struct BadFaultTests {
  @Test(
    arguments: [
      (#"{}"#, "when: says nothing; give exactly one of start, instruction, time"),
      (#"{"start": true, "time": "1ms"}"#, "when: says several things"),
      (#"{"start": false}"#, "when.start: is false"),
      (#"{"instruction": -1}"#, "when.instruction: is no whole number"),
      (#"{"time": "1 ms"}"#, "when.time: is no time"),
      (#"{"time": "1ms", "nth": 2}"#, "when.nth: means nothing beside \"time\""),
      (#"{"symbol": 7}"#, "when.symbol: is a number"),
      (#"{"symbol": "a", "nth": 0}"#, "when.nth: 0 is out of range"),
      (#"{"address": "x"}"#, "when.address: is no whole number"),
      (#"{"event": {"kind": "exeption"}}"#, "did you mean \"exception\"?"),
      (#"{"event": {"kind": "exception", "where": {"vektor": 1}}}"#, "exception has no field \"vektor\""),
      (#"{"access": {"symbol": "a"}}"#, "when.access: key \"access\" is missing"),
      (#"{"access": {"symbol": "a", "access": "look"}}"#, "\"look\" is no access"),
      (#"{"access": {"access": "read"}}"#, "when.access: says nothing; give exactly one of symbol, address, physical"),
      (#"{"access": {"symbol": "a", "access": "read", "count": 0}}"#, "when.access.count: 0 is out of range"),
      (#"{"enter": "extention"}"#, "\"extention\" is no actor; did you mean \"extension\"?"),
      (#"{"leave": "application"}"#, "the application's code is the unikernel's"),
      (#"{"instruction": 1, "while": "application"}"#, "write unikernel"),
      (#"{"instruction": 1, "while": "nobody"}"#, "\"nobody\" is no actor"),
      (#"{"instruktion": 1}"#, "unknown key \"instruktion\"; did you mean \"instruction\"?"),
    ])
  func aMomentThatIsNoneIsExplained(when: String, said: String) {
    let found = problems(when: when, what: #"{"nmi": {}}"#)
    #expect(found.contains { $0.contains(said) }, "\(found)")
  }

  @Test(
    arguments: [
      (#"{}"#, "what: says nothing; give exactly one of register, pkru"),
      (#"{"nmi": {}, "clock": {"jump": "1s"}}"#, "what: says several things"),
      (#"{"regster": {}}"#, "did you mean \"register\"?"),
      (#"{"register": {"set": 0}}"#, "key \"name\" is missing"),
      (#"{"register": {"name": "rax"}}"#, "what.register: says nothing; give exactly one of set, flip, bit"),
      (#"{"register": {"name": "rax", "set": 0, "bit": 1}}"#, "says several things"),
      (#"{"register": {"name": "cs", "set": 0}}"#, "\"cs\" is no register"),
      (#"{"register": {"name": "rax", "bit": 64}}"#, "64 is out of range"),
      (#"{"register": {"name": "rflags", "bit": 1}}"#, "bit 1 of rflags does not exist or never changes"),
      (#"{"register": {"name": "rflags", "set": "0x8000"}}"#, "has bits that rflags has not"),
      (#"{"register": {"name": "rax", "flip": 0}}"#, "inverts nothing"),
      (#"{"register": {"name": "rax", "flip": 1, "pattern": "byte"}}"#, "belongs to \"bit\""),
      (#"{"register": {"name": "rax", "bit": 1, "pattern": "all"}}"#, "\"all\" is no pattern"),
      (#"{"register": {"name": "rax", "bit": 1, "for": 0}}"#, "what.register.for: 0 is out of range"),
      (#"{"pkru": {"set": 4294967296}}"#, "has bits that pkru has not; stay inside 0xffffffff"),
      (#"{"memory": {"bytes": "00"}}"#, "give exactly one of symbol, address, physical"),
      (#"{"memory": {"symbol": "a"}}"#, "give exactly one of bytes, flip, bit"),
      (#"{"memory": {"symbol": "a", "bytes": "0"}}"#, "is no list of bytes"),
      (#"{"memory": {"address": "0xffffffffffffffff", "bytes": "00"}}"#, "is out of range"),
      (#"{"memory": {"symbol": "a", "bit": 32768}}"#, "32768 is out of range"),
      (#"{"code": {"offset": 15, "bit": 0}}"#, "15 is out of range"),
      (#"{"pageTable": {"symbol": "a", "level": 5, "key": 1}}"#, "5 is out of range"),
      (#"{"pageTable": {"physical": 1, "key": 1}}"#, "unknown key \"physical\""),
      (#"{"pageTable": {"symbol": "a", "toggle": ["writeable"]}}"#, "is no bit of an entry; name some of present"),
      (#"{"pageTable": {"symbol": "a", "toggle": []}}"#, "inverts nothing"),
      (#"{"pageTable": {"symbol": "a", "flip": 0}}"#, "0 is out of range"),
      (#"{"key": {"symbol": "a", "key": 16}}"#, "16 is out of range"),
      (#"{"tlb": {"symbol": "a"}}"#, "give exactly one of lose, keep, toggle, key, frame"),
      (#"{"tlb": {"symbol": "a", "keep": true}}"#, "say for how many instructions"),
      (#"{"tlb": {"symbol": "a", "lose": false}}"#, "is false"),
      (#"{"tlb": {"symbol": "a", "holds": "stack", "lose": true}}"#, "\"stack\" is no kind of entry"),
      (#"{"instruction": {"do": "jump"}}"#, "\"jump\" is no change of an instruction"),
      (#"{"instruction": {"do": "skip", "bytes": "90"}}"#, "belong to \"replace\" and only to it"),
      (#"{"instruction": {"do": "replace"}}"#, "belong to \"replace\" and only to it"),
      (
        #"{"instruction": {"do": "replace", "bytes": "90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90"}}"#,
        "give 1 to 15 bytes"
      ),
      (#"{"return": {}}"#, "key \"value\" is missing"),
      (#"{"interrupt": {"vector": 31, "fate": "drop"}}"#, "31 is out of range"),
      (#"{"interrupt": {"vector": 32, "fate": "loose"}}"#, "\"loose\" is no fate"),
      (#"{"interrupt": {"vector": 32, "fate": "drop", "delay": "1s"}}"#, "belongs to the fate \"delay\""),
      (#"{"nmi": {"vector": 2}}"#, "unknown key \"vector\""),
      (#"{"clock": {"jump": 5}}"#, "what.clock.jump: is no time"),
      (#"{"descriptor": {"device": "gpu", "queue": 0, "field": "next", "set": 0}}"#, "\"gpu\" is no device"),
      (#"{"descriptor": {"device": "9p", "queue": 0, "field": "size", "set": 0}}"#, "\"size\" is no field"),
      (#"{"descriptor": {"device": "9p", "queue": 0, "field": "flags", "set": 65536}}"#, "65536 is out of range"),
      (#"{"descriptor": {"device": "9p", "queue": 0, "field": "flags", "flip": 0}}"#, "0 is out of range"),
      (#"{"descriptor": {"device": "9p", "queue": 70000, "field": "flags", "set": 0}}"#, "70000 is out of range"),
      (#"{"descriptor": {"device": "9p", "queue": 0, "field": "flags", "set": 0, "times": 0}}"#, "0 is out of range"),
      (#"{"usedEntry": {"device": "9p", "queue": 0, "set": 0}}"#, "belongs to \"set\" and \"flip\""),
      (
        #"{"usedEntry": {"device": "9p", "queue": 0, "field": "id", "fate": "drop"}}"#,
        "belongs to \"set\" and \"flip\""
      ),
      (#"{"usedEntry": {"device": "9p", "queue": 0, "fate": "delay"}}"#, "belongs to the fate \"delay\""),
      (#"{"usedEntry": {"device": "9p", "queue": 0, "field": "id", "set": 65536}}"#, "65536 is out of range"),
      (#"{"ringIndex": {"device": "9p", "queue": 0, "ring": "both", "set": 0}}"#, "\"both\" is no ring"),
      (#"{"deviceStatus": {"device": "9p", "set": 256}}"#, "256 is out of range"),
      (#"{"configuration": {"device": "9p"}}"#, "give exactly one of bytes, flip, bit"),
      (
        #"{"ninePRequest": {"message": "Rread", "fate": "drop"}}"#,
        "\"Rread\" is no request of 9P2000.L; did you mean \"Tread\"?"
      ),
      (#"{"ninePRequest": {"message": "Tlerror", "fate": "drop"}}"#, "is no request of 9P2000.L"),
      (
        #"{"ninePReply": {"message": "Read", "truncateTo": 1}}"#,
        "\"Read\" is no reply of 9P2000.L; did you mean \"Rread\"?"
      ),
      (#"{"ninePReply": {"message": "Rread"}}"#, "give exactly one of truncateTo, bytes, flip, bit, fate"),
      (#"{"ninePReply": {"message": "Rread", "truncateTo": 1, "offset": 1}}"#, "means nothing beside \"truncateTo\""),
      (#"{"ninePReply": {"message": "Rread", "fate": "lose"}}"#, "\"lose\" is no fate"),
      (#"{"ninePReply": {"message": "Rread", "bit": 1, "delay": "1s"}}"#, "belongs to the fate \"delay\""),
      (#"{"sectors": {"sector": 1, "fail": true}}"#, "key \"access\" is missing"),
      (#"{"sectors": {"access": "read", "fail": false}}"#, "is false"),
      (#"{"sectors": {"access": "read", "fail": true, "offset": 1}}"#, "means nothing beside \"fail\""),
      (#"{"sectors": {"access": "read", "fail": true, "count": 0}}"#, "0 is out of range"),
      (#"{"shareError": {"error": "ful"}}"#, "did you mean \"full\"?"),
      (#"{"randomBytes": {}}"#, "give exactly one of bytes, flip, bit"),
      (#"{"file": {"name": "a", "truncateTo": 1}}"#, "write {\"start\": true}"),
    ])
  func aFaultThatIsNoneIsExplained(what: String, said: String) {
    let found = problems(what: what)
    #expect(found.contains { $0.contains(said) }, "\(found)")
  }

  @Test func aDeviceThatTheMachineHasNotIsExplained() {
    let text = #"""
      {"machine": {"devices": ["console"]},
       "faults": [{"when": {"start": true}, "what": {"randomBytes": {"bit": 0}}}]}
      """#
    #expect {
      try Scenario.read(Array(text.utf8), file: "x.json")
    } throws: { "\($0)".contains("the machine has no device \"rng\"") }
  }

  /// What is right is read as what it says.
  @Test func aFaultIsWhatItSays() throws {
    func fault(_ what: String) throws -> Fault {
      try #require(
        Scenario.read(
          Array(
            #"{"machine": {"devices": ["9p", "block"]}, "faults": [{"when": {"start": true}, "what": \#(what)}]}"#.utf8),
          file: "x.json"
        ).faults.first)
    }
    let sectors = try fault(#"{"sectors": {"access": "write", "fail": true, "times": 3}}"#)
    guard case .device(let broken, nil) = sectors.what, case .sectors(let range, true, .failed) = broken.change else {
      Issue.record("\(sectors)")
      return
    }
    #expect(range.lowerBound == 0 && range.upperBound > 1 << 39 && broken.times == 3 && broken.device == "block")
    let delayed = try fault(#"{"ninePReply": {"message": "Rread", "fate": "delay", "delay": "2us"}}"#)
    #expect(
      delayed.effect(hertz: 2_000_000_000, address: { _ in 0 }).map { "\($0)" }?.contains("delayed(4000)") == true)
    let bits = try fault(#"{"register": {"name": "pkru", "bit": 30, "pattern": "adjacent4", "for": 7}}"#)
    #expect(bits.effect(hertz: 1, address: { _ in 0 }) == .register("pkru", .flip(0xc000_0000)) && bits.duration == 7)
    let memory = try fault(#"{"memory": {"symbol": "a", "offset": 2, "bit": 13, "pattern": "byte"}}"#)
    #expect(memory.effect(hertz: 1, address: { _ in 100 }) == .memory(address: 103, .flip([0xff])))
  }
}
