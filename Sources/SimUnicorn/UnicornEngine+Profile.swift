import CUnicornSeams
import SimCPU

extension UnicornEngine: ProfilingEngine {
  public func startProfile(switches: [Range<UInt64>]) {
    seams_set_profile(seams, true)
    let bounds = switches.flatMap { [$0.lowerBound, $0.upperBound] }
    bounds.withUnsafeBytes {
      seams_profile_switches(seams, $0.bindMemory(to: (UInt64, UInt64).self).baseAddress, switches.count)
    }
  }

  public func setProfileTag(_ tag: UInt32) { seams_profile_tag(seams, tag) }
  public func chargeProfile(_ use: UInt32, cycles: UInt64) { seams_profile_charge(seams, use, cycles) }

  public func profileNodes(from first: Int) -> [ProfileNode] {
    var nodes: UnsafePointer<seams_profile_node>?
    let count = seams_profile_nodes(seams, &nodes)
    return UnsafeBufferPointer(start: nodes, count: count).enumerated().dropFirst(first).map { index, node in
      let isInterrupt = node.kind == UInt32(SEAMS_PROFILE_INTERRUPT)
      let way: ProfileNode.Way = isInterrupt ? .interrupt(UInt8(truncatingIfNeeded: node.site)) : .call(node.site)
      return ProfileNode(parent: Int(node.parent), way: index == 0 ? .root : way)
    }
  }

  public func takeProfile(_ take: (ProfileSample) -> Void) {
    withoutActuallyEscaping(take) { take in
      var take = take
      withUnsafeMutablePointer(to: &take) { context in
        seams_profile_take(seams, context) { context, sample in
          let sample = sample!.pointee
          context!.assumingMemoryBound(to: ((ProfileSample) -> Void).self).pointee(
            ProfileSample(
              address: sample.address, node: Int(sample.node), tag: sample.tag, use: sample.kind,
              amount: sample.amount))
        }
      }
    }
  }
}
