#!/usr/bin/env python3
"""clang-tidy over the sources of the floors, as scripts/lint calls it: tidy.py BUILD FILE...

A file that had nothing to say is not looked at again while everything it was judged by is the same: its text with
all headers in it, its comments, its flags, .clang-tidy and the tool. Marks lie in the compiler cache's
folder; remove them to begin anew.
"""
import concurrent.futures, hashlib, json, os, pathlib, shlex, subprocess, sys

TIDY = "clang-tidy-14"
# The analyser looks at 20,000 states a function instead of 225,000: minutes instead of half an hour.
EXTRA = [f"--extra-arg={word}" for word in
         ("-Xclang", "-analyzer-config", "-Xclang", "max-nodes=20000")]
CACHE = subprocess.run(["ccache", "-k", "cache_dir"], capture_output=True, text=True, check=True).stdout.strip()
MARKS = pathlib.Path(CACHE) / "jiyao-tidy"


def key_of(command, folder, judge):
    words = shlex.split(command)
    cut = words.index("-o")
    flags = words[:cut] + words[cut + 4:]
    source = words[cut + 3]
    text = subprocess.run(flags + ["-E", "-C", "-P", source], cwd=folder, capture_output=True, check=True).stdout
    text = text.replace(os.getcwd().encode() + b"/", b"")  # __FILE__: one mark serves every clone
    own = [word for word in flags if not os.path.isabs(word) and not word.startswith("-I")]
    return hashlib.sha256(b"\0".join([judge, " ".join(own).encode(), text])).hexdigest()


def look(build, file, unit, judge):
    """What clang-tidy says of the file; empty: nothing."""
    mark = MARKS / key_of(unit["command"], unit["directory"], judge)
    if mark.exists():
        return ""
    run = subprocess.run([TIDY, "-p", build, "--quiet", "--warnings-as-errors=*", *EXTRA, file],
                         capture_output=True, text=True)
    if run.returncode == 0:
        mark.touch()
        return ""
    said = [line for line in run.stderr.splitlines() if "warnings generated" not in line]
    return run.stdout + "\n".join(said)


def main():
    build, files = sys.argv[1], sys.argv[2:]
    MARKS.mkdir(parents=True, exist_ok=True)
    units = {os.path.realpath(unit["file"]): unit
             for unit in json.loads(pathlib.Path(build, "compile_commands.json").read_text())}
    said = subprocess.run([TIDY, "--version"], capture_output=True, text=True, check=True).stdout
    version = "".join(line for line in said.splitlines() if "version" in line).encode()
    judge = version + pathlib.Path(".clang-tidy").read_bytes() + " ".join(EXTRA).encode()
    strangers = [file for file in files if os.path.realpath(file) not in units]
    if strangers:
        sys.exit("tidy: not compiled by this build: " + " ".join(strangers))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        said = list(pool.map(lambda file: look(build, file, units[os.path.realpath(file)], judge), files))
    faults = [text for text in said if text]
    print("\n".join(faults), file=sys.stderr)
    sys.exit(1 if faults else 0)


main()
