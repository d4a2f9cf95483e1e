#!/usr/bin/env python3
"""Draws extensions that keep to the rules, runs them, and looks whether the oracle accuses one.

    honest_extensions.py --clang CLANG --sim SIM [--count N] [--seed N] [--folder FOLDER]

Each extension is C, drawn from its own seed: it computes, reads anything, calls every gate, writes the application's counter in
write windows and nowhere else, has data and constructors of its own, and calls the unikernel's functions. A tenth of them fault
on purpose, within the rules: a key fault, a null pointer, a division, an endless loop. Twenty share a run, under uio-mpk and under none in turn. A run may be judged
completed, or contained where one faults; everything else is an accusation, and is printed with the seed and the source.

Exit status: 0 none, 1 an accusation, 2 wrong usage.
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys

BATCH = 20
OPTIONS = """--target=x86_64-unknown-none-elf -mno-red-zone -mno-sse -mno-mmx -mno-80387 -std=c17 -O1 -ffreestanding -fPIC
-fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none -w""".split()
FAULTS = ["*(volatile int *)0 = 1;", "sink = 1 / (sink & 0);", "for (;;) sink++;"]
# Without keys nothing stops these: there they are no faults within the rules.
KEY_FAULTS = ["count = 1;", "set_count(3);"]


class Source:
    """The C of one extension."""

    def __init__(self, seed, design):
        self.all_faults = FAULTS + KEY_FAULTS if design == "uio-mpk" else FAULTS
        self.draw = random.Random(seed)
        self.faults = self.draw.random() < 0.1
        self.depth = 0

    def number(self):
        return self.draw.choice([str(self.draw.randrange(256)), hex(self.draw.getrandbits(64)) + "ull", "sink", "local", "argc"])

    def expression(self):
        left, right = self.number(), self.number()
        # A shift of an int by more than its width has no meaning in C.
        return self.draw.choice(
            [f"({left} {op} {right})" for op in "+-*^&|"]
            + [f"((uint64_t){left} >> ({right} & 63))", "get_count()", "ushell_ticks()"])

    def statement(self):
        draw = self.draw
        kinds = [
            lambda: f"sink = {self.expression()};",
            lambda: f"local ^= {self.expression()};",
            lambda: f"own[{self.expression()} & 63] = {self.expression()};",
            # Everything that is mapped may be read: the image's code and constants, the code of the gates among it. Behind its data lies
            # the page that guards the boot stack, which is not mapped.
            lambda: f"local += *(volatile unsigned char *)(0x100000ull + {draw.randrange(0x38000)});",
            lambda: "local += count;",
            lambda: "local += *(volatile unsigned char *)(void *)ushell_disable_write;",
            lambda: f'ushell_puts("{draw.randrange(10**6)}\\n");',
            lambda: f"ushell_put_{draw.choice(['unsigned', 'signed', 'hex'])}({self.expression()});",
            lambda: f"ushell_write((const char *)own, {draw.randrange(16)});",
            lambda: f"USHELL_SET(count, {draw.randrange(1000)});",
            lambda: f"USHELL_CALL(set_count({draw.randrange(1000)}));",
            lambda: "ushell_enable_write(); count = count + 1; ushell_disable_write();",
            lambda: f"USHELL_WINDOW({{ count = {draw.randrange(1000)}; USHELL_SET(count, local); ushell_puts(\"\"); }});",
            lambda: f"memset(own, {draw.randrange(256)}, {draw.randrange(64)});",
            lambda: f"memcpy(own, (const void *)(0x100000ull + {draw.randrange(0x1000)}), {draw.randrange(64)});",
            lambda: f"local += helper({draw.randrange(12)}, local);",
            lambda: f"local += table[{self.expression()} & 1](3, local);",
            lambda: "for (volatile int wait = 0; wait < %d; wait++) sink += wait;" % draw.randrange(1, 20000),
            lambda: '__asm__ volatile("cpuid" : : "a"(0), "c"(0) : "rbx", "rdx", "memory");',
            lambda: '{ unsigned char at[10]; __asm__ volatile("sidt %0" : "=m"(at)); local += at[0]; }',
            lambda: '{ uint64_t now; __asm__ volatile("mov %%cr0, %0" : "=r"(now)); __asm__ volatile("mov %0, %%cr0" : : "r"(now)); }',
            lambda: 'local += (uint32_t)__builtin_ia32_rdtsc();',
        ]
        if self.depth < 2:
            kinds += [self.block, self.block]
        return draw.choice(kinds)()

    def block(self):
        self.depth += 1
        body = " ".join(self.statement() for _ in range(self.draw.randrange(1, 4)))
        self.depth -= 1
        head = self.draw.choice([f"if ({self.expression()} & 1)", f"for (int at = 0; at < {self.draw.randrange(4)}; at++)"])
        return f"{head} {{ {body} }}"

    def text(self):
        statements = [self.statement() for _ in range(self.draw.randrange(2, 14))]
        if self.faults:
            statements.insert(self.draw.randrange(len(statements)), self.draw.choice(self.all_faults))
        constructor = "__attribute__((constructor)) static void first(void) { own[1] = 7; }\n" if self.draw.random() < 0.3 else ""
        body = "\n  ".join(statements)
        return f"""#include "ushell.h"
void *memset(void *, int, size_t);
void *memcpy(void *, const void *, size_t);
static uint8_t own[128];
static volatile uint64_t sink;
static uint64_t helper(int depth, uint64_t value) {{ return depth > 0 ? helper(depth - 1, value * 3) + own[depth] : value; }}
static uint64_t other(int depth, uint64_t value) {{ return value ^ depth; }}
static uint64_t (*const table[])(int, uint64_t) = {{helper, other}};
{constructor}int main(int argc, char **argv) {{
  uint64_t local = argc;
  {body}
  return (int)(local & 127);
}}
"""


def run_batch(options, seeds, folder, design):
    """The accusation of a run, or None; and whether it was stopped by a fault."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    sources = {seed: Source(seed, design) for seed in seeds}
    script = [{"expect": "> ", "within": "2s"}]
    for seed, source in sources.items():
        path = folder / f"h{seed}.c"
        path.write_text(source.text())
        script += [{"send": f"run h{seed}.o"}, {"expect": "> ", "within": "5s"}]
    include = pathlib.Path(__file__).resolve().parent.parent.parent / "extensions" / "include"
    subprocess.run([options.clang, *OPTIONS, f"-I{include}", "-c", *[f"h{seed}.c" for seed in seeds]], cwd=folder, check=True)
    for path in folder.glob("*.c"):
        path.rename(folder.parent / path.name)
    scenario = folder.parent / "honest.json"
    scenario.write_text(json.dumps({
        "guest": {"variant": "ushellmpk", "design": design}, "share": {"folder": folder.name}, "script": script + [{"wait": "2s"}],
        "budget": {"time": "200s"},
    }))
    answer = subprocess.run([options.sim, "run", str(scenario), "--format", "json"], capture_output=True, text=True)
    try:
        result = json.loads(answer.stdout)
    except ValueError:
        return f"no result: {answer.stdout[:300]}{answer.stderr[:300]}", False
    anybody = any(source.faults for source in sources.values())
    allowed = {"completed", "contained"} if anybody else {"completed"}
    if result["outcome"] in allowed:
        for seed in seeds:
            (folder.parent / f"h{seed}.c").unlink(missing_ok=True)
        return None, result["outcome"] == "contained"
    return f"{result['outcome']}: {result['reason']}; {json.dumps(result.get('evidence'))}", False


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--clang", required=True, help="the toolchain's clang")
    parser.add_argument("--sim", default="./sim")
    parser.add_argument("--count", type=int, default=10000, help="how many extensions (10000)")
    parser.add_argument("--seed", type=int, default=1, help="of the first extension; the others follow")
    parser.add_argument("--folder", default=".build/fuzz/extensions", help="where sources of an accusation stay")
    options = parser.parse_args()
    if options.count < 1:
        parser.error("--count takes at least 1")
    folder = pathlib.Path(options.folder) / "share"
    accused = contained = 0
    for first in range(options.seed, options.seed + options.count, BATCH):
        seeds = range(first, min(first + BATCH, options.seed + options.count))
        design = ["uio-mpk", "none"][(first - options.seed) // BATCH % 2]
        accusation, stopped = run_batch(options, seeds, folder, design)
        contained += stopped
        if accusation:
            accused += 1
            print(f"fuzz: extensions: seeds {seeds[0]} to {seeds[-1]} under {design}: {accusation}")
        if sys.stderr.isatty():
            print(f"\r{seeds[-1] - options.seed + 1} of {options.count}", end="", file=sys.stderr)
    print(f"fuzz: extensions: {options.count} from seed {options.seed}, {contained} runs with one that was contained; "
          f"{accused} accusations")
    return 1 if accused else 0


if __name__ == "__main__":
    sys.exit(main())
