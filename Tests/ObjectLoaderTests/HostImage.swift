import Foundation
import ObjectLoader

/// An object in executable memory of this process, with the rights that the loader's segments ask for.
final class HostImage {
  let object: LoadedObject
  let plan: LoadPlan
  private let memory: UnsafeMutableRawBufferPointer

  enum Place {
    case anywhere
    /// Below 2 GiB, as code without -fPIC expects.
    case low
  }

  init(_ bytes: [UInt8], at place: Place = .anywhere, resolve: (String) -> UInt64? = { _ in nil }) throws {
    plan = try LoadPlan(ObjectFile(bytes))
    let size = Int(plan.imageSize + plan.imageAlignment)
    let lowFlag: Int32 = place == .low ? 0x40 : 0  // MAP_32BIT
    let address = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | lowFlag, -1, 0)
    guard let address, address != MAP_FAILED else { throw POSIXError(.ENOMEM) }
    memory = UnsafeMutableRawBufferPointer(start: address, count: size)
    let base = (UInt64(UInt(bitPattern: address)) + plan.imageAlignment - 1) & ~(plan.imageAlignment - 1)
    let skip = Int(base - UInt64(UInt(bitPattern: address)))
    let image = ImageMemory(UnsafeMutableRawBufferPointer(rebasing: memory[skip...]), at: base, for: plan)
    object = try plan.load(into: image) { resolve(String(decoding: $0, as: UTF8.self)) }
    for (part, rights) in [(image.text, PROT_READ | PROT_EXEC), (image.rodata, PROT_READ)] where !part.bytes.isEmpty {
      mprotect(part.bytes.baseAddress, part.bytes.count, rights)
    }
  }

  deinit { munmap(memory.baseAddress, memory.count) }

  typealias Function = @convention(c) (Int) -> Int

  /// Runs the initializers, then calls main as `long main(long)`.
  func run(_ argument: Int = 0) throws -> Int {
    for initializer in object.initializers { _ = function(at: initializer)(0) }
    return function(at: try object.entry())(argument)
  }

  func function(at address: UInt64) -> Function {
    unsafeBitCast(UInt(address), to: Function.self)
  }

  func address(of name: String) -> UInt64? { object.address(ofExported: ArraySlice(name.utf8)) }
}
