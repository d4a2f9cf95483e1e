import ObjectLoader

/// A function of a program, by its place in memory.
package struct ProgramFunction: Equatable {
  package var name: String
  /// From where the program is loaded.
  package var start: UInt64
  /// Up to the next function where the object does not say.
  package var size: UInt64

  /// The functions of an object in the order of their places, as the guest's loader lays them out; none for other files.
  package static func all(in object: [UInt8]) -> [ProgramFunction] {
    guard let plan = try? LoadPlan(ObjectFile(object)) else { return [] }
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(Int(plan.imageSize), 1), alignment: Int(plan.imageAlignment))
    defer { memory.deallocate() }
    // What names from outside become shows in no place of the object's own.
    let base: UInt64 = 0x8000_0000
    let loaded: LoadedObject
    do throws(ObjectError) {
      loaded = try plan.load(into: ImageMemory(memory, at: base, for: plan)) { _ in base }
    } catch {
      return []
    }
    var functions = loaded.symbols.filter { $0.isFunction && !$0.isAbsolute }.map {
      ProgramFunction(
        name: String(decoding: loaded.name(of: $0), as: UTF8.self), start: $0.address &- base, size: $0.size)
    }
    functions.sort { ($0.start, $0.name) < ($1.start, $1.name) }
    for index in functions.indices where functions[index].size == 0 {
      let next = index + 1 < functions.count ? functions[index + 1].start : plan.text.imageOffset + plan.text.size
      functions[index].size = next - min(functions[index].start, next)
    }
    return functions
  }
}
