/// What the application `requests` has to come to: the same work as Sources/GuestOS/Applications/requests.c, in Swift.
struct RequestsModel {
  private(set) var served: UInt64 = 0
  private(set) var updates: UInt64 = 0
  private(set) var digest: UInt64 = 0

  private let parameters: RequestsParameters
  private var generator: UInt64
  private var values: [UInt64: (version: UInt64, value: UInt64)] = [:]

  init(serving parameters: RequestsParameters) {
    self.parameters = parameters
    generator = parameters.seed
    for _ in 0..<parameters.count { serve() }
  }

  /// What the guest says of it on COM1.
  var line: String { "requests: served \(served), updates \(updates), digest 0x\(String(digest, radix: 16))" }

  private mutating func serve() {
    let head = draw()
    let key = ((head >> 32) * parameters.keys) >> 32
    let isUpdate = ((head & 0xffff_ffff) * 100) >> 32 < parameters.updatePercent
    var payload = (0..<(parameters.payloadBytes + 7) / 8).map { _ in draw() }
    let rest = parameters.payloadBytes % 8
    if rest != 0 { payload[payload.count - 1] &= 1 << (rest * 8) - 1 }

    var sum = Self.add(key, parameters.payloadBytes)
    for word in payload { sum = Self.add(sum, word) }
    for step in 0..<Int(parameters.work) {
      sum = Self.add(sum, payload.isEmpty ? 0 : payload[step % payload.count])
    }
    if isUpdate { values[key] = ((values[key]?.version ?? 0) + 1, sum) }
    let (version, value) = values[key] ?? (0, 0)
    digest = Self.add(digest, Self.add(Self.add(sum, version), value))
    served += 1
    updates += isUpdate ? 1 : 0
  }

  private mutating func draw() -> UInt64 {
    generator &+= 0x9e37_79b9_7f4a_7c15
    var value = generator
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }

  private static func add(_ sum: UInt64, _ word: UInt64) -> UInt64 {
    ((sum << 5 | sum >> 59) ^ word) &* 0x100_0000_01b3
  }
}

/// `guest.requests` of a scenario, with the guest's defaults.
struct RequestsParameters: Sendable {
  var count: UInt64
  var keys: UInt64 = 1024
  var payloadBytes: UInt64 = 64
  var updatePercent: UInt64 = 50
  var work: UInt64 = 0
  var seed: UInt64 = 1

  var json: String {
    """
    {"count": \(count), "keys": \(keys), "payloadBytes": \(payloadBytes), "updatePercent": \(updatePercent), \
    "work": \(work), "seed": "\(seed)"}
    """
  }
}
