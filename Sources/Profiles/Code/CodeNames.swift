import GuestOS
import Hexadecimal
import LineTables
import SimEvents
import SimVirtio

/// Finds the function of an instruction: a symbol of the image, or one of a program where the unikernel says that it has loaded it.
struct CodeNames {
  private(set) var modules: [CodeModule] = [.image]
  private let image: GuestImage
  let objects: ProgramObjects
  private var numbers: [CodeModule: Int] = [.image: 0]
  private var programs: [LoadedCode] = []
  /// By the number of the program's module; none for what is no object.
  private var functions: [Int: [ProgramFunction]] = [:]

  private static let programsMax = 1024

  private struct LoadedCode {
    var module: Int
    /// What offsets count from.
    var base: UInt64
    var addresses: Range<UInt64>
  }

  init(image: GuestImage, share: [Share.Item]) {
    self.image = image
    objects = ProgramObjects(share: share)
  }

  /// A program is at these addresses from now on.
  mutating func load(_ name: String, base: UInt64, size: UInt64) {
    let end = base.addingReportingOverflow(size)
    programs.append(
      LoadedCode(
        module: number(of: .program(name)), base: base, addresses: base..<(end.overflow ? .max : end.partialValue)))
  }

  /// A program has executed this instruction: what it was translated to lies in pages of which the unikernel says nothing.
  mutating func learn(_ address: UInt64, isOf name: String) {
    guard place(of: address).module == 0, !image.isLoaded(address), let module = numbers[.program(name)],
      let program = programs.first(where: { $0.module == module })
    else { return }
    let page = address & ~0xfff
    let (end, overflow) = page.addingReportingOverflow(0x1000)
    // A program that runs all over memory has fewer names.
    guard !overflow, programs.count < Self.programsMax else { return }
    programs.append(LoadedCode(module: module, base: program.base, addresses: page..<end))
  }

  mutating func free(_ name: String) {
    guard let module = numbers[.program(name)] else { return }
    programs.removeAll { $0.module == module }
  }

  func place(of address: UInt64) -> CodePlace {
    guard let program = programs.last(where: { $0.addresses.contains(address) }) else {
      return CodePlace(module: 0, offset: address)
    }
    return CodePlace(module: program.module, offset: address &- program.base)
  }

  /// The function that a place is in, readable: `CountApplication.run`, `main [hello.o]`. Of what has no name the place itself:
  /// `[count.bpf.o]`, `[0x7c00]`.
  mutating func function(at place: CodePlace) -> String {
    switch modules[place.module] {
    case .image:
      guard let found = image.symbol(at: place.offset) else { return "[\(page(of: place.offset))]" }
      return readableName(found.symbol.name)
    case .program(let name):
      let function = functions(of: place.module, name).last { $0.start <= place.offset }
      guard let function, place.offset - function.start < function.size else { return "[\(name)]" }
      return "\(readableName(function.name)) [\(name)]"
    }
  }

  /// Code without names is told apart by pages: a name for each instruction says less.
  private func page(of address: UInt64) -> String { (address & ~0xfff).hexadecimal }

  private mutating func number(of module: CodeModule) -> Int {
    if let number = numbers[module] { return number }
    modules.append(module)
    numbers[module] = modules.count - 1
    return modules.count - 1
  }

  private mutating func functions(of module: Int, _ name: String) -> [ProgramFunction] {
    if let known = functions[module] { return known }
    let found = objects.file(ofProgram: name).map(ProgramFunction.all) ?? []
    functions[module] = found
    return found
  }
}
