extension VerifierEnvironment {
  /// What a 64-bit immediate loads.
  func resolve(_ immediate: WideImmediate) throws(Refusal.Reason) -> RegisterState {
    switch immediate {
    case .constant(let number): return RegisterState(Scalar(number))
    case .mapByDescriptor(let number), .mapByIndex(let number):
      guard let index = mapIndex(number) else { throw .unknownMap(number) }
      return RegisterState(.map, object: index)
    case .mapValueByDescriptor(let number, let offset), .mapValueByIndex(let number, let offset):
      guard let index = mapIndex(number) else { throw .unknownMap(number) }
      let map = maps[Int(index)]
      guard map.isDirect && offset >= 0 && Int(offset) < map.valueSize else {
        throw .indirectMap(number, offset: offset)
      }
      return RegisterState(.mapValue, object: index, offset: Scalar(UInt64(offset)))
    case .variable(let number):
      guard let index = regionIndex(number) else { throw .unknownVariable(number) }
      return RegisterState(.region, object: index)
    case .code(let slot): return RegisterState(.function, object: slot)
    }
  }
}
