import Foundation
import Processes
import Testing

private let shell = URL(fileURLWithPath: "/bin/sh")

private func output(_ script: String, _ more: [String] = []) throws -> String {
  let (data, exitCode) = try ChildProcess.run(shell, ["-c", script] + more)
  #expect(exitCode == 0)
  return String(decoding: data, as: UTF8.self)
}

@Test func aProgramGetsItsArgumentsAndItsEnvironment() throws {
  let words = ["a b", "", "c\nd", "\u{e4}"]
  #expect(try output("printf '<%s>' \"$@\"", ["sh"] + words) == words.map { "<\($0)>" }.joined())
  #expect(try output("echo \"$PATH\"") == (ProcessInfo.processInfo.environment["PATH"] ?? "") + "\n")
}

@Test(arguments: [0, 1, 77, 255] as [Int32]) func theExitCodeIsTold(code: Int32) throws {
  let process = try ChildProcess(shell, ["-c", "exit \(code)"])
  #expect(process.wait() == code && process.hasEnded)
}

@Test func whatEndsBySignalHasNoExitCode() throws {
  let process = try ChildProcess(shell, ["-c", "kill -9 $$"])
  #expect(process.wait() == nil && process.hasEnded)
}

@Test func whatCanNotBeStartedIsSaid() throws {
  #expect(throws: ProcessError("/nonexistent can't be started: No such file or directory")) {
    try ChildProcess(URL(fileURLWithPath: "/nonexistent"), [])
  }
  #expect(throws: ProcessError("/etc/passwd can't be started: Permission denied")) {
    try ChildProcess(URL(fileURLWithPath: "/etc/passwd"), [])
  }
  #expect(throws: ProcessError("/nonexistent/x: can't be opened: No such file or directory")) {
    try ChildProcess(shell, ["-c", "true"], output: .file("/nonexistent/x"))
  }
}

@Test func aProgramHasNoDescriptorsOfOursAndNoSignalsBlocked() throws {
  // Not marked to be closed: the worst that anybody may leave open.
  let left = open("/dev/null", O_RDONLY)
  defer { close(left) }
  var all = sigset_t()
  var before = sigset_t()
  sigfillset(&all)
  pthread_sigmask(SIG_SETMASK, &all, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
  // The listing's own descriptor is the lowest that is free.
  #expect(try output("exec ls /proc/self/fd") == "0\n1\n2\n3\n")
  #expect(try output("exec grep SigBlk /proc/self/status").hasSuffix("0000000000000000\n"))
  #expect(try output("exec cut -d' ' -f1,5 /proc/self/stat").split(separator: " ").count == 2)
}

@Test func aLimitOnFilesThatIsIgnoredHereIsNotIgnoredInAProgram() throws {
  let before = signal(SIGXFSZ, SIG_IGN)
  defer { signal(SIGXFSZ, before) }
  let line = try output("exec grep SigIgn /proc/self/status")
  let ignored = try #require(UInt64(line.split(whereSeparator: \.isWhitespace)[1], radix: 16))
  #expect(ignored >> UInt64(SIGXFSZ - 1) & 1 == 0)
}

@Test func aProgramOutlivesTheThreadThatAskedForIt() throws {
  nonisolated(unsafe) var process: ChildProcess?
  let done = DispatchSemaphore(value: 0)
  let thread = Thread {
    process = try? ChildProcess(shell, ["-c", "exec sleep 100"])
    done.signal()
  }
  thread.start()
  done.wait()
  while !thread.isFinished { usleep(1000) }
  usleep(100_000)
  let child = try #require(process)
  #expect(!child.hasEnded)
  child.kill()
  #expect(child.hasEnded && child.exitCode == nil)
}

@Test func aProgramGoesWithItsValue() throws {
  var process: ChildProcess? = try ChildProcess(shell, ["-c", "exec sleep 100"])
  let identifier = try #require(process?.identifier)
  #expect(kill(identifier, 0) == 0)
  process = nil
  #expect(kill(identifier, 0) == -1 && errno == ESRCH)
}

@Test func manyThreadsStartPrograms() async throws {
  try await withThrowingTaskGroup(of: String.self) { group in
    for number in 0..<64 { group.addTask { try output("echo \(number)") } }
    var said: Set<String> = []
    for try await text in group { said.insert(text) }
    #expect(said.count == 64)
  }
}
