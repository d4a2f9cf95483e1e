// swift-tools-version: 6.1
// One package, two worlds: the host tools, and (with UIO_GUEST=1 in the environment) the guest unikernel, which
// Embedded Swift builds for x86_64-unknown-none-elf from the same shared modules that the host tests.
import PackageDescription

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6)]

/// Tests run debug builds, and through these modules they run billions of instructions: so these are optimised there too, and
/// keep the assertions that release builds leave out.
let fast: [SwiftSetting] =
  strict + [.unsafeFlags(["-O", "-assert-config", "Debug"], .when(configuration: .debug))]

/// What every exit of the simulated CPU runs through. Release builds leave out the run-time checks for overlapping access
/// to a class's properties, which cost more than the devices themselves; debug builds, and so the tests, keep them. They also let the
/// modules that import these inline all of them: a method of a value that lies in a class is otherwise called with a copy.
let hot: [SwiftSetting] =
  fast + [
    .unsafeFlags(["-enforce-exclusivity=unchecked", "-cross-module-optimization"], .when(configuration: .release))
  ]

/// Modules that both worlds compile: no Foundation, no floating point, no Dictionary or Set.
let shared: [Target] = [
  .target(name: "PKRUModel", swiftSettings: fast),
  .target(name: "VirtioCore", swiftSettings: fast),
  .target(name: "NineP", swiftSettings: fast),
  .target(name: "ELFFiles", swiftSettings: fast),
  .target(name: "ObjectLoader", dependencies: ["ELFFiles"], swiftSettings: fast),
  .target(name: "EBPFEngine", dependencies: ["ELFFiles"], swiftSettings: fast),
  .target(name: "FunctionEntries", swiftSettings: strict),
  .target(name: "CodeScanner", swiftSettings: fast),
]

/// The library's functions that the seams replace (Sources/CUnicornSeams).
let replaced = [
  "cpu_abort_x86_64", "cpu_check_watchpoint_x86_64", "cpu_exec_x86_64", "cpu_ldl_code_x86_64", "cpu_ldub_code_x86_64",
  "cpu_watchpoint_address_matches_x86_64", "raise_exception_err_x86_64", "helper_cpuid_x86_64", "helper_hlt_x86_64",
  "helper_clts_x86_64", "helper_lmsw_x86_64", "helper_inb_x86_64", "helper_inw_x86_64",
  "helper_inl_x86_64", "helper_outb_x86_64", "helper_outw_x86_64", "helper_outl_x86_64", "helper_invlpg_x86_64",
  "helper_iret_protected_x86_64", "helper_iret_real_x86_64", "helper_raise_interrupt_x86_64", "helper_rdmsr_x86_64",
  "helper_load_seg_x86_64", "helper_lookup_tb_ptr_x86_64", "helper_rdpkru_x86_64", "helper_read_eflags_x86_64",
  "helper_rdpmc_x86_64", "helper_rdrand_x86_64", "helper_rdtsc_x86_64",
  "helper_rdtscp_x86_64", "helper_read_crN_x86_64", "helper_sti_x86_64", "helper_uc_tracecode",
  "helper_write_crN_x86_64", "helper_write_eflags_x86_64", "helper_wrmsr_x86_64", "helper_wrpkru_x86_64",
  "helper_ret_ldub_mmu_x86_64", "helper_le_lduw_mmu_x86_64", "helper_le_ldul_mmu_x86_64", "helper_ret_stb_mmu_x86_64",
  "helper_le_stw_mmu_x86_64", "helper_le_stl_mmu_x86_64", "memory_mapping",
  "qemu_system_reset_request", "qht_remove", "restore_state_to_opc_x86_64", "tcg_emit_op_x86_64",
  "tcg_exec_init_x86_64",
  "tcg_gen_brcondi_i32_x86_64", "tcg_gen_callN_x86_64", "tcg_gen_exit_tb_x86_64", "tcg_gen_qemu_ld_i64_x86_64",
  "tcg_prologue_init_x86_64", "tcg_region_reset_all_x86_64", "tlb_protect_code_x86_64",
  "tlb_unprotect_code_x86_64", "translator_loop_x86_64", "x86_cpu_tlb_fill_x86_64", "tb_gen_code_x86_64",
  // Ways out of the process, and the library's last words (guard.c).
  "abort", "exit", "__assert_fail", "g_assertion_message_expr", "__fprintf_chk", "fwrite",
]

/// The cost tables that ship.
let costTables = ["default", "flat", "slow", "unit", "epyc", "xeon-gold-5317"]

let host: [Target] = [
  .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
  .target(name: "Hexadecimal", swiftSettings: strict),
  .target(name: "TerminalText", dependencies: ["Hexadecimal"], swiftSettings: strict),
  .target(
    name: "Pages", dependencies: ["TerminalText", .product(name: "Mustache", package: "swift-mustache")],
    swiftSettings: strict),
  .target(name: "SeededRandom", swiftSettings: fast),
  .target(
    name: "ObjectInspection", dependencies: ["CodeScanner", "Hexadecimal", "ObjectLoader", "TerminalText"],
    swiftSettings: strict),
  .target(name: "Invariants", swiftSettings: strict),
  .target(name: "LEB128", swiftSettings: hot),
  .target(name: "SimEvents", dependencies: ["CXXHash", "LEB128", "TerminalText"], swiftSettings: hot),
  .target(name: "CMemoryFile"),
  .target(name: "SimMemory", dependencies: ["Invariants", "PKRUModel", "CXXHash", "CMemoryFile"], swiftSettings: hot),
  .target(
    name: "CUnicornSeams", cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))],
    linkerSettings: [
      .unsafeFlags(
        ["-Xlinker", "-l:libunicorn.a", "-Xlinker", "-lm"] + replaced.flatMap { ["-Xlinker", "--wrap=\($0)"] })
    ]),
  .target(name: "SimCPU", dependencies: ["CXXHash", "SimMemory", "SimEvents"], swiftSettings: hot),
  .target(
    name: "SimUnicorn", dependencies: ["CUnicornSeams", "SimCPU", "SimMemory", "PKRUModel", "SimEvents"],
    swiftSettings: hot),
  .target(name: "CKVM"),
  .target(name: "CSilicon", dependencies: ["CChildren"]),
  .target(name: "SimKVM", dependencies: ["CKVM", "SimCPU", "SimMemory", "SimEvents"], swiftSettings: strict),
  .target(name: "SimPlatform", swiftSettings: hot),
  .target(
    name: "SimVirtio",
    dependencies: ["Invariants", "Hexadecimal", "VirtioCore", "NineP", "SimMemory", "SimEvents", "CXXHash"],
    swiftSettings: hot
  ),
  .target(
    name: "SimMachine",
    dependencies: [
      "SeededRandom", "Hexadecimal", "SimCPU", "SimMemory", "SimVirtio", "NineP", "SimPlatform", "SimEvents", "GuestOS",
      "CXXHash",
    ],
    swiftSettings: hot),
  .target(name: "CCostProbe"),
  .target(
    name: "Benchmarks",
    dependencies: [
      "CCostProbe", "Campaigns", "Engines", "Processes", "Scenarios", "SimMemory", "SimUnicorn", "Traces", "SimMachine",
      "SimEvents",
      "GuestOS", "SimQEMU",
    ],
    swiftSettings: strict),
  .target(name: "GuestOS", dependencies: ["ELFFiles"], path: "Sources/GuestOS/Image", swiftSettings: strict),
  .target(
    name: "CostTables", exclude: ["cost-table.schema.json"],
    resources: costTables.map { .embedInCode("\($0).json") }, swiftSettings: strict),
  .target(name: "OutputFiles", swiftSettings: strict),
  .target(name: "CChildren"),
  .target(name: "Processes", dependencies: ["CChildren", "OutputFiles"], swiftSettings: strict),
  .target(
    name: "Scenarios",
    dependencies: [
      "CostTables", "Hexadecimal", "OutputFiles", "SimEvents", "GuestOS", "SimCPU", "SimMachine", "SimMemory",
      "SimPlatform",
      "SimVirtio", "NineP", "TerminalText",
    ],
    swiftSettings: strict),
  .target(
    name: "LineTables", dependencies: ["ELFFiles", "GuestOS", "LEB128", "ObjectLoader", "SimVirtio"],
    swiftSettings: fast),
  .target(
    name: "Traces",
    dependencies: [
      "Hexadecimal", "Engines", "LEB128", "LineTables", "OutputFiles", "Processes", "Scenarios", "SimMachine", "SimCPU",
      "SimMemory",
      "SimEvents", "GuestOS", "SimVirtio", "PKRUModel", "CXXHash", "TerminalText",
    ],
    swiftSettings: strict),
  .target(
    name: "SimQEMU",
    dependencies: [
      "Hexadecimal", "Processes", "Scenarios", "SimCPU", "SimEvents", "SimMachine", "SimPlatform", "SimVirtio",
    ], swiftSettings: strict
  ),
  .target(
    name: "Engines",
    dependencies: ["Scenarios", "SimCPU", "SimEvents", "SimKVM", "SimMachine", "SimQEMU", "SimUnicorn"],
    swiftSettings: strict),
  .target(
    name: "Equivalence",
    dependencies: [
      "Hexadecimal", "Engines", "Processes", "SimUnicorn", "OutputFiles", "Scenarios", "SimEvents", "SimQEMU", "SimKVM",
      "SimCPU",
      "SimMachine", "SimMemory", "SimVirtio", "GuestOS", "PKRUModel", "Traces", "CSilicon",
    ],
    swiftSettings: strict),
  .target(name: "WorkerThreads", swiftSettings: strict),
  .target(
    name: "ResultDatabases",
    dependencies: ["SeededRandom", "SimEvents", .product(name: "GRDB", package: "GRDB.swift")], swiftSettings: strict),
  .target(
    name: "Campaigns",
    dependencies: [
      "EBPFEngine", "GuestOS", "Hexadecimal", "Pages", "SeededRandom", "OutputFiles", "ResultDatabases", "Scenarios",
      "SimCPU", "SimEvents", "SimMachine", "SimMemory", "TerminalText", "WorkerThreads",
      .product(name: "GRDB", package: "GRDB.swift"),
    ], swiftSettings: strict),
  .target(
    name: "Attacks",
    dependencies: [
      "GuestOS", "OutputFiles", "Pages", "Scenarios", "SimCPU", "SimEvents", "SimMachine", "TerminalText",
      "WorkerThreads",
    ], swiftSettings: strict),
  .target(
    name: "Exploration",
    dependencies: [
      "Attacks", "Campaigns", "GuestOS", "OutputFiles", "Pages", "ResultDatabases", "Scenarios", "SeededRandom",
      "SimCPU", "SimEvents", "SimMachine", "SimMemory", "TerminalText", "WorkerThreads",
      .product(name: "GRDB", package: "GRDB.swift"),
    ], swiftSettings: strict),
  .target(
    name: "Profiles",
    dependencies: [
      "GuestOS", "Hexadecimal", "LEB128", "LineTables", "Pages", "Scenarios", "SimCPU", "SimEvents", "SimMachine",
      "SimVirtio", "TerminalText",
    ], swiftSettings: strict),
  .executableTarget(
    name: "sim",
    dependencies: [
      "Attacks", "BPFTool", "Benchmarks", "Campaigns", "Engines", "Equivalence", "Exploration", "Hexadecimal",
      "LineTables", "ObjectInspection", "OutputFiles", "Profiles", "ResultDatabases", "Scenarios", "SimEvents",
      "SimMachine", "TerminalText", "Traces", "WorkerThreads",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    swiftSettings: strict
  ),
  .target(
    name: "BPFTool", dependencies: ["Hexadecimal", "EBPFEngine", "OutputFiles", "TerminalText"], swiftSettings: strict),
  .target(name: "BPFFuzz", dependencies: ["SeededRandom", "EBPFEngine"], swiftSettings: fast),
  .target(
    name: "InstructionFuzz",
    dependencies: ["SeededRandom", "Hexadecimal", "SimCPU", "SimMemory", "SimEvents", "SimUnicorn"],
    swiftSettings: strict),
  .executableTarget(
    name: "instruction-fuzz",
    dependencies: ["InstructionFuzz", .product(name: "ArgumentParser", package: "swift-argument-parser")],
    path: "Sources/InstructionFuzzer", swiftSettings: strict),
  .target(name: "CLinuxFiles", path: "Tests/CLinuxFiles"),
  .target(
    name: "ShareModel", dependencies: ["SimVirtio", "NineP", "TestSupport", "CLinuxFiles"], path: "Tests/ShareModel",
    swiftSettings: strict),
  .executableTarget(
    name: "share-fuzz",
    dependencies: ["ShareModel", .product(name: "ArgumentParser", package: "swift-argument-parser")],
    path: "Sources/ShareFuzzer", swiftSettings: strict),
  .target(name: "CBPFKernels", cSettings: [.unsafeFlags(["-O1"])]),
  .executableTarget(
    name: "bpf-bench", dependencies: ["EBPFEngine", "CBPFKernels", "Processes"], path: "Sources/BPFBench",
    swiftSettings: strict),
]

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: strict)
}

let hostTests: [Target] = [
  .target(name: "TestSupport", dependencies: ["SeededRandom"], path: "Tests/TestSupport", swiftSettings: strict),
  tests("ArchitectureTests", []),
  tests("HexadecimalTests", ["Hexadecimal"]),
  tests("CodeScannerTests", ["CodeScanner", "SeededRandom"]),
  tests("ObjectInspectionTests", ["ObjectInspection", "CodeScanner"]),
  tests("TerminalTextTests", ["TerminalText"]),
  tests("SeededRandomTests", ["SeededRandom"]),
  tests("PKRUModelTests", ["PKRUModel"]),
  tests("SimEventsTests", ["SimEvents"]),
  tests("SimMemoryTests", ["SimMemory", "PKRUModel"]),
  tests("SimCPUTests", ["SimCPU"]),
  tests("SimUnicornTests", ["CUnicornSeams", "SimUnicorn", "SimCPU", "SimMemory", "PKRUModel", "SimEvents"]),
  tests("SimKVMTests", ["SimKVM", "SimCPU", "SimMemory", "SimEvents"]),
  tests(
    "EquivalenceTests",
    [
      "Engines", "Equivalence", "OutputFiles", "Scenarios", "SimCPU", "SimKVM", "SimMachine", "SimMemory", "SimUnicorn",
      "CSilicon",
    ]),
  tests("ProcessesTests", ["Processes"]),
  tests("LEB128Tests", ["LEB128"]),
  tests("ELFFilesTests", ["ELFFiles"]),
  tests(
    "ProfilesTests",
    ["Engines", "LineTables", "Pages", "Processes", "Profiles", "Scenarios", "SimEvents", "SimMachine"]),
  tests("SimPlatformTests", ["SimPlatform"]),
  tests("VirtioCoreTests", ["VirtioCore"]),
  tests("NinePTests", ["NineP"]),
  tests("SimVirtioTests", ["SimVirtio", "VirtioCore", "NineP", "SimMemory", "SimEvents", "ShareModel"]),
  tests("ObjectLoaderTests", ["ObjectLoader"]),
  tests("EBPFEngineTests", ["EBPFEngine"]),
  tests("FunctionEntriesTests", ["FunctionEntries", "GuestOS"]),
  tests(
    "SimMachineTests",
    [
      "SeededRandom", "SimMachine", "SimEvents", "SimMemory", "SimUnicorn", "SimVirtio", "SimCPU", "SimPlatform",
      "GuestOS",
      "Hexadecimal", "NineP", "VirtioCore",
    ]),
  tests("BPFFuzzTests", ["BPFFuzz", "EBPFEngine"]),
  tests("BPFToolTests", ["BPFTool", "EBPFEngine"]),
  tests("GuestOSTests", ["CodeScanner", "GuestOS"]),
  tests("BenchmarksTests", ["Benchmarks", "Scenarios"]),
  tests(
    "VerifyTests",
    ["Engines", "Equivalence", "GuestOS", "PKRUModel", "Scenarios", "SimEvents", "SimKVM", "SimQEMU", "Traces"]),
  tests("SimQEMUTests", ["SimQEMU", "Scenarios", "SimEvents"]),
  tests(
    "SimProcessTests",
    ["Engines", "Processes", "SimUnicorn", "Traces", "Scenarios", "SimMachine", "SimCPU", "SimEvents"]),
  tests(
    "TracesTests",
    [
      "Engines", "GuestOS", "LineTables", "OutputFiles", "Traces", "Scenarios", "SimMachine", "SimCPU", "SimEvents",
      "SimMemory",
      "SimUnicorn", "SimVirtio",
    ]),
  tests(
    "AttacksTests", ["Attacks", "Scenarios", "SimCPU", "SimEvents", "SimMachine", "SimUnicorn"]),
  tests(
    "ExplorationTests",
    ["Campaigns", "Engines", "Exploration", "Processes", "ResultDatabases", "Scenarios", "SimUnicorn", "TerminalText"]),
  tests(
    "CampaignsTests",
    [
      "Campaigns", "Engines", "Hexadecimal", "ResultDatabases", "Scenarios", "SeededRandom", "SimCPU", "SimEvents",
      "SimMachine", "SimMemory", "SimUnicorn", "TerminalText",
    ]),
  tests(
    "ScenariosTests",
    [
      "CostTables", "Engines", "GuestOS", "OutputFiles", "Scenarios", "SeededRandom", "SimCPU", "SimEvents",
      "SimMachine",
    ]),
]

/// The guest variant to build ("noshell", "ushell", "ushellmpk", "ushellmpk-bpf", "ushellmpk-hardened", "ushell-ring3",
/// "ushellpks-hardened"), or nil for the host's world:
/// see Scripts/build-guest. What a variant leaves out is not compiled, so that image sizes compare honestly.
let guestVariant = Context.environment["UIO_GUEST"]
let guestHasShell = guestVariant?.hasPrefix("ushell") ?? false
let guestHasSupervisorKeys = guestVariant?.hasPrefix("ushellpks") ?? false
let guestHasKeys = guestHasSupervisorKeys || guestVariant?.hasPrefix("ushellmpk") ?? false
let guestHasBPF = guestVariant?.hasSuffix("-bpf") ?? false
let guestIsHardened = guestVariant?.hasSuffix("-hardened") ?? false
let guestHasRing3 = guestVariant?.hasSuffix("-ring3") ?? false
/// Services in place of write windows.
let guestHasServices = guestIsHardened || guestHasRing3
/// What the guest's own targets are told of it.
let guestWords: [String] = [
  guestHasShell ? "UIO_SHELL" : nil, guestHasKeys ? "UIO_KEYS" : nil, guestHasBPF ? "UIO_BPF" : nil,
  guestHasServices ? "UIO_SERVICES" : nil, guestIsHardened ? "UIO_HARDENED" : nil, guestHasRing3 ? "UIO_RING3" : nil,
  guestHasSupervisorKeys ? "UIO_PKS" : nil,
].compactMap { $0 }

/// Files of the overlay that some designs alone have.
let guestOnly: [(file: String, isBuilt: Bool)] = [
  ("PrivilegedCode.swift", guestIsHardened), ("Bundles.swift", guestIsHardened), ("UserPages.swift", guestHasRing3),
  ("PerformanceCounters.swift", guestHasServices), ("DMAPages.swift", guestHasServices),
  ("OwnMSRs.swift", guestHasSupervisorKeys),
]

let guest: [Target] = [
  .target(
    name: "GuestBoot", path: "Sources/GuestOS/Boot", exclude: guestHasRing3 ? [] : ["ring3.S", "user.c"],
    cSettings: guestWords.map { .define($0) }),
  .target(
    name: "GuestApplications", path: "Sources/GuestOS/Applications", exclude: guestHasBPF ? [] : ["shown.c"]),
  .executableTarget(
    name: "uio-guest",
    dependencies: ["GuestBoot", "GuestApplications", "PKRUModel", "VirtioCore", "NineP", "ObjectLoader"]
      + (guestHasBPF ? ["EBPFEngine", "FunctionEntries"] : []) + (guestIsHardened ? ["CodeScanner"] : []),
    path: "Sources/GuestOS/Kernel",
    exclude: (!guestHasShell ? ["Overlay"] : guestOnly.filter { !$0.isBuilt }.map { "Overlay/\($0.file)" })
      + (guestHasBPF ? [] : ["BPF"]),
    swiftSettings: strict + guestWords.map { .define($0) }),
]

let package = Package(
  name: "uio-sim",
  // The guest needs no package of others.
  dependencies: guestVariant == nil
    ? [
      .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
      .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
      .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    ] : [],
  targets: guestVariant == nil ? shared + host + hostTests : shared + guest
)
