import Glibc

/// What the process may use of the host, as far as it must be known before anything else is done.
enum HostLimits {
  /// Standard streams, a scenario's file, a result's, the pipe of signals; QEMU's channels and a snapshot's memory.
  private static let descriptorsNeeded: rlim_t = 32

  /// What the program itself takes before it does anything.
  private static let bytesNeeded = 64 << 20

  /// Takes the signal that a file beyond `ulimit -f` brings for an error of the write, which then names the file.
  ///
  /// - Throws: that there is too little memory, or too few files may be open at once: the language's libraries trap when
  ///   there is none left.
  static func prepare() throws {
    signal(SIGXFSZ, SIG_IGN)
    try requireAddressSpace()
    try requireDescriptors()
  }

  private static func requireAddressSpace() throws {
    let address = mmap(nil, bytesNeeded, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let address, address != MAP_FAILED else {
      throw CommandFailure(
        message: "the host refuses \(bytesNeeded >> 20) MiB of address space "
          + "(\(String(cString: strerror(errno))))", remedy: "raise the limit (ulimit -v)",
        status: ExitStatus.hostShortage)
    }
    munmap(address, bytesNeeded)
  }

  private static func requireDescriptors() throws {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    if limit.rlim_cur < descriptorsNeeded && limit.rlim_max >= descriptorsNeeded {
      limit.rlim_cur = descriptorsNeeded
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 { return }
    }
    guard limit.rlim_cur < descriptorsNeeded else { return }
    throw CommandFailure(
      message: "this process may have only \(limit.rlim_cur) files open at once, and a run takes up to "
        + "\(descriptorsNeeded)", remedy: "raise the limit (ulimit -n)",
      status: ExitStatus.hostShortage)
  }
}
