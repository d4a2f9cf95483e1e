import SimVirtio

/// What is offered to the guest over 9P: a folder, extensions and attacks that the build made, and files written in the scenario.
public struct ShareSpecification: Equatable, Sendable {
  /// A folder relative to the scenario file.
  public var folder: String?
  /// Names of built extensions, such as "hello.o"; each appears at the top of the share.
  public var extensions: [String] = []
  /// Built attacks, as "rights-register/pkru-own.o"; each appears at the top of the share, without its class.
  public var attacks: [String] = []
  /// Further files by their path in the share.
  public var files: [TextFile] = []

  /// A file of the image's symbols, as `nm` writes them, for the guest's command `load`.
  public var symbols: SymbolFile?
  /// The greatest message of 9P that the server agrees to, in bytes.
  public var msize = UInt64(NinePServer.messageBytesMax)

  public struct SymbolFile: Equatable, Sendable {
    public var name: String
    /// Further names for symbols of the image.
    public var aliases: [Alias] = []

    static let table = KeyTable(name: "symbolFile", keys: ["name", "aliases"], required: ["name"])
  }

  public struct Alias: Equatable, Sendable {
    public var name: String
    public var symbol: String
  }

  public struct TextFile: Equatable, Sendable {
    public var name: String
    public var text: String
  }

  public init() {}

  static let table = KeyTable(name: "share", keys: ["folder", "extensions", "attacks", "files", "symbols", "msize"])

  init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems) else { return nil }
    if let text = reader.string("folder"),
      checkPath(text, at: reader["folder"] ?? node, path: reader.path("folder"), problems: problems)
    {
      folder = text
    }
    let sizes = UInt64(NinePServer.messageBytesMin)...UInt64(NinePServer.messageBytesMax)
    msize = reader.integer("msize", in: sizes, unit: "bytes") ?? msize
    var names: Set<String> = []
    for (node, path) in reader.elements("extensions") {
      guard case .string(let name) = node.value else {
        problems.add(node, path, "is \(node.kindName)", "write the name of a built extension: \"hello.o\"")
        continue
      }
      if name.contains("/") || !checkShareName(name, at: node, path: path, problems: problems) {
        if name.contains("/") { problems.add(node, path, "\"\(name)\" is a path", "write the name only") }
        continue
      }
      note(name, in: &names, at: node, path, problems)
      extensions.append(name)
    }
    for (node, path) in reader.elements("attacks") {
      guard case .string(let name) = node.value else {
        problems.add(
          node, path, "is \(node.kindName)", "write the name of a built attack: \"rights-register/pkru-own.o\"")
        continue
      }
      guard checkShareName(name, at: node, path: path, problems: problems) else { continue }
      let parts = name.split(separator: "/")
      guard parts.count == 2 else {
        problems.add(node, path, "\"\(name)\" is no attack", "write CLASS/NAME.o")
        continue
      }
      note(String(parts[1]), in: &names, at: node, path, problems)
      attacks.append(name)
    }
    for member in reader.entries("files") {
      let place = "\(reader.path("files")).\(member.key)"
      guard case .string(let text) = member.value.value else {
        problems.add(member.value, place, "is \(member.value.kindName)", "write the file's text as a string")
        continue
      }
      guard checkShareName(member.key, at: member.value, path: place, problems: problems) else { continue }
      note(member.key, in: &names, at: member.value, place, problems)
      files.append(TextFile(name: member.key, text: text))
    }
    if let node = reader["symbols"] {
      symbols = SymbolFile(node, path: reader.path("symbols"), problems: problems)
      if let symbols { note(symbols.name, in: &names, at: node, reader.path("symbols"), problems) }
    }
  }

  private func note(
    _ name: String, in names: inout Set<String>, at node: JSONNode, _ path: String, _ problems: ProblemList
  ) {
    if names.contains(name) {
      problems.add(node, path, "\"\(name)\" is in the share already", "name each file once")
    } else if let other = names.first(where: { $0.hasPrefix("\(name)/") || name.hasPrefix("\($0)/") }) {
      let file = other.utf8.count < name.utf8.count ? other : name
      problems.add(node, path, "\"\(file)\" would be a file and a folder", "give one of them another name")
    }
    names.insert(name)
  }
}

extension ShareSpecification.SymbolFile {
  init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems),
      let name = reader.string("name"),
      checkShareName(name, at: reader["name"] ?? node, path: reader.path("name"), problems: problems)
    else { return nil }
    self.name = name
    for member in reader.entries("aliases") {
      let place = "\(reader.path("aliases")).\(member.key)"
      guard case .string(let symbol) = member.value.value else {
        problems.add(member.value, place, "is \(member.value.kindName)", "write the name of a symbol of the image")
        continue
      }
      if member.key.isEmpty || member.key.utf8.contains(where: { $0 <= 0x20 }) {
        problems.add(member.value, place, "\"\(member.key)\" is no name of a symbol", "use no blanks")
      }
      aliases.append(.init(name: member.key, symbol: symbol))
    }
  }
}

/// Notes a problem unless `name` is a path that stays inside the share.
func checkShareName(_ name: String, at node: JSONNode, path: String, problems: ProblemList) -> Bool {
  let parts = name.split(separator: "/", omittingEmptySubsequences: false)
  if name.utf8.contains(0) {
    problems.add(node, path, "\"\(name)\" holds a NUL, which ends a file's name", "take \\u0000 out of the name")
    return false
  }
  if name.hasPrefix("/") {
    problems.add(node, path, "\"\(name)\" leads out of the share", "name a file inside the share")
    return false
  }
  if parts.contains("..") {
    problems.add(node, path, "\"\(name)\" contains \"..\"", "name a file inside the share, without \"..\"")
    return false
  }
  if parts.contains(where: { $0.isEmpty || $0 == "." || $0.utf8.count > 255 }) {
    problems.add(node, path, "\"\(name)\" is no file name", "write names of 1 to 255 bytes separated by single /")
    return false
  }
  return true
}
