import Foundation

/// Refuses, before a long work begins, outputs that could not be written at its end: into a folder that is missing or that can't be
/// written to, or over a folder. Nothing is written. Devices and pipes are not looked at, as opening them may be noticed.
public func requireWritable(_ outputs: [CommandFile]) throws(OutputError) {
  for output in outputs where !FilePlace(output.path).isSpecial {
    try AtomicFile(output.path).discard()
  }
}
