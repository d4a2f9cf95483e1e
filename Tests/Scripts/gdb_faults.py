#!/usr/bin/env python3
"""Does faults by hand in QEMU, through its gdb stub, and prints the registers that come of them.

Reads one JSON object on standard input: {"image": ELF file, "start": address where the guest is stopped, "code": hexadecimal bytes,
"place": address where they are put, "registers": [RAX ... R15, RIP, RFLAGS], "runs": [{"step": K, "steps": N, "fault": {...}}]}.
A fault is {"register": number, "mask": bits}, {"skip": bytes of the instruction} or {"address": where, "mask": byte}. Each run begins with
the registers given, steps K instructions, applies the fault, steps on to N, and prints a line with the 18 registers as JSON.
"""
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time


class Stub:
    """The remote serial protocol of gdb, as much of it as is needed."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        for _ in range(200):
            try:
                self.socket.connect(path)
                break
            except OSError:
                time.sleep(0.05)
        self.rest = b""

    def ask(self, text):
        data = text.encode()
        self.socket.sendall(b"$" + data + b"#%02x" % (sum(data) & 255))
        return self.answer()

    def answer(self):
        while True:
            start = self.rest.find(b"$")
            end = self.rest.find(b"#", start)
            if start >= 0 and end >= 0 and len(self.rest) >= end + 3:
                packet = self.rest[start + 1:end]
                self.rest = self.rest[end + 3:]
                self.socket.sendall(b"+")
                return packet.decode()
            more = self.socket.recv(65536)
            if not more:
                sys.exit("gdb_faults: QEMU has closed the connection")
            self.rest += more

    def done(self, text):
        answer = self.ask(text)
        if answer != "OK":
            sys.exit(f"gdb_faults: {text[:40]}: {answer}")


# QEMU's order: RAX RBX RCX RDX RSI RDI RBP RSP R8-R15 RIP, each 8 bytes, then EFLAGS in 4.
ORDER = [0, 3, 1, 2, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15, 16]


def registers(stub):
    raw = bytes.fromhex(stub.ask("g"))
    values = [0] * 18
    for index, place in enumerate(ORDER):
        values[place] = struct.unpack_from("<Q", raw, index * 8)[0]
    values[17] = struct.unpack_from("<I", raw, 17 * 8)[0]
    return values, raw


def put(stub, values, raw):
    raw = bytearray(raw)
    for index, place in enumerate(ORDER):
        struct.pack_into("<Q", raw, index * 8, values[place])
    struct.pack_into("<I", raw, 17 * 8, values[17])
    stub.done("G" + raw.hex())


def write(stub, address, data):
    stub.done(f"M{address:x},{len(data):x}:{data.hex()}")


def read(stub, address, count):
    return bytes.fromhex(stub.ask(f"m{address:x},{count:x}"))


def step(stub, count):
    for _ in range(count):
        stub.ask("vCont;s:p1.1")


def main():
    order = json.load(sys.stdin)
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "gdb")
    process = subprocess.Popen(
        ["qemu-system-x86_64", "-M", "microvm,accel=tcg", "-cpu", "max", "-m", "64", "-nodefaults", "-no-user-config",
         "-no-reboot", "-display", "none", "-S", "-chardev", f"socket,id=gdb,path={path},server=on,wait=off", "-gdb",
         "chardev:gdb", "-kernel", order["image"]], stdin=subprocess.DEVNULL)
    try:
        stub = Stub(path)
        stub.ask("qSupported:multiprocess+")
        stub.ask("vCont?")
        # Interrupts and timers stand still while single steps are taken.
        stub.ask("Qqemu.sstep=0x7")
        stub.done(f"Z1,{order['start']:x},1")
        stub.ask("c")
        stub.done(f"z1,{order['start']:x},1")
        _, first = registers(stub)
        code = bytes.fromhex(order["code"])
        for run in order["runs"]:
            write(stub, order["place"], code)
            put(stub, order["registers"], first)
            step(stub, run["step"])
            fault = run["fault"]
            if "register" in fault:
                values, raw = registers(stub)
                values[fault["register"]] ^= fault["mask"]
                put(stub, values, raw)
            elif "skip" in fault:
                values, raw = registers(stub)
                values[16] += fault["skip"]
                put(stub, values, raw)
            else:
                old = read(stub, fault["address"], 1)
                write(stub, fault["address"], bytes([old[0] ^ fault["mask"]]))
            step(stub, run["steps"] - run["step"])
            print(json.dumps(registers(stub)[0]), flush=True)
    finally:
        process.kill()
        process.wait()
        for name in os.listdir(folder):
            os.remove(os.path.join(folder, name))
        os.rmdir(folder)


main()
