"""What Scripts/mutants and Scripts/guest-mutants share: defects that are planted into a copy of the project.

A defect is an object of JSON with a name, a file of the project, and a text in it (`from`) that gives way to another (`to`).
The text is there exactly once, so that it says where the defect is. The project itself is never changed.
"""
import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
PROGRAM = os.path.basename(sys.argv[0])
locks = []


def fail(text):
    """Ends the script for wrong usage or input."""
    print(f"{PROGRAM}: {text}", file=sys.stderr)
    sys.exit(2)


def load(path):
    """The defects of a file; each fits exactly one place, and no two have the same name."""
    with open(os.path.join(ROOT, path)) as file:
        defects = json.load(file)
    names = set()
    for defect in defects:
        with open(os.path.join(ROOT, defect["file"])) as file:
            count = file.read().count(defect["from"])
        if count != 1:
            fail(f'"{defect["name"]}" fits {count} places of {defect["file"]}: mend {path}')
        if defect["name"] in names:
            fail(f'"{defect["name"]}" is there twice: mend {path}')
        if defect["from"] == defect["to"]:
            fail(f'"{defect["name"]}" changes nothing: mend {path}')
        names.add(defect["name"])
    return defects


def choose(defects, text, key="file"):
    """Those that have a text in their name or another value."""
    chosen = [defect for defect in defects if text in defect["name"] or text in str(defect.get(key, ""))]
    if not chosen:
        fail(f'no defect has "{text}" in its name or {key}; see --list')
    return chosen


def lock(tree):
    """Keeps others out of the copy until the script ends."""
    file = open(os.path.join(tree, ".build", "planting.lock"), "w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        fail(f"another run works in {os.path.relpath(tree, ROOT)}: wait for its end")
    locks.append(file)


def copy_tree(tree, shared):
    """Brings a copy of the project's files up to date, with their times, so that little is built again; of what is built,
    the folders named are shared. What an interrupted run has left in the copy goes away with it."""
    os.makedirs(os.path.join(tree, ".build"), exist_ok=True)
    lock(tree)
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    listed = {name for name in names.decode().split("\0") if name}
    for name in listed:
        source, target = os.path.join(ROOT, name), os.path.join(tree, name)
        if not os.path.exists(source):
            continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        same = os.path.exists(target) and open(source, "rb").read() == open(target, "rb").read()
        if not same:
            shutil.copy2(source, target)
    for folder in ["Sources", "Tests"]:
        for path, _, files in os.walk(os.path.join(tree, folder)):
            for name in files:
                whole = os.path.join(path, name)
                if os.path.relpath(whole, tree) not in listed:
                    os.remove(whole)
    for name in shared:
        link = os.path.join(tree, ".build", name)
        if not os.path.lexists(link) and os.path.isdir(os.path.join(ROOT, ".build", name)):
            os.symlink(os.path.join(ROOT, ".build", name), link)


@contextlib.contextmanager
def planted(tree, defect):
    """The copy has the defect as long as the block runs."""
    path = os.path.join(tree, defect["file"])
    with open(path) as file:
        text = file.read()
    try:
        with open(path, "w") as file:
            file.write(text.replace(defect["from"], defect["to"]))
        yield
    finally:
        with open(path, "w") as file:
            file.write(text)


def run(command, folder, log, seconds_max):
    """The exit status of a command whose words go to a log; None if it took too long."""
    with open(log, "w") as out:
        try:
            return subprocess.run(command, cwd=folder, stdout=out, stderr=out, timeout=seconds_max).returncode
        except subprocess.TimeoutExpired:
            return None
