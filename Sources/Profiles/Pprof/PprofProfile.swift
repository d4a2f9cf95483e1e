import SimMachine

/// A profile as pprof reads it (github.com/google/pprof, proto/profile.proto): samples with the cycles and the instructions of each stack,
/// and a label with the actor.
struct PprofProfile {
  private var message = ProtocolBuffer()
  private var strings: [String: UInt64] = ["": 0]
  private var texts = [""]
  /// By name; ids count from 1.
  private var functions: [String: UInt64] = [:]
  private var functionMessages: [ProtocolBuffer] = []
  private var locations: [Location: UInt64] = [:]
  private var locationMessages: [ProtocolBuffer] = []

  private struct Location: Hashable {
    var name: String
    var file: String
    var line: Int
  }

  private struct Key: Hashable {
    var stack: [UInt64]
    var actor: String
  }

  init(_ profile: TimeProfile, lines: SourceLines?) {
    for (type, unit) in [("cycles", "count"), ("instructions", "count")] {
      message.add(1, valueType(type, unit))
    }
    var values: [Key: (cycles: UInt64, instructions: UInt64)] = [:]
    var order: [Key] = []
    for entry in profile.entries {
      let key = Key(
        stack: stack(of: entry, profile, lines), actor: entry.use == .idle ? "idle" : entry.actor.description)
      if values[key] == nil { order.append(key) }
      values[key, default: (0, 0)].cycles += entry.cycles
      values[key, default: (0, 0)].instructions += entry.count
    }
    let label = string("actor")
    for key in order {
      var sample = ProtocolBuffer()
      sample.add(1, packed: key.stack)
      sample.add(2, packed: [values[key]!.cycles, values[key]!.instructions])
      var actor = ProtocolBuffer()
      actor.add(1, label)
      actor.add(2, string(key.actor))
      sample.add(3, actor)
      message.add(2, sample)
    }
    for location in locationMessages { message.add(4, location) }
    for function in functionMessages { message.add(5, function) }
    let nanoseconds = profile.cycles.multipliedFullWidth(by: 1_000_000_000)
    let period = valueType("cycles", "count")
    let first = string("cycles")
    for text in texts { message.add(6, text) }
    if nanoseconds.high < profile.hertz {
      message.add(10, profile.hertz.dividingFullWidth(nanoseconds).quotient)
    }
    message.add(11, period)
    message.add(12, 1)
    message.add(14, first)
  }

  var bytes: [UInt8] { message.bytes }

  private mutating func string(_ text: String) -> UInt64 {
    if let number = strings[text] { return number }
    strings[text] = UInt64(texts.count)
    texts.append(text)
    return UInt64(texts.count - 1)
  }

  private mutating func valueType(_ type: String, _ unit: String) -> ProtocolBuffer {
    var message = ProtocolBuffer()
    message.add(1, string(type))
    message.add(2, string(unit))
    return message
  }

  /// Locations, the innermost first.
  private mutating func stack(
    of entry: TimeProfile.Entry, _ profile: TimeProfile, _ lines: SourceLines?
  ) -> [UInt64] {
    var stack: [UInt64] = []
    if let use = entry.use.frameName { stack.append(location(Location(name: use, file: "", line: 0))) }
    if entry.use == .idle || entry.use == .unplaced { return stack }
    let place = profile.places[entry.place]
    let line = lines?.line(of: place)
    let name = profile.functions[profile.functionOfPlace[entry.place]]
    stack.append(
      location(
        Location(
          name: name,
          file: line?.name.text ?? "", line: line?.line ?? 0)))
    for frame in profile.frames(of: entry.stack).reversed() {
      stack.append(location(Location(name: profile.name(of: frame), file: "", line: 0)))
    }
    return stack
  }

  private mutating func location(_ location: Location) -> UInt64 {
    if let id = locations[location] { return id }
    let id = UInt64(locationMessages.count + 1)
    locations[location] = id
    var line = ProtocolBuffer()
    line.add(1, function(location.name, location.file))
    line.add(2, location.line)
    var message = ProtocolBuffer()
    message.add(1, id)
    message.add(4, line)
    locationMessages.append(message)
    return id
  }

  private mutating func function(_ name: String, _ file: String) -> UInt64 {
    let key = name + "\0" + file
    if let id = functions[key] { return id }
    let id = UInt64(functionMessages.count + 1)
    functions[key] = id
    var message = ProtocolBuffer()
    message.add(1, id)
    message.add(2, string(name))
    message.add(3, string(name))
    message.add(4, string(file))
    functionMessages.append(message)
    return id
  }
}

extension TimeProfile {
  /// As pprof reads it, not compressed, which it takes as well.
  public func pprof(lines: SourceLines? = nil) -> [UInt8] { PprofProfile(self, lines: lines).bytes }
}
