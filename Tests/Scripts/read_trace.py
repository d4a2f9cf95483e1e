#!/usr/bin/env python3
"""Reads a trace by what docs/trace-format.md says, and by nothing else: an independent reader, for tests.

    read_trace.py docs/trace-format.md FILE.trace

The kinds of events and their fields come from the document's own table. Prints each event as `sim inspect --events
--format json` does, but for the symbol, which takes the image. Checksums (XXH3) are not computed.
"""
import json
import struct
import sys

MAGIC = bytes.fromhex("8955494f540d0a1a")
VERSION = 5
ACTORS = ["unknown", "unikernel", "application", "handler", "gate of", "host function of", "extension"]
CROSSINGS = "enter leave abort gate back interrupt resume open close ungated".split()


class Fields:
    """Numbers, texts and bytes, one after the other."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise ValueError(f"cut off at {self.at}")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self):
        value = shift = 0
        while True:
            (byte,) = self.take(1)
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        if (byte == 0 and shift > 7) or value >= 1 << 64:
            raise ValueError("a number that is not in its fewest bytes, or too large")
        return value

    def hexadecimal(self):
        return hex(self.number())

    def place(self):
        number = self.number()
        return hex(number) if number else None

    def name(self):
        (form,) = self.take(1)
        if form >= len(ACTORS):
            raise ValueError(f"actor {form}")
        return f"{ACTORS[form]} {self.text()}" if form >= 4 else ACTORS[form]

    def actor(self):
        name = self.name()
        return None if name == "unknown" else name

    def crossing(self):
        (number,) = self.take(1)
        return CROSSINGS[number]

    def flag(self):
        (byte,) = self.take(1)
        if byte > 1:
            raise ValueError(f"flag {byte}")
        return byte == 1

    def text(self):
        return self.take(self.number()).decode("utf-8")

    def bytes(self):
        return self.take(self.number()).decode("latin-1")

    @property
    def is_at_end(self):
        return self.at == len(self.data)


def read_kinds(document):
    """The table of kinds: number -> (name, [(field, form)])."""
    kinds = {}
    for line in open(document, encoding="utf-8"):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 3 or not cells[0].isdigit():
            continue
        if not cells[1].startswith("`"):
            continue
        fields = []
        for item in cells[2].split(", "):
            name, form = item.replace("`", "").split(" ", 1)
            fields.append((name, form))
        kinds[int(cells[0])] = (cells[1].strip("`"), fields)
    return kinds


def read_chunks(data):
    if data[:8] != MAGIC or struct.unpack("<II", data[8:16]) != (VERSION, 0):
        raise ValueError("no trace of this version")
    at, sequence = 16, 0
    while at < len(data):
        kind, number, length = struct.unpack_from("<4sII", data, at)
        if number != sequence:
            raise ValueError(f"chunk {number} where {sequence} belongs")
        yield kind.decode("ascii"), data[at + 12 : at + 12 + length]
        at += 12 + length + 8
        sequence += 1
    if at != len(data):
        raise ValueError("the file ends within a chunk")


def read_header(content):
    fields = Fields(content)
    header = {"simulator": fields.text(), "scenario": fields.text(), "seed": fields.number(), "clock": fields.number()}
    header["files"] = []
    for _ in range(fields.number()):
        role, path, size = fields.number(), fields.text(), fields.number()
        high, low = struct.unpack("<QQ", fields.take(16))
        header["files"].append((role, path, size, f"{high:016x}{low:016x}", fields.number()))
    if not fields.is_at_end:
        raise ValueError("more in the header than it says")
    return header


def read_events(content, kinds, position):
    """The events of one chunk; `position` is what came before, as the chunk itself must say."""
    fields = Fields(content)
    begin = [fields.number() for _ in range(3)]
    if begin != position:
        raise ValueError(f"a chunk begins at {begin}, the one before ended at {position}")
    while not fields.is_at_end:
        (raw,) = fields.take(1)
        name, forms = kinds[raw]
        position[1] = (position[1] + fields.number()) % (1 << 64)
        position[2] = (position[2] + fields.number()) % (1 << 64)
        event = {"number": position[0], "time": position[1], "instruction": position[2], "kind": name}
        for field, form in forms:
            value = getattr(fields, form)()
            if value is not None:
                event[field] = value
        yield event
        position[0] += 1


def read_registers(content):
    """For each sync event the words that are known, as a list of 138, or None."""
    fields, words, files = Fields(content), [0] * 138, []
    for _ in range(fields.number()):
        count = fields.number()
        if count == 0:
            files.append(None)
            continue
        at = -1
        for _ in range(count - 1):
            at += 1 + fields.number()
            words[at] = fields.number()
        files.append(list(words))
    if not fields.is_at_end:
        raise ValueError("more registers than there should be")
    return files


def main(document, path):
    kinds = read_kinds(document)
    data = open(path, "rb").read()
    position, syncs, end = [0, 0, 0], 0, None
    for kind, content in read_chunks(data):
        if kind == "HEAD":
            read_header(content)
        elif kind == "EVNT":
            syncs = 0
            for event in read_events(content, kinds, position):
                syncs += event["kind"] == "sync"
                print(json.dumps(event, ensure_ascii=False))
        elif kind == "REGS":
            if len(read_registers(content)) != syncs:
                raise ValueError("registers for another number of sync events")
        elif kind == "END!":
            end = struct.unpack_from("<QQ", content)
    if end is None or end[1] != position[0]:
        raise ValueError(f"the end says {end}, there are {position[0]} events")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    main(*sys.argv[1:])
