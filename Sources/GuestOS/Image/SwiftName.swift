/// The readable part of a mangled Swift name: `CountApplication.run` for `$e9uio_guest16CountApplicationO3runs5NeverOyFZ`.
///
/// Only the leading path of plain identifiers is read, each a length and so many characters, with one letter for the kind
/// of a type behind it; the module before them is left out. Of the standard library's names, and of those that share words,
/// ``MangledPath`` reads more. What is mangled otherwise stays as it is.
public func readableName(_ mangled: String) -> String {
  guard mangled.hasPrefix("$e") || mangled.hasPrefix("$s") else { return mangled }
  var rest = Substring(mangled.dropFirst(2))
  var path: [Substring] = []
  while let (name, after) = identifier(rest), name.first != "_" {
    path.append(name)
    rest = after
    if let kind = rest.first, "OVCP".contains(kind), identifier(rest.dropFirst()) != nil { rest = rest.dropFirst() }
  }
  if path.count > 1 { return path.dropFirst().joined(separator: ".") }
  var mangledPath = MangledPath(mangled.utf8.dropFirst(2))
  return mangledPath.name() ?? mangled
}

private func identifier(_ text: Substring) -> (name: Substring, rest: Substring)? {
  let digits = text.prefix { $0.isASCII && $0.isNumber }
  guard digits.first != "0", digits.count <= 4, let length = Int(digits), length > 0 else { return nil }
  let after = text.dropFirst(digits.count)
  guard let end = after.utf8.index(after.startIndex, offsetBy: length, limitedBy: after.endIndex) else { return nil }
  return (after[..<end], after[end...])
}
