extension RunInputs {
  /// The bytes of a file that the host contributes to the share; nil if there is none of that path.
  public func file(named path: String) -> [UInt8]? {
    for case .file(path, let bytes) in shareItems { return bytes }
    return nil
  }
}
