import Glibc
import Hexadecimal
import SimCPU
import SimMachine
import SimPlatform

/// The command line of a QEMU that is a scenario's machine: `microvm` with our channels behind its devices.
struct QEMUArguments {
  enum Accelerator: String, Sendable {
    case tcg, kvm

    /// KVM hosts differ in what they let a guest see; MSR_IA32_ARCH_CAPABILITIES is what some announce and then refuse, and
    /// SYSCALL what kvm_pvm does not do for guests that are not made for it. Page faults told by an interrupt are KVM's own
    /// APIC's, and QEMU sets up their MSR, which KVM refuses, if they are announced without it.
    var processor: String {
      guard self == .kvm else { return "max" }
      return "host,-arch-capabilities" + (Self.isParavirtual ? ",-syscall,-kvm-asyncpf-int" : "")
    }

    /// What follows -accel. The local APIC of kvm_pvm's kernel shows no interrupt that is being handled: its in-service and
    /// processor-priority registers stay 0 (against SDM vol. 3, 11.8.4 and 11.8.3.1), from which a guest must conclude INT n.
    /// QEMU's own APIC shows them.
    var words: String {
      self == .kvm && Self.isParavirtual ? "\(rawValue),kernel-irqchip=off" : rawValue
    }

    private static var isParavirtual: Bool { access("/sys/module/kvm_pvm", F_OK) == 0 }

    /// The vendor that CPUID says; the simulator's own name is for its own guest, which does not look.
    func processor(_ vendor: CPUVendor) -> String {
      switch vendor {
      case .uio: processor
      case .intel: processor + ",vendor=GenuineIntel"
      case .amd: processor + ",vendor=AuthenticAMD"
      }
    }
  }

  /// What goes through pipes; raw values name the pipes.
  enum Stream: String, CaseIterable {
    case serial, console, trace
  }

  let accelerator: Accelerator
  let configuration: MachineConfiguration
  let folder: MachineFolder

  var words: [String] {
    [
      // QEMU announces virtio devices on the command line only where there is no ACPI to do it.
      "-M", "microvm,acpi=\(configuration.hasACPI ? "on" : "off")", "-accel", accelerator.words,
      "-cpu", accelerator.processor(configuration.cpu),
      "-rtc", "base=\(configuration.startTimeText),clock=vm",
      "-m", "size=\(configuration.memoryBytes >> 10)k", "-nodefaults", "-no-user-config", "-display", "none",
      // Started by us when all is connected. A triple fault leaves the machine paused, so that memory can be read.
      "-S", "-action", "reboot=shutdown,shutdown=pause",
      // The interface of virtio 1.x, as the simulator's.
      "-global", "virtio-mmio.force-legacy=off",
      "-kernel", folder.image.path, "-append", configuration.commandLine,
      "-serial", "chardev:\(Stream.serial)", "-qmp", "unix:\(folder.monitor.path)",
      "-device", "isa-debug-exit,iobase=\(Platform.debugExitPort.hexadecimal),iosize=4",
      // Hands on every byte that is written to it: the guest's trace port.
      "-device", "isa-debugcon,iobase=\(Platform.tracePort.hexadecimal),chardev=\(Stream.trace)",
      "-d", "int,cpu_reset,trace:v9fs*", "-D", folder.log.path,
    ] + Stream.allCases.flatMap { ["-chardev", "pipe,id=\($0),path=\(folder.pipe($0))"] }
      + configuration.devices.flatMap(device)
  }

  private func device(_ device: MachineConfiguration.Device) -> [String] {
    let isOffered = !configuration.devicesWithoutEventIndex.contains(device)
    func word(_ name: String) -> String { isOffered ? name : "\(name),event_idx=off" }
    return switch device {
    case .console: ["-device", word("virtio-serial-device"), "-device", "virtconsole,chardev=\(Stream.console)"]
    case .ninep:
      [
        "-fsdev", "local,id=share,path=\(folder.share.path),security_model=none",
        "-device", word("virtio-9p-device,fsdev=share,mount_tag=fs0"),
      ]
    case .rng: ["-device", word("virtio-rng-device")]
    case .block:
      [
        "-drive",
        "if=none,id=disk,format=raw,readonly=\(configuration.disk.isReadOnly ? "on" : "off"),file=\(folder.disk.path)",
        "-device", word("virtio-blk-device,drive=disk"),
      ]
    }
  }
}

extension MachineConfiguration {
  /// The start of the clock as QEMU reads it, in UTC.
  fileprivate var startTimeText: String {
    func digits(_ number: Int, _ count: Int) -> String {
      String(repeating: "0", count: max(0, count - "\(number)".count)) + "\(number)"
    }
    let time = CivilTime(seconds: Int64(clamping: startTime))
    return "\(digits(time.year, 4))-\(digits(time.month, 2))-\(digits(time.day, 2))"
      + "T\(digits(time.hour, 2)):\(digits(time.minute, 2)):\(digits(time.second, 2))"
  }
}
