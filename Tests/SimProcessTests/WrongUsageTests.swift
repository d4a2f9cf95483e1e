import Foundation
import Testing

/// What makes no sense is refused before anything runs, in words that say what would.
@Suite(.enabled(if: canRun)) final class WrongUsageTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "usage \(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let files = [
      "nul.json": #"{"share": {"files": {"a\u0000b": ""}}}"#, "x.s": "exit\n", "x.bin": "",
      "kind.native.json": #"{"kind": "uio-native-program"}"#,
      "code.native.json": #"""
      {"kind": "uio-native-program", "seed": 1, "index": 1, "memorySeed": 1, "differences": [], "starts": [],
       "groups": [{"code": 7, "name": ""}]}
      """#,
      "start.native.json": #"""
      {"kind": "uio-native-program", "seed": 1, "index": 1, "memorySeed": 1, "differences": [], "groups": [],
       "starts": [{"registers": ["0x0"], "flags": 0, "pkru": 0, "fx": []}]}
      """#,
    ]
    for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
    try Data([0x95, 0, 0, 0, 0, 0, 0, 0]).write(to: folder.appending(path: "x.bin"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private static let hello = root.appending(path: "scenarios/hello.json").path

  @Test(arguments: [
    (["help", "nosuch"], "sim has no subcommand \"nosuch\": known subcommands: run, validate"),
    (["help", "bpf", "verfy"], "sim bpf has no subcommand \"verfy\": did you mean \"verify\"?; see sim help bpf"),
    (["inspect", "x.trace", "--event", "-1"], "'-1' is invalid for '--event <event>': write a whole number from 0"),
    (["snapshot", hello, "--event", "-1", "-o", "x"], "write a whole number from 0 to 18446744073709551615"),
    (["run", hello, "--seed", "-1"], "'-1' is invalid for '--seed <seed>': write a whole number from 0"),
    (["rum", "x"], "did you mean \"run\"?"), (["bpf", "assm"], "did you mean \"asm\"?"),
    (["verify", "--lockstep", "--from", "5", "--to", "2", hello], "--from 5 --to 2: nothing lies between"),
    (["verify", "--lockstep", "--from", "2ms", "--to", "2000us", hello], "nothing lies between"),
    (["verify", "--lockstep", "--from", "step:1", "--to", "step:1", hello], "nothing lies between"),
    (["verify", "--lockstep", "--from", "end", hello], "nothing lies between"),
    (["verify", "--lockstep", "--to", "soon", hello], "a time such as 350us"),
    (["verify", "--lockstep", "--to", "step:99", hello], "--to step:99: the script has steps 0 to 3"),
    (["verify", "--lockstep", "--from", "step:4", "--to", "end", hello], "--from step:4: the script has steps 0 to 3"),
    (["verify", "--native", "--record", "r"], "--record goes with scenarios and --pku, not with --native"),
    (["verify", "--native", "--against", "kvm"], "--against goes with scenarios, not with --native"),
    (["verify", "--lockstep", "--against", "kvm", hello], "--against goes with scenarios, not with --lockstep"),
    (["verify", "--against", ",", hello], "--against names no engine"),
    (["verify", "--against", "", hello], "--against names no engine"),
    (["verify", "--native", "--output", "x.s"], "x.s: is not a folder"),
    (["verify", "--native", "--output", ""], "the name of the folder to write to is empty"),
    (["verify", "--native", "--output", "/dev/null/x"], "/dev/null/x: can't be written: Not a directory"),
    (["verify", "--lockstep", "--sequences", "1", "--output", "x.s"], "x.s: is not a folder"),
    (["verify", "--native", "kind.native.json", "--output", "o"], "--output is for generated programs"),
    (["bpf", "run", "x.s", "--section", "a"], "x.s: only ELF objects have sections"),
    (["bpf", "verify", "x.s", "--section", "a"], "x.s: only ELF objects have sections"),
    (["bpf", "run", "x.bin", "--section", "a"], "x.bin: only ELF objects have sections"),
    (["validate", "nul.json"], #""a\u0000b" holds a NUL, which ends a file's name; take \u0000 out of the name"#),
  ])
  func isRefused(arguments: [String], reason: String) throws {
    let answer = try sim(arguments, in: folder)
    #expect(answer.status == 2 && answer.error.contains(reason) && answer.error.hasSuffix("\n"), "\(answer.error)")
    #expect(answer.output.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "o").path))
  }

  @Test(arguments: [
    ("kind.native.json", "is no program for user mode: $.seed is not there"),
    ("code.native.json", "is no program for user mode: $.groups[0].code is not a string"),
    ("x.s", "is no program for user mode: it is not JSON"),
    ("start.native.json", "$.starts[0].registers has 1 registers, not 16"),
  ])
  func aFileOfANativeProgramIsRefusedWithThePlace(file: String, reason: String) throws {
    let answer = try sim(["verify", "--native", file], in: folder)
    guard !answer.error.contains("verify --native:") else { return print("not run: \(answer.error)") }
    #expect(answer.status == 2 && answer.error == "\(file): \(reason)\n", "\(answer.error)")
  }

  @Test func whereThereIsNoRAMNothingIsSaidToBeUnwritten() throws {
    let writer = try sim(["inspect", "traces/hello.trace", "--last-writer", "0xfeb00000:4"])
    #expect(writer.status == 2 && writer.output.isEmpty)
    #expect(writer.error.contains("there is no RAM at physical address 0xfeb00000"), "\(writer.error)")
    let memory = ["inspect", "traces/hello.trace", "--at", "400us", "--memory", "0xfeb00000:4"]
    let text = try sim(memory).output
    #expect(text.contains("0xfeb00000:4: there is no RAM at physical address 0xfeb00000"), "\(text)")
    let object = try sim(memory + ["--format", "json"]).output
    #expect(object.contains(#""problem":"there is no RAM at physical address 0xfeb00000"#))
  }
}
