@testable import EBPFEngine

/// A program in assembly and what the verifier has to say of it.
struct VerifierCase: CustomStringConvertible, Sendable {
  let name: String
  let source: String
  /// Slot and words of the refusal; `nil` where the program is fine.
  let refusal: (slot: Int, text: String)?

  init(_ name: String, _ source: String, refusedAt slot: Int? = nil, _ text: String = "") {
    self.name = name
    self.source = source
    refusal = slot.map { ($0, text) }
  }

  var description: String { name }

  /// Context of 144 bytes: a read-only number, a writable one, a buffer and read-only text; maps 1 (hash, 8 to 16 bytes), 2 (direct, 32
  /// bytes) and 3 (constant string); memory region 4 of 64 bytes as r3; r2 is any number.
  static let environment: VerifierEnvironment = {
    var environment = unlimited
    environment.limits.instructions = 20000
    return environment
  }()

  static let unlimited: VerifierEnvironment = {
    var environment = withoutPackets
    environment.allowsPacketLoads = true
    return environment
  }()

  static let withoutPackets = VerifierEnvironment(
    arguments: [.context, .number(nil), .region(4)],
    context: [
      .init(offset: 0, size: 8, rights: .read), .init(offset: 8, size: 8, rights: .readWrite),
      .init(offset: 16, size: 120, rights: .readWrite),
      .init(offset: 136, size: 8, rights: .read, endsWithZero: true),
    ],
    maps: [
      .init(number: 1, keySize: 8, valueSize: 16),
      .init(number: 2, keySize: 4, valueSize: 32, isDirect: true),
      .init(
        number: 3, keySize: 4, valueSize: 8, rights: .read, isDirect: true,
        constantValue: [0x68, 0x69, 0, 0x68, 0x69, 0x21, 0x21, 0x21]),
    ],
    regions: [.init(number: 4, size: 64, rights: .readWrite)],
    helpers: helpers)

  static let helpers = HelperTable([
    HelperSignature(1, "lookup", .map, .mapKey, result: .mapValueOrNull),
    HelperSignature(2, "update", .writableMap, .mapKey, .mapValue, .scalar),
    HelperSignature(3, "number"),
    HelperSignature(4, "print", .string),
    HelperSignature(5, "fill", .writable, .size),
    HelperSignature(6, "send", .readable, .sizeOrZero),
    HelperSignature(7, "of_context", .context),
    HelperSignature(8, "plus", .scalar, .scalar),
  ])

  func verify() throws -> Result<VerificationReport, Refusal> {
    let program = try Assembler.assemble([UInt8](source.utf8))
    do {
      return .success(try Verifier.verify(program, Self.environment))
    } catch {
      return .failure(error)
    }
  }
}
