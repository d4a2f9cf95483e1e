import ObjectLoader

/// An object loaded for addresses that need not exist here: its code is looked at, not run.
final class TestImage {
  let plan: LoadPlan
  let object: LoadedObject
  let base: UInt64
  let memory: UnsafeMutableRawBufferPointer
  private(set) var asked: [String] = []

  static let limits = ObjectLimits(imageSizeMax: 1 << 20)

  init(
    _ bytes: [UInt8], at base: UInt64 = 0x8000_0000, limits: ObjectLimits = TestImage.limits,
    resolve: (String) -> UInt64? = { _ in 0x10_0000 }
  ) throws(ObjectError) {
    plan = try LoadPlan(ObjectFile(bytes, limits: limits))
    self.base = base
    memory = .allocate(byteCount: max(Int(plan.imageSize), 1), alignment: 4096)
    memory.initializeMemory(as: UInt8.self, repeating: 0xee)
    var asked: [String] = []
    do throws(ObjectError) {
      object = try plan.load(into: ImageMemory(memory, at: base, for: plan)) { name in
        asked.append(String(decoding: name, as: UTF8.self))
        return resolve(String(decoding: name, as: UTF8.self))
      }
    } catch {
      memory.deallocate()
      throw error
    }
    self.asked = asked
  }

  deinit { memory.deallocate() }

  /// Reads the image by address.
  func read(_ address: UInt64, _ width: Int = 8) -> UInt64 {
    (0..<width).reversed().reduce(0) { $0 << 8 | UInt64(memory[Int(address - base) + $1]) }
  }

  func address(of name: String) -> UInt64? { object.address(ofExported: ArraySlice(name.utf8)) }
}

/// The error that loading an object ends in, or nil.
func loadError(
  _ bytes: [UInt8], at base: UInt64 = 0x8000_0000, limits: ObjectLimits = TestImage.limits,
  resolve: (String) -> UInt64? = { _ in 0x10_0000 }
) -> ObjectError? {
  do throws(ObjectError) {
    _ = try TestImage(bytes, at: base, limits: limits, resolve: resolve)
    return nil
  } catch {
    return error
  }
}

extension ObjectError {
  var line: String { String(decoding: message, as: UTF8.self) }
}
