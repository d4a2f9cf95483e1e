import SimEvents

/// Reads QEMU's log (`-d int,cpu_reset,trace:v9fs*`): exceptions, interrupts and 9P messages as events.
///
/// Forms of QEMU 7.2's lines, which later versions kept:
///
///     21: v=0e e=0023 i=0 cpl=0 IP=0008:000000008000300b pc=000000008000300b SP=0010:… CR2=000000000012e000
///     v9fs_walk tag 0 id 110 fid 0 newfid 1 nwnames 1
///     Triple fault
///
/// `i=1` is INT n, an exception whatever its vector is; an NMI is an interrupt.
struct QEMULog {
  private var partial: [UInt8] = []
  /// Where the last exception was raised: a triple fault is reported without its place.
  private var lastPointer: UInt64 = 0

  private static let lineBytesMax = 1 << 12
  /// Vectors below are the processor's own (SDM vol. 3, table 6-1).
  private static let firstInterruptVector: UInt64 = 32
  private static let nonMaskable: UInt64 = 2

  mutating func take(_ bytes: [UInt8], _ report: (EventPayload) -> Void) {
    for byte in bytes {
      if byte == 0x0a {
        if let event = event(String(decoding: partial, as: UTF8.self)) { report(event) }
        partial.removeAll(keepingCapacity: true)
      } else if partial.count < Self.lineBytesMax {
        partial.append(byte)
      }
    }
  }

  private mutating func event(_ line: String) -> EventPayload? {
    if line.hasPrefix("v9fs_") { return NinePLogLine(line)?.event }
    if line.hasPrefix("Triple fault") { return .tripleFault(instructionPointer: lastPointer) }
    let words = line.split(separator: " ")
    guard words.count > 6, words[1].hasPrefix("v=") else { return nil }
    var numbers: [Substring: UInt64] = [:]
    for word in words.dropFirst() {
      let parts = word.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let number = UInt64(parts[1], radix: 16) else { continue }
      numbers[parts[0]] = number
    }
    guard let vector = numbers["v"], vector < 256, let pointer = numbers["pc"] else { return nil }
    let isInterrupt = numbers["i"] != 1 && (vector >= Self.firstInterruptVector || vector == Self.nonMaskable)
    guard !isInterrupt else {
      return .interrupt(vector: UInt8(vector), instructionPointer: pointer)
    }
    guard let errorCode = numbers["e"], let faulting = vector == 14 ? numbers["CR2"] : 0 else { return nil }
    lastPointer = pointer
    return .exception(
      vector: UInt8(vector), errorCode: UInt32(truncatingIfNeeded: errorCode), instructionPointer: pointer,
      address: faulting)
  }
}

/// A 9P message as the trace points of QEMU's server show it: without names and data, and without replies that say
/// nothing but "done".
private struct NinePLogLine {
  private let name: Substring
  private var values: [Substring: Substring] = [:]

  init?(_ line: String) {
    let words = line.split(whereSeparator: { " ={}".contains($0) })
    guard let first = words.first else { return nil }
    name = first.dropFirst("v9fs_".count)
    var index = 1
    while index + 1 < words.count {
      values[words[index]] = words[index + 1]
      // "qid" stands before a group of values of its own.
      index += words[index] == "qid" ? 1 : 2
    }
  }

  private func number(_ key: Substring) -> UInt64 { values[key].flatMap { UInt64($0) } ?? 0 }
  private func text(_ key: Substring) -> Substring { values[key] ?? "" }

  var event: EventPayload? {
    let tag = UInt16(truncatingIfNeeded: number("tag"))
    if let detail = request {
      return .ninePRequest(tag: tag, message: "T" + (Self.standardNames[name] ?? String(name)), detail: detail)
    }
    if let detail = reply {
      let request = name.hasSuffix("_return") ? name.dropLast("_return".count) : name
      let word = request == "rerror" ? "lerror" : Self.standardNames[request] ?? String(request)
      return .ninePReply(tag: tag, message: "R" + word, detail: detail)
    }
    return nil
  }

  /// Where 9P2000.L has another name.
  private static let standardNames: [Substring: String] = ["open": "lopen", "remove": "unlinkat"]

  /// Details as the simulator's own server writes them.
  private var request: String? {
    switch name {
    case "version": "msize \(number("msize")) version \(text("version"))"
    case "attach": "fid \(number("fid")) uname \(text("uname")) aname \(text("aname"))"
    case "walk": "fid \(number("fid")) newfid \(number("newfid")) nwname \(number("nwnames"))"
    case "open": "fid \(number("fid")) flags 0\(String(number("mode"), radix: 8))"
    case "lcreate": "fid \(number("dfid")) flags 0\(String(number("flags"), radix: 8))"
    case "read": "fid \(number("fid")) offset \(number("off")) count \(number("max_count"))"
    case "readdir": "fid \(number("fid")) offset \(number("offset")) count \(number("max_count"))"
    case "write": "fid \(number("fid")) offset \(number("off")) count \(number("count"))"
    case "clunk", "readlink", "fsync": "fid \(number("fid"))"
    case "getattr": "fid \(number("fid")) mask 0x\(String(number("request_mask"), radix: 16))"
    case "mkdir": "dfid \(number("fid")) name \(text("name"))"
    default: nil
    }
  }

  private var reply: String? {
    switch name {
    case "rerror": "errno \(number("err"))"
    case "version_return": "msize \(number("msize")) version \(text("version"))"
    case "walk_return": "nwqid \(number("nwnames"))"
    case "read_return", "readdir_return": "count \(number("count"))"
    case "write_return": "count \(number("total"))"
    case "attach_return", "open_return", "lcreate_return", "getattr_return", "mkdir_return": ""
    default: nil
    }
  }
}
