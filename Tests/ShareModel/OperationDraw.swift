import TestSupport

/// Draws operations: few fids and few names, so that they meet; now and then what no careful client would send.
struct OperationDraw {
  /// Fid 0 is the root and stays it.
  static let fids: UInt32 = 6
  var random: SeededGenerator
  /// Bits of modes that the process may set, and whether it may give files away.
  let environment: HostEnvironment
  /// The fids that are in use, by bit, if everything went well: a guess, since nothing here knows what comes of an operation.
  private var occupied: UInt64 = 0

  init(random: SeededGenerator, environment: HostEnvironment) {
    self.random = random
    self.environment = environment
  }

  private static let names = ["a", "b", "c", "d", "e", "f"]
  private static let oddNames = [
    "", ".", "..", "x/y", "a\0", String(repeating: "n", count: 255), String(repeating: "n", count: 256), "a b", "é",
  ]

  private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
  private mutating func chance(_ part: Int) -> Bool { below(part) == 0 }
  private mutating func fid() -> UInt32 { chance(3) ? 0 : otherFid() }

  /// Mostly one that is in use.
  private mutating func otherFid() -> UInt32 {
    let used = (1...Self.fids).filter { occupied & 1 << $0 != 0 }
    return used.isEmpty || chance(8) ? anyFid() : used[below(used.count)]
  }

  /// Mostly one that is free.
  private mutating func freeFid() -> UInt32 {
    let free = (1...Self.fids).filter { occupied & 1 << $0 == 0 }
    return free.isEmpty || chance(8) ? anyFid() : free[below(free.count)]
  }

  private mutating func anyFid() -> UInt32 { 1 + UInt32(below(Int(Self.fids))) }

  private mutating func name() -> String {
    chance(25) ? Self.oddNames[below(Self.oddNames.count)] : Self.names[below(Self.names.count)]
  }

  private mutating func walkNames() -> [String] {
    (0..<[0, 1, 1, 1, 2, 2, 3, 5][below(8)]).map { _ in chance(5) ? ".." : chance(30) ? "." : name() }
  }

  private mutating func mode() -> UInt32 {
    (UInt32(below(0o10000)) | environment.modeFloor) & ~environment.modesRefused
  }

  private mutating func flags() -> UInt32 {
    var flags = chance(15) ? 3 : UInt32(below(3))
    // Linux's numbers: O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_DIRECTORY.
    for (flag, part) in [(0o100 as UInt32, 4), (0o200, 4), (0o1000, 4), (0o2000, 5), (0o200000, 6)] where chance(part) {
      flags |= flag
    }
    return flags
  }

  private mutating func offset() -> UInt64 {
    switch below(30) {
    case 0: .max - UInt64(below(400))
    case 1: 1 << 63 - UInt64(below(400))
    case 2: 1 << 40
    default: UInt64(below(4000))
    }
  }

  mutating func next() -> ShareOperation {
    let operation = draw()
    switch operation {
    case .walk(_, let newFid, _): occupied |= 1 << newFid
    case .clunk(let fid), .remove(let fid): occupied &= ~(1 << fid)
    default: break
    }
    return operation
  }

  private mutating func draw() -> ShareOperation {
    switch below(43) {
    case 0...2: .walk(fid: fid(), newFid: freeFid(), names: walkNames())
    case 3...7: .walk(fid: fid(), newFid: freeFid(), names: chance(3) ? [] : [name()])
    case 8, 9: .clunk(fid: otherFid())
    case 10...12: .lopen(fid: otherFid(), flags: chance(2) ? UInt32(below(3)) : flags())
    case 13, 14: .lcreate(fid: otherFid(), name: name(), flags: flags(), mode: mode())
    case 15, 16: .read(fid: otherFid(), offset: offset(), count: UInt32(below(5000)))
    case 17...19: .write(fid: otherFid(), offset: offset(), byte: UInt8(below(255)) + 1, count: UInt32(below(300)))
    case 20, 21: .getattr(fid: fid())
    case 22: .setSize(fid: otherFid(), size: chance(2) ? UInt64(below(3000)) : offset())
    case 23: .setMode(fid: otherFid(), mode: mode())
    case 24:
      .setOwner(
        fid: otherFid(), user: chance(2) ? environment.users[below(environment.users.count)] : nil,
        group: chance(2) ? environment.groups[below(environment.groups.count)] : nil)
    case 25:
      .setTimes(
        fid: otherFid(), access: chance(2) ? UInt64(below(1 << 31)) : nil,
        modification: chance(2) ? UInt64(below(1 << 31)) : nil,
        nanoseconds: chance(9) ? 1_000_000_000 : UInt64(below(999)))
    case 26: .readlink(fid: fid())
    case 27: .fsync(fid: fid())
    case 28, 29: .mkdir(directory: fid(), name: name(), mode: mode())
    case 30:
      .symlink(directory: fid(), name: name(), target: chance(9) ? "" : chance(9) ? longTarget() : "../" + name())
    case 31: .mknod(directory: fid(), name: name(), mode: mode() | UInt32(below(16)) << 12)
    case 32, 33: .link(directory: fid(), fid: fid(), name: name())
    case 34: .rename(fid: otherFid(), directory: fid(), name: name())
    case 35...37: .renameat(oldDirectory: fid(), oldName: name(), newDirectory: fid(), newName: name())
    case 38, 39: .unlinkat(directory: fid(), name: name(), isDirectory: chance(2))
    case 40: .remove(fid: otherFid())
    default: .list(fid: fid(), count: UInt32(320 + below(700)))
    }
  }

  private mutating func longTarget() -> String { String(repeating: "t", count: 4094 + below(4)) }
}
