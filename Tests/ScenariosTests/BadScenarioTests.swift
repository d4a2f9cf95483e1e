import Testing

@testable import Scenarios

/// The problems of a scenario's text, each as `PATH: problem; remedy`.
private func problems(_ text: String) -> [String] {
  do {
    _ = try Scenario.read(Array(text.utf8), file: "x.json")
    return []
  } catch {
    return error.problems.map { "\($0.path): \($0.problem); \($0.remedy)" }
  }
}

private func requests(_ member: String) -> String {
  "{\"guest\": {\"application\": \"requests\", \"requests\": {\(member)}}}"
}

/// A part of a scenario that is wrong, and a part of what must be said about it.
private let badScenarios: [(text: String, said: String)] = [
  ("[]", "$: is a list; write an object"),
  ("{\"machin\": {}}", "$: unknown key \"machin\"; did you mean \"machine\"?"),
  ("{\"machine\": {\"memory\": 64}}", "$.machine: unknown key \"memory\"; did you mean \"memoryMiB\"?"),
  (
    "{\"faults\": [{\"when\": {\"start\": true}, \"what\": {\"shareError\": {\"error\": \"zzzzzzzz\"}}}]}",
    "is no error of a share; known errors of a share: full, read"
  ),
  ("{\"zzzzzzzz\": 1}", "$: unknown key \"zzzzzzzz\"; known keys: $schema, name"),
  ("{\"machine\": []}", "$.machine: is a list; write an object with keys memoryMiB"),
  (
    "{\"machine\": {\"memoryMiB\": \"lots\"}}",
    "$.machine.memoryMiB: is no whole number from 0 to 2^64-1; give 8 to 3072 MiB"
  ),
  ("{\"machine\": {\"memoryMiB\": 7}}", "$.machine.memoryMiB: 7 is out of range; give 8 to 3072 MiB"),
  ("{\"machine\": {\"memoryMiB\": 1e30}}", "is no whole number"),
  ("{\"machine\": {\"memoryMiB\": -1}}", "is no whole number"),
  ("{\"machine\": {\"clockMHz\": 0}}", "$.machine.clockMHz: 0 is out of range"),
  (
    "{\"machine\": {\"devices\": [\"consol\"]}}",
    "$.machine.devices[0]: \"consol\" is no device; did you mean \"console\"?"
  ),
  ("{\"machine\": {\"devices\": [\"gpu\"]}}", "$.machine.devices[0]: \"gpu\" is no device; known devices: "),
  ("{\"machine\": {\"devices\": [\"rng\", \"rng\"]}}", "is there twice"),
  ("{\"machine\": {\"queueSizes\": {\"9p\": 100}}}", "100 is no power of two"),
  ("{\"machine\": {\"queueSizes\": {\"block\": 128}}}", "is not among the devices"),
  ("{\"machine\": {\"devices\": [\"block\"], \"queueSizes\": {\"block\": 2}}}", "2 is out of range"),
  ("{\"machine\": {\"queueSizes\": {\"9p\": 2048}}}", "2048 is out of range"),
  ("{\"machine\": {\"eventIndex\": 1}}", "$.machine.eventIndex: is a number; write true, false, or an object"),
  ("{\"machine\": {\"eventIndex\": {\"9q\": true}}}", "unknown key \"9q\""),
  ("{\"machine\": {\"eventIndex\": {\"9p\": 0}}}", "$.machine.eventIndex.9p: is a number"),
  ("{\"machine\": {\"eventIndex\": {\"block\": false}}}", "\"block\" is not among the devices"),
  ("{\"machine\": {\"dmaWindow\": {}}}", "$.machine.dmaWindow: key \"address\" is missing"),
  ("{\"machine\": {\"dmaWindow\": {\"address\": 0, \"sizeKiB\": 2}}}", "2 is out of range; give 4 to 65536 KiB"),
  ("{\"machine\": {\"dmaWindow\": {\"address\": 1, \"sizeKiB\": 4}}}", "does not begin and end with a page"),
  ("{\"machine\": {\"dmaWindow\": {\"address\": \"0x4000000\", \"sizeKiB\": 4}}}", "67108864 is out of range"),
  ("{\"machine\": {\"dmaWindow\": {\"address\": \"0x3fff000\", \"sizeKiB\": 8}}}", "does not end in memory"),
  ("{\"guest\": {\"msize\": 4095}}", "$.guest.msize: 4095 is out of range; give 4096 to 262144 bytes"),
  ("{\"guest\": {\"variant\": \"noshell\", \"msize\": 8192}}", "has no overlay, which this is about"),
  ("{\"guest\": {\"tick\": 4}}", "$.guest.tick: is no time"),
  ("{\"guest\": {\"tick\": \"21ms\"}}", "$.guest.tick: 21ms is out of range; give 100us to 20ms, in whole micro"),
  ("{\"guest\": {\"tick\": \"100001ns\"}}", "in whole microseconds"),
  ("{\"guest\": {\"commandLine\": \"uio.msize=8192\"}}", "use $.guest.msize instead"),
  ("{\"guest\": {\"commandLine\": \"uio.tick-us=500\"}}", "use $.guest.tick instead"),
  ("{\"share\": {\"msize\": 524289}}", "$.share.msize: 524289 is out of range; give 4096 to 524288 bytes"),
  ("{\"machine\": {\"disk\": {\"readOnly\": true}}}", "no block device for it"),
  ("{\"machine\": {\"devices\": [\"block\"], \"disk\": {\"sizeKiB\": 0}}}", "0 is out of range"),
  ("{\"machine\": {\"devices\": [\"block\"], \"disk\": {\"file\": \"/etc/passwd\"}}}", "absolute"),
  ("{\"machine\": {\"cpu\": \"intell\"}}", "\"intell\" is no CPU vendor; did you mean \"intel\"?"),
  (
    "{\"machine\": {\"startTime\": \"yesterday\"}}", "is no moment since 1970; write it in UTC, such as \"2026-01-01T00"
  ),
  ("{\"machine\": {\"startTime\": \"2026-02-30T00:00:00Z\"}}", "is no moment since 1970"),
  ("{\"machine\": {\"startTime\": \"1969-12-31T23:59:59Z\"}}", "is no moment since 1970"),
  ("{\"machine\": {\"acpi\": 1}}", "$.machine.acpi: is a number"),
  ("{\"machine\": {\"bootProtocol\": \"multiboot\"}}", "have no multiboot header"),
  ("{\"guest\": {\"initrd\": \"a\"}}", "takes no initial RAM disk and no modules"),
  ("{\"guest\": {\"image\": \"a\", \"initrd\": \"/a\"}}", "is an absolute path"),
  ("{\"guest\": {\"image\": \"a\", \"modules\": [{}]}}", "$.guest.modules[0]: key \"file\" is missing"),
  ("{\"guest\": {\"image\": \"a\", \"modules\": [{\"file\": \"/a\"}]}}", "$.guest.modules[0].file: \"/a\" is an"),
  (
    "{\"guest\": {\"image\": \"a\", \"modules\": [{\"file\": \"a\", \"commandLine\": \"\\u0007\"}]}}",
    "is no command line"
  ),
  (
    "{\"machine\": {\"bootProtocol\": \"linux64\"}, \"guest\": {\"image\": \"a\", \"modules\": [{\"file\": \"a\"}]}}",
    "the boot protocol linux64 has no modules; use \"initrd\""
  ),
  ("{\"guest\": {\"variant\": \"ushel\"}}", "$.guest.variant: \"ushel\" is no variant; did you mean \"ushell\"?"),
  ("{\"guest\": {\"variant\": \"ushell\", \"image\": \"a.elf\"}}", "both name the guest"),
  ("{\"guest\": {\"design\": \"ebpf\"}}", "the variant \"ushellmpk\" does not have the design \"ebpf\""),
  ("{\"guest\": {\"bpf\": \"jit\"}}", "does not execute BPF programs"),
  ("{\"guest\": {\"bpf\": \"fast\"}}", "\"fast\" is no BPF engine; known BPF engines: "),
  ("{\"guest\": {\"bpf\": \"jti\"}}", "did you mean \"jit\"?"),
  ("{\"guest\": {\"image\": \"/boot/a.elf\"}}", "is an absolute path"),
  ("{\"guest\": {\"image\": \"\"}}", "is no path"),
  ("{\"guest\": {\"application\": \"a b\"}}", "is no application name"),
  ("{\"guest\": {\"application\": \"reqests\"}}", "has no application \"reqests\"; did you mean \"requests\"?"),
  (
    "{\"guest\": {\"requests\": {}}}",
    "$.guest.requests: the application that the image chooses serves no requests; write"
  ),
  (
    "{\"guest\": {\"image\": \"a\", \"application\": \"count\", \"requests\": {}}}",
    "\"count\" serves no requests"
  ),
  (requests("\"keys\": 0"), "$.guest.requests.keys: 0 is out of range; give 1 to 65536"),
  (requests("\"keys\": 65537"), "65537 is out of range"),
  (requests("\"payloadBytes\": 65537"), "65537 is out of range; give 0 to 65536 bytes"),
  (requests("\"updatePercent\": 101"), "101 is out of range; give 0 to 100"),
  (requests("\"work\": 1000000001"), "out of range; give 0 to 1000000000 steps"),
  (requests("\"count\": -1"), "$.guest.requests.count: is no whole number"),
  (requests("\"seed\": 1.5"), "$.guest.requests.seed: is no whole number"),
  (requests("\"requests\": 5"), "unknown key \"requests\""),
  ("{\"guest\": {\"application\": \"requests\", \"requests\": 5}}", "$.guest.requests: is a number; write an object"),
  ("{\"guest\": {\"callRecords\": false}}", "callRecords: the variant \"ushellmpk\" traces no functions"),
  ("{\"guest\": {\"callRecords\": 1}}", "$.guest.callRecords: is a number; write true or false"),
  ("{\"guest\": {\"commandLine\": \"uio.requests=5\"}}", "use $.guest.requests instead"),
  ("{\"guest\": {\"commandLine\": \"uio.request-keys=5\"}}", "use $.guest.requests instead"),
  ("{\"guest\": {\"commandLine\": \"uio.call-records=off\"}}", "use $.guest.callRecords instead"),
  ("{\"guest\": {\"commandLine\": \"a\\u0000b\"}}", "is no command line"),
  (
    "{\"guest\": {\"design\": \"uio-mpk\", \"commandLine\": \"a uio.design=none\"}}",
    "$.guest.commandLine: \"uio.design=none\" belongs to a key of the scenario; use $.guest.design instead"
  ),
  ("{\"guest\": {\"commandLine\": \"uio.bpf=jit\"}}", "use $.guest.bpf instead"),
  ("{\"guest\": {\"commandLine\": \"uio.application=x\"}}", "use $.guest.application instead"),
  ("{\"guest\": {\"commandLine\": \"virtio_mmio.device=1K@0:1\"}}", "use $.machine.devices instead"),
  ("{\"share\": {\"folder\": \"/etc\"}}", "is an absolute path"),
  ("{\"share\": {\"files\": {\"../x\": \"\"}}}", "contains \"..\""),
  ("{\"share\": {\"files\": {\"a/../b\": \"\"}}}", "\"a/../b\" contains \"..\"; name a file inside the share, without"),
  ("{\"share\": {\"files\": {\"/x\": \"\"}}}", "leads out of the share"),
  ("{\"share\": {\"files\": {\"a//b\": \"\"}}}", "is no file name"),
  ("{\"share\": {\"files\": {\"a\\u0000\": \"\"}}}", "holds a NUL"),
  ("{\"share\": {\"files\": {\"a\": \"\", \"a/b\": \"\"}}}", "\"a\" would be a file and a folder"),
  ("{\"share\": {\"files\": {\"a/b\": \"\"}, \"symbols\": {\"name\": \"a\"}}}", "\"a\" would be a file and a folder"),
  ("{\"share\": {\"files\": {\"a\": 1}}}", "$.share.files.a: is a number"),
  ("{\"share\": {\"extensions\": [\"../hello.o\"]}}", "is a path; write the name only"),
  ("{\"share\": {\"extensions\": [\"a.o\", \"a.o\"]}}", "is in the share already"),
  ("{\"share\": {}, \"machine\": {\"devices\": [\"console\"]}}", "no 9p device"),
  ("{\"share\": {\"symbols\": {\"name\": \"../s\"}}}", "contains \"..\""),
  ("{\"share\": {\"symbols\": {\"name\": \"s\", \"aliases\": {\"a b\": \"c\"}}}}", "is no name of a symbol"),
  ("{\"script\": {}}", "$.script: is an object; write a list"),
  ("{\"script\": [{}]}", "$.script[0]: does nothing; give each step exactly one of send"),
  ("{\"script\": [{\"send\": \"a\", \"expect\": \"b\"}]}", "does several things: send, expect"),
  ("{\"script\": [{\"expect\": \"\"}]}", "is empty and so always there"),
  ("{\"script\": [{\"expectPattern\": \"a*\"}]}", "matches the empty text"),
  ("{\"script\": [{\"expectPattern\": \"(a\"}]}", "at character 3: ')' expected"),
  ("{\"script\": [{\"wait\": 5}]}", "$.script[0].wait: is no time; write a whole number with a unit"),
  ("{\"script\": [{\"wait\": \"5 s\"}]}", "is no time"),
  ("{\"script\": [{\"wait\": \"99999999999999999999s\"}]}", "is no time"),
  ("{\"script\": [{\"wait\": \"60s\"}]}", "uses up the budget of 60s"),
  ("{\"script\": [{\"wait\": \"1s\", \"within\": \"2s\"}]}", "means nothing beside \"wait\""),
  ("{\"script\": [{\"expect\": \"a\", \"within\": \"61s\"}]}", "the limit 61s is longer than the budget of 60s"),
  ("{\"script\": [{\"send\": \"a\", \"console\": \"tty\"}]}", "\"tty\" is no console"),
  ("{\"script\": [{\"waitForEvent\": {\"kind\": \"exeption\"}}]}", "is no kind of event; did you mean \"exception\"?"),
  ("{\"script\": [{\"waitForEvent\": {}}]}", "key \"kind\" is missing"),
  ("{\"script\": [{\"waitForEvent\": {\"kind\": \"halt\", \"count\": 0}}]}", "0 is out of range"),
  (
    "{\"script\": [{\"waitForEvent\": {\"kind\": \"exception\", \"where\": {\"vektor\": 14}}}]}",
    "exception has no field \"vektor\"; did you mean \"vector\"?"
  ),
  ("{\"script\": [{\"waitForEvent\": {\"kind\": \"exception\", \"where\": {\"vector\": \"#PF\"}}}]}", "is no number"),
  ("{\"script\": [{\"waitForEvent\": {\"kind\": \"guest\", \"where\": {\"name\": 1}}}]}", "write a string, or"),
  ("{\"script\": [{\"send\": \"exit\"}, {\"expect\": \"> \"}]}", "after \"exit\" nothing answers any more"),
  ("{\"script\": [{\"waitForEvent\": {\"kind\": \"outcome\"}}]}", "recorded after the script has ended"),
  (
    "{\"script\": [{\"expect\": \"x\", \"console\": \"virtio\"}], \"machine\": {\"devices\": []}}",
    "has no virtio console"
  ),
  ("{\"script\": [{\"send\": \"x\"}], \"guest\": {\"variant\": \"noshell\"}}", "reads no console"),
  ("{\"expect\": {\"outcome\": \"complete\"}}", "\"complete\" is no outcome; did you mean \"completed\"?"),
  ("{\"expect\": {\"console\": {\"contains\": [\"abc\"], \"lacks\": [\"b\"]}}}", "this can never hold"),
  ("{\"expect\": {\"console\": {\"contains\": [\"\"]}}}", "the empty text is in everything"),
  ("{\"expect\": {\"console\": {\"matches\": [\"[\"]}}}", "']' expected"),
  (
    "{\"expect\": {\"events\": [{\"kind\": \"halt\", \"min\": 3, \"max\": 2}]}}",
    "at least 3 and at most 2 can never hold"
  ),
  (
    "{\"expect\": {\"events\": [{\"kind\": \"halt\", \"max\": 0}, {\"kind\": \"halt\", \"min\": 1}]}}",
    "contradict each other"
  ),
  ("{\"expect\": {\"events\": [{\"kind\": \"outcome\"}]}}", "what expect.outcome is for"),
  ("{\"expect\": {\"events\": [{\"kind\": \"tripleFault\"}]}}", "always ends in the outcome \"crashed\""),
  ("{\"expect\": {\"outcome\": \"hung\", \"exitCode\": 0}}", "a guest that hangs writes no exit code"),
  (
    "{\"expect\": {\"memory\": [{\"symbol\": \"a\", \"equals\": 256, \"size\": 1}]}}",
    "256 is out of range; give 0 to 255"
  ),
  ("{\"expect\": {\"memory\": [{\"symbol\": \"a\", \"equals\": 1, \"size\": 3}]}}", "3 is no size"),
  (
    "{\"expect\": {\"memory\": [{\"symbol\": \"a\", \"equals\": 1}, {\"symbol\": \"a\", \"equals\": 2}]}}",
    "a can't be both 1 and 2"
  ),
  ("{\"faults\": [{\"when\": {\"start\": true}}]}", "key \"what\" is missing"),
  ("{\"faults\": [{\"when\": {}, \"what\": {\"pkru\": {\"set\": 0}}}]}", "$.faults[0].when: says nothing"),
  (
    "{\"faults\": [{\"when\": {\"instruction\": 1}, \"what\": {\"pkru\": {\"set\": 4294967296}}}]}",
    "bits that pkru has not"
  ),
  (
    "{\"faults\": [{\"when\": {\"instruction\": 1, \"nth\": 2}, \"what\": {\"pkru\": {\"set\": 0}}}]}",
    "means nothing beside"
  ),
  (
    "{\"faults\": [{\"when\": {\"instruction\": 1}, \"what\": {\"register\": {\"name\": \"rxa\", \"set\": 0}}}]}",
    "\"rxa\" is no register"
  ),
  (
    "{\"faults\": [{\"when\": {\"instruction\": 1}, \"what\": {\"memory\": {\"symbol\": \"a\", \"bytes\": \"abc\"}}}]}",
    "is no list of bytes"
  ),
  (
    "{\"faults\": [{\"when\": {\"start\": true}, \"what\": {\"file\": {\"name\": \"a.o\", \"truncateTo\": 3}}}]}",
    "the file \"a.o\" is in no share"
  ),
  (
    "{\"share\": {}, \"faults\": [{\"when\": {\"instruction\": 1}, \"what\": {\"file\": {\"name\": \"a\", \"truncateTo\": 3}}}]}",
    "taken in before the first instruction"
  ),
  ("{\"budget\": {\"time\": \"0s\"}}", "$.budget.time: is 0"),
  ("{\"budget\": {\"instructions\": 0}}", "0 is out of range"),
  ("{\"seed\": 1.5}", "$.seed: is no whole number"),
  ("{\"name\": 5}", "$.name: is a number; write a string"),
]

@Test func everyBadScenarioIsRefusedWithPlaceProblemAndMend() {
  for bad in badScenarios {
    let said = problems(bad.text)
    #expect(said.contains { $0.contains(bad.said) }, "\(bad.text) gave \(said)")
  }
  print("\(badScenarios.count) kinds of bad scenarios refused")
}

@Test func allProblemsAreToldAtOnceEachWithLineAndColumn() throws {
  let text = "{\n  \"machine\": {\"memoryMiB\": 1},\n  \"expekt\": {},\n  \"script\": [{\"wait\": \"x\"}]\n}"
  do {
    _ = try Scenario.read(Array(text.utf8), file: "dir/x.json")
    Issue.record("accepted")
  } catch {
    #expect(
      error.problems.map(\.description) == [
        "dir/x.json:3:3: $: unknown key \"expekt\"; did you mean \"expect\"?",
        "dir/x.json:2:28: $.machine.memoryMiB: 1 is out of range; give 8 to 3072 MiB",
        "dir/x.json:4:23: $.script[0].wait: is no time; write a whole number with a unit, at most a day: "
          + "\"500us\", \"20ms\", \"2s\"",
      ])
  }
}

@Test func aWordOfTheCommandLineThatAKeyOwnsIsRefusedWhereItStands() throws {
  let text = "{\n  \"guest\": {\n    \"commandLine\": \"uio.design=none uio.bpf=jit\"\n  }\n}"
  do {
    _ = try Scenario.read(Array(text.utf8), file: "x.json")
    Issue.record("accepted")
  } catch {
    #expect(error.problems.count == 2)
    #expect(error.problems.allSatisfy { $0.description.hasPrefix("x.json:3:20: $.guest.commandLine: ") }, "\(error)")
  }
  let others = "uio.budget-ms=5 uio.bpf-budget=9 uio.exit=poweroff quiet"
  #expect(problems("{\"guest\": {\"commandLine\": \"\(others)\"}}") == [])
}

@Test func anEmptyScenarioHasDefaults() throws {
  let scenario = try Scenario.read(Array("{}".utf8), file: "x.json")
  #expect(scenario == Scenario())
  #expect(scenario.expect.outcome == .completed)
  #expect(scenario.machine.memoryMiB == 64)
}

@Test func filesThatAreNoneAreRefused() {
  for (path, said) in [
    ("no-such-file.json", "there is no file"), ("Sources", "is a folder"), ("/dev/null", "no regular file"),
  ] {
    do {
      _ = try ScenarioFile(path: path)
      Issue.record("accepted: \(path)")
    } catch {
      #expect(error.description.contains(said) && error.description.hasPrefix(path), "\(error)")
    }
  }
}

@Test func durationsAreExact() {
  #expect(VirtualDuration("250us")?.nanoseconds == 250_000)
  #expect(VirtualDuration("86400s") == .max)
  #expect(VirtualDuration("86401s") == nil)
  #expect(VirtualDuration("") == nil && VirtualDuration("s") == nil && VirtualDuration("-1s") == nil)
  #expect(VirtualDuration("1s")?.cycles(hertz: 3) == 3)
  #expect(VirtualDuration("1ns")?.cycles(hertz: 1_000_000) == 1)
  #expect(VirtualDuration("86400s")?.cycles(hertz: 10_000_000_000) == 864_000_000_000_000)
  #expect(VirtualDuration("1500ms")?.description == "1500ms" && VirtualDuration("2000ms")?.description == "2s")
}
