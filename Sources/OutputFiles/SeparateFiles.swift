/// Refuses, before a command does anything, to write over what it reads or twice to one place, by whatever names: links
/// count as what they lead to, and a folder as all that is in it. Devices and pipes can be written to as often as one likes.
///
/// - Throws: names the first output that is in the way, what it would destroy, and the mend.
public func requireSeparate(outputs: [CommandFile], inputs: [CommandFile]) throws(OutputError) {
  // An empty name is told by whoever opens it.
  let outputs = outputs.filter { !$0.path.isEmpty }.map { (file: $0, place: FilePlace($0.path)) }
    .filter { !$0.place.isSpecial }
  let inputs = inputs.map { (file: $0, place: FilePlace($0.path)) }
  for (index, output) in outputs.enumerated() {
    for input in inputs {
      if let problem = conflict(output, input) { throw OutputError(path: output.file.path, problem: problem) }
    }
    for earlier in outputs[..<index] {
      if let problem = collision(output, earlier) { throw OutputError(path: output.file.path, problem: problem) }
    }
  }
}

private typealias PlacedFile = (file: CommandFile, place: FilePlace)

private func conflict(_ output: PlacedFile, _ input: PlacedFile) -> String? {
  let (option, read) = (output.file.role, "\(input.file.role) \(input.file.path), which is read")
  let noun = output.file.isFolder ? "folder" : "file"
  if output.place.isSame(as: input.place) { return "\(option) would write over \(read); name another \(noun)" }
  if input.file.isFolder {
    if output.place.isInside(input.place) { return "\(option) would write into \(read); name a place outside of it" }
    if input.place.holdsLink(to: output.place) {
      return "\(option) would write over a file that has another name in \(read); name another file"
    }
  }
  if output.file.isFolder, input.place.isInside(output.place) {
    return "\(option) would write into the folder that holds \(read); name another folder"
  }
  return nil
}

private func collision(_ output: PlacedFile, _ earlier: PlacedFile) -> String? {
  let (option, other) = (output.file.role, earlier.file.role)
  if output.place.isSame(as: earlier.place) {
    return "\(option) and \(other) (\(earlier.file.path)) would write to the same place; name two"
  }
  if earlier.file.isFolder, output.place.isInside(earlier.place) {
    return "\(option) would write into the folder of \(other), \(earlier.file.path); name a place outside of it"
  }
  if output.file.isFolder, earlier.place.isInside(output.place) {
    return "\(other) (\(earlier.file.path)) would write into the folder of \(option); name a place outside of it"
  }
  return nil
}
