import ELFFiles

/// What remains of an object once it is in memory: its entry, its initializers and its names.
public struct LoadedObject: Sendable {
  public struct Symbol: Equatable, Sendable {
    public let address: UInt64
    /// In bytes; 0 if the compiler gave none.
    public let size: UInt64
    public let isFunction: Bool
    /// A number and no place: nothing lies there.
    public let isAbsolute: Bool
    public let isWeak: Bool
    /// Other objects may use it: neither local nor hidden, and not `main`, which every object has.
    public let isExported: Bool
    let nameStart: Int
    let nameEnd: Int
  }

  /// The address of `main`, or nil if the object has none.
  public let main: UInt64?
  /// Functions to call, in this order and without arguments, before main is called for the first time. Finalizers
  /// (.fini_array) are not reported: nobody runs them.
  public let initializers: [UInt64]
  /// Named symbols of the object's own, in the order of its symbol table.
  public let symbols: [Symbol]
  private let names: [UInt8]

  init(plan: LoadPlan, memory: ImageMemory, addresses: [UInt64]) throws(ObjectError) {
    let file = plan.file
    var names: [UInt8] = []
    var symbols: [Symbol] = []
    var main: UInt64?
    for (index, symbol) in file.symbols.enumerated() {
      guard symbol.type != SymbolType.section, symbol.type != SymbolType.file else { continue }
      var isCode = false
      if let section = symbol.section {
        guard case .loaded(let kind) = file.roles[section] else { continue }
        isCode = kind == .text
      } else if !symbol.isCommon && !(symbol.isAbsolute && symbol.isVisible) {
        continue
      }
      let name = file.name(ofSymbol: index)
      if name.isEmpty { continue }
      let isMain = !symbol.isLocal && name.equals("main")
      if isMain {
        guard isCode else { throw ObjectError(.mainNotCode) }
        main = main ?? addresses[index]
      }
      let start = names.count
      names.append(contentsOf: name)
      symbols.append(
        Symbol(
          address: addresses[index], size: symbol.size, isFunction: isCode && symbol.type != SymbolType.object,
          isAbsolute: symbol.isAbsolute, isWeak: symbol.isWeak, isExported: symbol.isVisible && !isMain,
          nameStart: start, nameEnd: names.count))
    }
    self.main = main
    self.names = names
    self.symbols = symbols
    initializers = try plan.initializers(in: memory)
  }

  /// The address of `main`, or an error that says that there is none.
  public func entry() throws(ObjectError) -> UInt64 {
    guard let main else { throw ObjectError(.noMain) }
    return main
  }

  public func name(of symbol: Symbol) -> ArraySlice<UInt8> { names[symbol.nameStart..<symbol.nameEnd] }

  /// The address that the object gives other objects for a name: of an exported symbol, a strong one before a weak one.
  public func address(ofExported name: ArraySlice<UInt8>) -> UInt64? {
    var weak: UInt64?
    for symbol in symbols where symbol.isExported && self.name(of: symbol).elementsEqual(name) {
      if !symbol.isWeak { return symbol.address }
      weak = weak ?? symbol.address
    }
    return weak
  }

  /// The symbol that an address lies in, or failing that the nearest one without a size before it.
  public func symbol(containing address: UInt64) -> Symbol? {
    var nearest: Symbol?
    for symbol in symbols where symbol.address <= address && !symbol.isAbsolute {
      if address - symbol.address < symbol.size { return symbol }
      guard symbol.size == 0 else { continue }
      if nearest.map({ $0.address < symbol.address }) ?? true { nearest = symbol }
    }
    return nearest
  }
}

extension LoadPlan {
  /// The functions of .init_array.N by rising N, then those of .init_array, as the relocated memory holds them.
  fileprivate func initializers(in memory: ImageMemory) throws(ObjectError) -> [UInt64] {
    var tables: [(priority: UInt64, section: Int)] = []
    for (index, section) in file.sections.enumerated() where section.type == SectionType.initializers {
      guard file.roles[index] != .skipped else { continue }
      tables.append((priority(of: file.name(ofSection: index)), index))
    }
    tables.sort { ($0.priority, $0.section) < ($1.priority, $1.section) }

    var functions: [UInt64] = []
    for (_, section) in tables {
      guard case .loaded(let kind) = file.roles[section] else { continue }
      let start = sectionOffsets[section]
      for offset in stride(from: start, to: start + file.sections[section].size, by: 8) {
        let function = memory[kind].bytes.loadUnaligned(fromByteOffset: Int(offset), as: UInt64.self)
        guard function >= memory.text.address, function - memory.text.address < text.size else {
          throw ObjectError(.initializerOutsideText, section: section, value: function)
        }
        functions.append(function)
      }
    }
    return functions
  }

  /// The number behind the last dot of a section's name; a name without one comes last.
  private func priority(of name: ArraySlice<UInt8>) -> UInt64 {
    var value: UInt64 = 0
    for digit in name.dropFirst(".init_array.".utf8.count) {
      guard digit >= 0x30, digit <= 0x39, value < 1 << 32 else { return .max }
      value = value * 10 + UInt64(digit - 0x30)
    }
    return name.count > ".init_array.".utf8.count ? value : .max
  }
}
