"""Runs SQLite's test files in three modes and says which tests end otherwise because of our seal.

    run.py TESTFIXTURE TESTDIR WORK [PATTERN ...]     patterns: instead of what files.txt says

plain: SQLite as it comes. settings: our settings without the seal. sealed: with it. What each file printed is kept in
WORK/<mode>/ and not run again; WORK/table.md has every difference. Exits 1 if a difference between settings and sealed
is not in differences.txt, or stands there and is gone.
"""
import collections
import concurrent.futures
import fnmatch
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
MODES = ("plain", "settings", "sealed")
CPU_SECONDS_MAX = 60


def chosen(name, is_veryquick):
    """Whether files.txt wants this file: the last line that matches decides, first of all "veryquick" itself."""
    is_wanted = is_veryquick
    for line in (HERE / "files.txt").read_text().splitlines():
        if line[:1] in ("+", "-") and fnmatch.fnmatchcase(name, line[1:].split()[0]):
            is_wanted = line[0] == "+"
    return is_wanted


class Suite:
    def __init__(self, fixture, testdir, work):
        self.fixture, self.testdir, self.work = fixture, testdir, pathlib.Path(work)
        self.work.mkdir(parents=True, exist_ok=True)

    def output(self, mode, name, *words):
        """What the test program prints, and its exit code. It runs in a folder of its own, and never as root: some
        tests are of files that may not be written, and root may always."""
        folder = self.work / "run" / f"{mode}.{name}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for program in ("sqlite3", "sqldiff"):  # some tests look for them here
            (folder / program).symlink_to(pathlib.Path(self.fixture).with_name(program))
        nobody = {}
        if os.geteuid() == 0:
            nobody = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            shutil.chown(folder, "nobody", "nogroup")
        limit = f"ulimit -t {CPU_SECONDS_MAX}; exec \"$@\""
        command = ["bash", "-c", limit, "-", self.fixture, str(HERE / "suite.tcl"), self.testdir, *words]
        process = subprocess.Popen(command, cwd=folder, env=dict(os.environ, JIYAO_SUITE=mode), **nobody,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   start_new_session=True)
        try:
            out, _ = process.communicate(timeout=20 * CPU_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # it may wait for others that it started
            out, _ = process.communicate()
        shutil.rmtree(folder, ignore_errors=True)
        return out.decode("utf-8", "replace"), process.returncode

    def files(self, patterns):
        """Name -> path of the files that match a pattern; without patterns, of those that files.txt says."""
        listed, _ = self.output("plain", "files", "list")
        found = {}
        for line in listed.splitlines():
            words = line.split()
            if len(words) == 3 and words[0].endswith(".test"):
                name = words[0].removesuffix(".test")
                if any(fnmatch.fnmatch(name, each) for each in patterns) if patterns else chosen(name, words[2] == "1"):
                    found[name] = words[1]
        return dict(sorted(found.items()))

    def kept(self, name, mode):
        return self.work / mode / (name + ".txt")

    def ends(self, name, path, mode):
        """How its tests ended, counted: pairs of a test's name and "Ok", or the first line of what it got instead."""
        kept = self.kept(name, mode)
        if not kept.exists():
            out, end = self.output(mode, name, "run", path)
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(f"{out}\nended {end}\n")
        text = kept.read_text().replace(f"/run/{mode}.{name}/", "/run/")
        found = collections.Counter()
        for test, is_ok, error in re.findall(r"^(?:.* )?(\S+)\.\.\.(?:( Ok)$|\n(Error: .*)$)", text, re.M):
            found[test, "Ok" if is_ok else error] += 1
        found.update(re.findall(r"^! (\S+) got: +(.*)$", text, re.M))
        return found

    def outcome(self, name, path):
        """Mode -> how the tests ended. Where all pass with our settings, plain has nothing to add and is not run."""
        found = {mode: self.ends(name, path, mode) for mode in ("settings", "sealed")}
        is_whole = "\n0 errors out of " in self.kept(name, "settings").read_text()
        found["plain"] = found["settings"] if is_whole else self.ends(name, path, "plain")
        return found


def passed(ends):
    """Of these ends, the tests that passed."""
    return collections.Counter({test: count for (test, end), count in ends.items() if end == "Ok"})


def differences(settings, sealed, is_whole):
    """Test -> how often it ends otherwise, and whether it fails. In a file that did not come to its end all fail."""
    gone, new = settings - sealed, sealed - settings
    found = {}
    for test in {test for test, _ in gone + new}:
        counts = [sum(count for (name, _), count in side.items() if name == test) for side in (gone, new)]
        found[test] = (max(counts), not is_whole or any(name == test and end != "Ok" for name, end in new))
    return found


class Allowed:
    """differences.txt: `reason NAME: text`, and `FILE TEST-PATTERN REASON` for each difference that is right."""

    def __init__(self):
        self.reasons, self.rules, self.used = {}, [], set()
        for line in (HERE / "differences.txt").read_text().splitlines():
            if line.startswith("reason "):
                name, text = line.removeprefix("reason ").split(": ", 1)
                self.reasons[name] = text
            elif line and not line.startswith("#"):
                self.rules.append(tuple(line.split()))

    def reason(self, name, test, is_failure):
        for rule in self.rules:
            if rule[2] == "rounds" and is_failure:
                continue
            if fnmatch.fnmatchcase(name, rule[0]) and fnmatch.fnmatchcase(test, rule[1]):
                self.used.add(rule)
                return rule[2]
        return None


def write_table(path, files, outcome, by_reason, allowed):
    passing = {key: passed(ends) for key, ends in outcome.items()}
    total = {mode: sum(passing[name, mode].total() for name in files) for mode in MODES}
    lost = sum((passing[name, "plain"] - passing[name, "settings"]).total() for name in files)
    lines = [f"{len(files)} files; tests that pass: plain {total['plain']}, settings {total['settings']}, "
             f"sealed {total['sealed']}. Of plain's, {lost} do not pass with our settings alone.", "",
             "| file | plain | settings | sealed | other because of the seal |", "| --- | --- | --- | --- | --- |"]
    for name in files:
        if name in by_reason:
            counts = " | ".join(str(passing[name, mode].total()) for mode in MODES)
            why = ", ".join(f"{count} {reason}" for reason, count in sorted(by_reason[name].items()))
            lines.append(f"| {name} | {counts} | {why} |")
    lines += ["", *(f"- **{name}** {text}" for name, text in allowed.reasons.items())]
    path.write_text("\n".join(lines) + "\n")
    print("\n".join(lines[:1]))


def main():
    fixture, testdir, work, *patterns = sys.argv[1:]
    suite, allowed = Suite(fixture, testdir, work), Allowed()
    files = suite.files(patterns)
    with concurrent.futures.ThreadPoolExecutor(2 * len(os.sched_getaffinity(0))) as pool:  # many of them wait
        jobs = {name: pool.submit(suite.outcome, name, path) for name, path in files.items()}
        outcome = {(name, mode): found for name, job in jobs.items() for mode, found in job.result().items()}
    unexplained, by_reason = [], collections.defaultdict(collections.Counter)
    for name in files:
        is_whole = " errors out of " in suite.kept(name, "sealed").read_text()
        for test, (count, is_failure) in differences(outcome[name, "settings"], outcome[name, "sealed"], is_whole).items():
            reason = allowed.reason(name, test, is_failure)
            by_reason[name][reason or "UNEXPLAINED"] += count
            if reason is None:
                unexplained.append(f"{name} {test}")
    write_table(suite.work / "table.md", files, outcome, by_reason, allowed)
    gone = [] if patterns else [rule for rule in allowed.rules if rule not in allowed.used]
    for line in unexplained:
        print("not in differences.txt:", line)
    for rule in gone:
        print("in differences.txt, but no difference any more:", *rule)
    sys.exit(1 if unexplained or gone else 0)


if __name__ == "__main__":
    main()
