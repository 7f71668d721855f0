#!/usr/bin/env python3
"""Runs the commands of README.md and compares what they print with what it shows.

A ```console block holds `$ command` lines, each followed by its output; a line `...` stands for any number of lines.
A ```sh block holds commands alone. Commands run in a copy of the project's files, so that they leave nothing behind.
tools/quickstart and tools/test are only checked to be there: they would build this build again. Commands with one of the
words behind the program are left out.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


def blocks(text):
    for match in re.finditer(r"^```(console|sh)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield match.group(1), match.group(2).splitlines()


def commands(text):
    """(command, expected lines or None) in reading order."""
    for kind, lines in blocks(text):
        current = None
        for line in lines:
            if kind == "sh":
                if line and not line.startswith("#"):
                    yield line, None
            elif line.startswith("$ "):
                if current:
                    yield current
                current = (line[2:], [])
            else:
                current[1].append(line)
        if current:
            yield current


def matches(expected, actual):
    """Whether actual lines fit the expected ones, `...` standing for any number of lines."""
    if not expected:
        return not actual
    if expected[0].strip() == "...":
        return any(matches(expected[1:], actual[i:]) for i in range(len(actual) + 1))
    return bool(actual) and actual[0] == expected[0] and matches(expected[1:], actual[1:])


def main():
    source, program = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    failures = 0
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in ("configs", "traces", "tools", "tests/data"):
            shutil.copytree(source / name, pathlib.Path(folder) / name)
        (pathlib.Path(folder) / "build" / "release").mkdir(parents=True)
        (pathlib.Path(folder) / "build" / "release" / "lnsim").symlink_to(program)
        environment = dict(os.environ, PATH=f"{program.parent}:{os.environ['PATH']}")
        for command, expected in commands((source / "README.md").read_text()):
            if any(word in command for word in sys.argv[3:]):
                continue
            count += 1
            if re.match(r"tools/(quickstart|test|setup|lint)\b|cmake\b|build/\S*/(bench_|lockstep)|/usr/bin/python3", command):
                first = command.split()[0]
                if first.startswith("tools/") and not os.access(pathlib.Path(folder) / first, os.X_OK):
                    print(f"FAILED {command}: not there")
                    failures += 1
                continue
            done = subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True)
            output = (done.stdout + done.stderr).splitlines()
            if done.returncode != 0 and expected is None:
                print(f"FAILED {command}: exit code {done.returncode}\n{done.stderr}")
                failures += 1
            elif expected is not None and not matches(expected, [line.rstrip() for line in output]):
                print(f"FAILED {command}: README shows other output. It printed:\n" + "\n".join(output))
                failures += 1
    print(f"{count - failures} passed, {failures} failed")
    return 1 if failures or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
