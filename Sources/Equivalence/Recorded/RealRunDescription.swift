import Foundation
import Hexadecimal
import Scenarios
import SimEvents

/// What a trace of a real run says beside its events: on what it ran, and the state it left.
///
/// It is the JSON text of the trace's file with the role `engine`.
public struct RealRunDescription: Codable, Equatable, Sendable {
  public struct Variable: Codable, Equatable, Sendable {
    public var symbol: String
    /// The bytes in memory order, two hexadecimal digits each; nil where nothing was mapped.
    public var bytes: String?
  }

  /// The engine's name, as `--against` knows it.
  public var engine: String
  /// The host's processor.
  public var processor: String
  public var kernel: String
  /// The module behind /dev/kvm.
  public var kvmModule: String
  /// Whether the guest's processor had protection keys.
  public var protectionKeys: Bool
  /// QEMU's version among them.
  public var notes: [String]
  /// Kinds of events that the engine does not show.
  public var hidden: [String]
  public var variables: [Variable]
  public var share: String?

  init(_ engine: EngineKind, _ run: EngineRun, _ host: HostDescription, protectionKeys: Bool) {
    self.engine = engine.rawValue
    (processor, kernel, kvmModule) = (host.processor, host.kernel, host.kvmModule)
    self.protectionKeys = protectionKeys
    notes = run.result.notes.filter { !$0.hasPrefix("not checked") }
    hidden = run.hidden.map(\.name).sorted()
    variables = run.state.variables.map { symbol, bytes in
      Variable(symbol: symbol, bytes: bytes.map { $0.hexadecimal(separator: "") })
    }
    share = run.state.share
  }

  /// The engine and host in one line.
  public var summary: String {
    let module = kvmModule.isEmpty ? "" : ", \(kvmModule)"
    return "recorded on \(processor), Linux \(kernel)\(module)"
  }

  /// - Throws: one line that says what is wrong with it.
  init(_ text: [UInt8]) throws(RealRunError) {
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(text))
    } catch {
      throw RealRunError("its description of the engine makes no sense")
    }
    guard EngineKind(rawValue: engine) != nil else { throw RealRunError("it names an unknown engine") }
    for name in hidden where EventKind(name: name) == nil {
      throw RealRunError("it says that events \"\(name)\" are hidden, which do not exist")
    }
  }

  var text: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { [UInt8]($0) + [0x0a] } ?? []
  }

  var state: FinalState {
    FinalState(
      variables: variables.map { ($0.symbol, $0.bytes.flatMap { HexadecimalBytes.parse($0.utf8) }) }, share: share)
  }
}

/// A trace that can't be taken as one of a real run; the description is one line.
public struct RealRunError: Error, Equatable, CustomStringConvertible {
  public var description: String

  init(_ description: String) {
    self.description = description
  }
}
