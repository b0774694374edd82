"""Runs SQLite's test files in three modes and says which tests end otherwise because of our seal.

    run.py TESTFIXTURE TESTDIR WORK [PATTERN ...]     patterns: instead of the files in files.txt

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


class Suite:
    def __init__(self, fixture, testdir, work):
        self.fixture, self.testdir, self.work = fixture, testdir, pathlib.Path(work)
        self.work.mkdir(parents=True, exist_ok=True)

    def output(self, mode, folder, *words):
        """What the test program prints, and its exit code."""
        limit = f"ulimit -t {CPU_SECONDS_MAX}; exec \"$@\""
        command = ["bash", "-c", limit, "-", self.fixture, str(HERE / "suite.tcl"), self.testdir, *words]
        process = subprocess.Popen(command, cwd=folder, env=dict(os.environ, JIYAO_SUITE=mode),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   start_new_session=True)
        try:
            out, _ = process.communicate(timeout=20 * CPU_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # it may wait for others that it started
            out, _ = process.communicate()
        return out.decode("utf-8", "replace"), process.returncode

    def files(self, patterns):
        """Name -> path of the files that are asked for."""
        listed, _ = self.output("plain", self.work, "list")
        found = {}
        for line in listed.splitlines():
            words = line.split()
            if len(words) == 2 and any(fnmatch.fnmatch(words[0], each + ".test") for each in patterns):
                found[words[0].removesuffix(".test")] = words[1]
        return dict(sorted(found.items()))

    def kept(self, name, mode):
        return self.work / mode / (name + ".txt")

    def failed(self, name, mode):
        """The names of the tests that failed, each as often as it did."""
        found = re.search(r"^!Failures on these tests:(.*)$", self.kept(name, mode).read_text(), re.M)
        return collections.Counter(found[1].split() if found else [])

    def passed(self, name, path, mode):
        """The names of the tests that passed, counted."""
        kept = self.kept(name, mode)
        if not kept.exists():
            folder = self.work / "run" / f"{mode}.{name}"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            out, end = self.output(mode, folder, "run", path)
            shutil.rmtree(folder, ignore_errors=True)
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(f"{out}\nended {end}\n")
        return collections.Counter(re.findall(r"^(?:.* )?(\S+)\.\.\. Ok$", kept.read_text(), re.M))

    def outcome(self, name, path):
        """Mode -> tests that passed. Where all pass with our settings, plain has nothing to add and is not run."""
        found = {mode: self.passed(name, path, mode) for mode in ("settings", "sealed")}
        is_whole = "\n0 errors out of " in self.kept(name, "settings").read_text()
        found["plain"] = found["settings"] if is_whole else self.passed(name, path, "plain")
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
    total = {mode: sum(outcome[name, mode].total() for name in files) for mode in MODES}
    lost = sum((outcome[name, "plain"] - outcome[name, "settings"]).total() for name in files)
    lines = [f"{len(files)} files; tests that pass: plain {total['plain']}, settings {total['settings']}, "
             f"sealed {total['sealed']}. Of plain's, {lost} do not pass with our settings alone.", "",
             "| file | plain | settings | sealed | other because of the seal |", "| --- | --- | --- | --- | --- |"]
    for name in files:
        if name in by_reason:
            counts = " | ".join(str(outcome[name, mode].total()) for mode in MODES)
            why = ", ".join(f"{count} {reason}" for reason, count in sorted(by_reason[name].items()))
            lines.append(f"| {name} | {counts} | {why} |")
    lines += ["", *(f"- **{name}** {text}" for name, text in allowed.reasons.items())]
    path.write_text("\n".join(lines) + "\n")
    print("\n".join(lines[:1]))


def main():
    fixture, testdir, work, *patterns = sys.argv[1:]
    suite, allowed = Suite(fixture, testdir, work), Allowed()
    files = suite.files(patterns or (HERE / "files.txt").read_text().split())
    with concurrent.futures.ThreadPoolExecutor(2 * os.cpu_count()) as pool:  # many of them wait
        jobs = {name: pool.submit(suite.outcome, name, path) for name, path in files.items()}
        outcome = {(name, mode): found for name, job in jobs.items() for mode, found in job.result().items()}
    unexplained, by_reason = [], collections.defaultdict(collections.Counter)
    for name in files:
        settings, sealed = outcome[name, "settings"], outcome[name, "sealed"]
        failed = suite.failed(name, "sealed") - suite.failed(name, "settings")
        has_ended = " errors out of " in suite.kept(name, "sealed").read_text()
        for test, count in ((settings - sealed) + (sealed - settings)).items():
            reason = allowed.reason(name, test, test in failed or not has_ended)
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
