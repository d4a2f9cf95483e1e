import Foundation
import Testing

@Suite(.enabled(if: canRun)) final class OutputCommandTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "outputs \(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (source, name) in [("scenarios/hello.json", "p.json"), ("traces/hello.trace", "g.trace")] {
      try FileManager.default.copyItem(at: root.appending(path: source), to: folder.appending(path: name))
    }
    try Data("exit\n".utf8).write(to: folder.appending(path: "l.s"))
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "link"), withDestinationURL: folder.appending(path: "p.json"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func place(_ name: String) -> String { folder.appending(path: name).path }

  private var files: [String: Data] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return Dictionary(
      uniqueKeysWithValues: names.map { ($0, (try? Data(contentsOf: folder.appending(path: $0))) ?? Data()) })
  }

  @Test(arguments: [
    (
      ["inspect", "g.trace", "--export", "perfetto", "-o", "g.trace"], "g.trace: -o would write over the trace g.trace"
    ),
    (["run", "p.json", "--events", "./p.json"], "./p.json: --events would write over the scenario p.json"),
    (["run", "p.json", "--events", "link"], "link: --events would write over the scenario p.json"),
    (["record", "p.json", "-o", "p.json"], "p.json: -o would write over the scenario p.json"),
    (["snapshot", "p.json", "--at", "1us", "-o", "p.json"], "p.json: -o would write over the scenario p.json"),
    (["resume", "g.trace", "--events", "g.trace"], "g.trace: --events would write over the snapshot g.trace"),
    (["bpf", "asm", "l.s", "-o", "l.s"], "l.s: -o would write over the program l.s"),
    (["inspect", "g.trace", "--export", "perfetto", "-o", ""], "the name of the file to write is empty"),
    (["run", "p.json", "--events", ""], "the name of the file to write is empty"),
    (["record", "p.json", "-o", ""], "the name of the file to write is empty"),
    (["bpf", "asm", "l.s", "-o", ""], "the name of the file to write is empty"),
    (["inspect", "g.trace", "--export", "perfetto", "-o", "/dev/full"], "/dev/full: can't be written: No space"),
    (["record", "p.json", "-o", "/dev/full"], "/dev/full: can't be written: No space"),
    (["bpf", "asm", "l.s", "-o", "/dev/full"], "/dev/full: can't be written: No space"),
    (["run", "p.json", "--export-share", ""], "the name of the folder to write is empty"),
    (["run", "p.json", "--export-share", "l.s"], "l.s: is not a folder"),
    (
      ["run", "p.json", "--export-disk", "disk"],
      "disk: the machine has no disk to write out; add \"block\" to $.machine.devices"
    ),
    (["run", "p.json", "--export-disk", "p.json"], "p.json: the machine has no disk to write out"),
  ])
  func whatCanNotBeWrittenIsRefusedAndNothingChanges(arguments: [String], reason: String) throws {
    let before = files
    let answer = try sim(arguments, in: folder)
    #expect(answer.status == 2 && answer.error.contains(reason), "\(answer.error)")
    #expect(answer.error.components(separatedBy: reason.prefix { $0 != ":" } + ":").count <= 2, "\(answer.error)")
    #expect(files == before)
    var information = stat()
    #expect(stat("/dev/full", &information) == 0 && information.st_mode & S_IFMT == S_IFCHR)
  }

  @Test(arguments: [["record", "p.json", "-o"], ["run", "p.json", "--events"]])
  func aFullDiskLeavesNothingBehind(command: [String]) throws {
    let before = files
    // A limit on files' sizes stands in for the disk's; the signal that it sends is ignored by us or by who starts us.
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments =
      ["-c", "trap '' XFSZ; ulimit -f 2; exec \"$@\" 2>/dev/null >/dev/null", "sh", program.path] + command + ["out"]
    process.currentDirectoryURL = folder
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 2)
    #expect(files == before)
  }

  /// Whether a process has a file open in the folder that is not there by name, or by its last one.
  private func writesInFolder(_ process: pid_t) -> Bool {
    let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd")) ?? []
    return descriptors.contains { descriptor in
      let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\(descriptor)")
      return place?.hasPrefix(folder.path + "/") == true
        && (place?.hasSuffix(".partial") == true || place?.hasSuffix(" (deleted)") == true)
    }
  }

  @Test(arguments: [["record", "slow.json", "-o"], ["run", "slow.json", "--events"]], [SIGTERM, SIGINT, SIGKILL])
  func aSignalLeavesNothingBehind(command: [String], number: Int32) throws {
    var present = sigaction()
    sigaction(number, nil, &present)
    guard unsafeBitCast(present.__sigaction_handler.sa_handler, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self)
    else {
      print("signal \(number) is ignored here, and so by what is started: not tried")
      return
    }
    try Data(endlessRun.utf8).write(to: folder.appending(path: "slow.json"))
    let before = files
    // Not as a Process, which passes on that the tests' threads block signals.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let arguments: [String] = [program.path, command[0], place("slow.json"), command[2], place("out")]
    let words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let spawned = posix_spawn(&child, program.path, nil, &attributes, words, environ)
    try #require(spawned == 0)
    var status: Int32 = 0
    var ended: pid_t = 0
    while ended == 0 && !writesInFolder(child) {
      usleep(1000)
      ended = waitpid(child, &status, WNOHANG)
    }
    try #require(ended == 0, "it ended before the signal")
    kill(child, number)
    #expect(waitpid(child, &status, 0) == child && status & 0x7f == number)
    #expect(files == before)
  }
}
