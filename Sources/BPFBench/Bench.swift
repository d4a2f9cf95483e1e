import CBPFKernels
import EBPFEngine
import Glibc

/// The world that the kernels run in: 64 bytes of memory, one hash map, helpers 8 and 17.
final class Bench: HelperHost {
  let space = AddressSpace.ofRealAddresses()
  let maps: MapSet
  let memory = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 8)
  /// Record of a helper call that C makes: number, fault, context.
  var record: (UInt64, UInt64, UnsafeMutableRawPointer?) = (17, 0, nil)

  init() throws {
    maps = MapSet(space: space)
    try maps.add(Map(Self.map))
    memory.initializeMemory(as: UInt8.self, repeating: 1, count: 64)
    _ = try space.addRegion(memory, size: 64, rights: .readWrite)
    record.2 = Unmanaged.passUnretained(self).toOpaque()
  }

  deinit { memory.deallocate() }

  static let map = MapDefinition(kind: .hash, keySize: 4, valueSize: 8, entryCount: 1024)

  static let environment = VerifierEnvironment(
    arguments: [.region(0)], maps: [.init(number: 0, map)],
    regions: [.init(number: 0, size: 64, rights: .readWrite)],
    helpers: HelperTable([
      HelperSignature(8, "increment", .scalar),
      HelperSignature(17, "map_update_elem", .map, .mapKey, .mapValue, .scalar),
    ]))

  var arguments: HelperArguments { HelperArguments(r1: UInt64(UInt(bitPattern: memory)), r2: 64) }

  func call(
    _ number: Int32, _ arguments: HelperArguments, memory: AddressSpace
  ) throws(HelperFault) -> UInt64 {
    switch number {
    case 8: return arguments.r1 &+ 1
    case 17: return try maps.update(arguments)
    default: throw .unknownHelper
    }
  }

  /// The helpers as a C function, the same for translated programs and for C.
  static let thunk: HelperThunk.Function = { r1, r2, r3, r4, r5, record in
    guard let context = record.load(fromByteOffset: 16, as: UnsafeRawPointer?.self) else { return 0 }
    let bench = Unmanaged<Bench>.fromOpaque(context).takeUnretainedValue()
    let arguments = HelperArguments(r1: r1, r2: r2, r3: r3, r4: r4, r5: r5)
    do throws(HelperFault) { return try bench.maps.update(arguments) } catch {
      record.storeBytes(of: UInt64(error.rawValue) + 1, toByteOffset: 8, as: UInt64.self)
      return 0
    }
  }

  /// What a kernel's program calls.
  func thunk(of kernel: Kernel) -> HelperThunk {
    kernel.name == "helper"
      ? HelperThunk(bpf_kernel_increment_thunk, context: nil) : HelperThunk(Self.thunk, context: record.2)
  }
}

/// Pages for code: writable, then executable. They are near the program, as they are in the guest: calls that go further
/// than 4 GiB cost extra on some processors.
func codePages(_ size: Int) throws -> UnsafeMutableRawBufferPointer {
  let function: @convention(c) (UInt64) -> UInt64 = bpf_kernel_increment
  let place = UInt(bitPattern: unsafeBitCast(function, to: UnsafeRawPointer.self)) & ~0xfff
  for distance in 1...64 {
    let hint = UnsafeMutableRawPointer(bitPattern: place &- UInt(distance) << 24)
    guard let pages = mmap(hint, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) else { continue }
    if pages == hint { return UnsafeMutableRawBufferPointer(start: pages, count: size) }
    if pages != MAP_FAILED { munmap(pages, size) }
  }
  throw BenchError.noPages
}

func makeExecutable(_ pages: UnsafeMutableRawBufferPointer) throws {
  guard mprotect(pages.baseAddress, pages.count, PROT_READ | PROT_EXEC) == 0 else { throw BenchError.noPages }
}

enum BenchError: Error {
  case noPages
  case fault(String)
}

/// Processor time of this process in nanoseconds: other processes on the machine do not count.
func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}
