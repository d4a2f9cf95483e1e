import Foundation

/// The client of QEMU's monitor protocol (QMP): commands in JSON lines, each with one answer.
final class QEMUMonitor {
  private let channel: Channel
  private var partial: [UInt8] = []
  /// Why QEMU stopped the machine, as its event SHUTDOWN says it ("guest-reset", "guest-shutdown", …).
  private(set) var shutdownReason: String?
  /// QEMU's version and package, from its greeting.
  private(set) var version = ""

  /// QEMU answers at once; a host that is busy may not let it.
  private static let patienceMilliseconds = 20_000
  private static let lineBytesMax = 1 << 20

  /// Reads the greeting and leaves the negotiation.
  init(_ channel: Channel) throws(QEMUFailure) {
    self.channel = channel
    let greeting = try next { $0["QMP"] != nil }
    let version = (greeting["QMP"] as? [String: Any])?["version"] as? [String: Any]
    if let numbers = version?["qemu"] as? [String: Any] {
      let text = ["major", "minor", "micro"].map { "\(numbers[$0] ?? "?")" }.joined(separator: ".")
      let package = version?["package"] as? String ?? ""
      self.version = package.isEmpty ? text : "\(text) (\(package))"
    }
    try execute("qmp_capabilities")
  }

  var channelToWaitFor: Channel { channel }

  /// Takes in events that came unasked.
  func poll() {
    for message in receive() { note(message) }
  }

  /// - Returns: what the command returned, if it is a text.
  @discardableResult
  func execute(_ command: String, _ arguments: [String: Any] = [:]) throws(QEMUFailure) -> String? {
    let request: [String: Any] = ["execute": command, "arguments": arguments]
    guard let data = try? JSONSerialization.data(withJSONObject: request) else {
      throw QEMUFailure("\(command) has no JSON form")
    }
    channel.write([UInt8](data) + [0x0a])
    let answer = try next { $0["return"] != nil || $0["error"] != nil }
    if let error = answer["error"] as? [String: Any] {
      throw QEMUFailure("QEMU refused \(command): \(error["desc"] as? String ?? "no reason given")")
    }
    return answer["return"] as? String
  }

  private func next(_ isWanted: ([String: Any]) -> Bool) throws(QEMUFailure) -> [String: Any] {
    let end = ContinuousClock.now + .milliseconds(Self.patienceMilliseconds)
    while ContinuousClock.now < end, !channel.isAtEnd {
      Channel.wait(for: [channel], milliseconds: 100)
      channel.flush()
      var found: [String: Any]?
      for message in receive() {
        if found == nil && isWanted(message) { found = message } else { note(message) }
      }
      if let found { return found }
    }
    throw QEMUFailure(channel.isAtEnd ? "QEMU's monitor hung up" : "QEMU's monitor does not answer")
  }

  private func note(_ message: [String: Any]) {
    guard message["event"] as? String == "SHUTDOWN" else { return }
    shutdownReason = (message["data"] as? [String: Any])?["reason"] as? String ?? "unknown"
  }

  private func receive() -> [[String: Any]] {
    partial += channel.read()
    var messages: [[String: Any]] = []
    while let end = partial.firstIndex(of: 0x0a) {
      let line = Data(partial[..<end])
      partial.removeFirst(end + 1)
      if let message = try? JSONSerialization.jsonObject(with: line) as? [String: Any] { messages.append(message) }
    }
    if partial.count > Self.lineBytesMax { partial.removeAll() }
    return messages
  }
}
