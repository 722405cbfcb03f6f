"""What Lighthouse says of the front page and of a story, and when a slow phone shows them.

    script/lighthouse [--times 5]

It serves the sample publication from a temporary folder, prints the table that benchmarks/README.md
records, and ends with 1 when something is below what we hold ourselves to.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests import chromium
from tests.nu import CACHE
from tests.serving import Serving

NODE = Path(__file__).parent / "node"
PAGES = {
    "front page": "/",
    "story": "/the-machine-that-added-up-the-sea/",
}
CATEGORIES = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
CHROME_FLAGS = f"--headless=new {' '.join(chromium.ARGUMENTS)}"

# Chrome's "Slow 4G" and a mid-range phone.
LATENCY_MS = 150
DOWN_BYTES_PER_SECOND = 1_600_000 // 8
UP_BYTES_PER_SECOND = 750_000 // 8
SLOWER_TIMES = 4
PHONE = {"viewport": {"width": 412, "height": 823}, "device_scale_factor": 1.75, "is_mobile": True}
LCP_BUDGET_MS = 1000
LONG_TASK_MS = 50
WATCH = """
window.seen = { lcp: 0, what: "", moved: 0, long: [] };
const watch = (type, take) => {
  const observer = new PerformanceObserver((list) => list.getEntries().forEach(take));
  observer.observe({ type, buffered: true });
};
watch("largest-contentful-paint", (one) => {
  seen.lcp = one.startTime;
  seen.what = one.element?.className || one.element?.localName || "";
});
watch("layout-shift", (one) => (seen.moved += one.value));
watch("longtask", (one) => seen.long.push(Math.round(one.duration)));
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=5, help="how often a phone opens each page")
    times = parser.parse_args().times
    lighthouse = provide()
    with tempfile.TemporaryDirectory(prefix="longhand-lighthouse-") as data:
        owner = {"OWNER_EMAIL": "olga@example.org", "OWNER_PASSWORD": "a long enough sentence"}
        with Serving(Path(data), **owner) as serving:
            serving.wait_until_ready()
            below = [*on_a_phone(serving.url, times), *scores(lighthouse, serving.url, Path(data))]
    sys.exit("\n".join(below))


def provide() -> Path:
    """Lighthouse, as package-lock.json pins it, in this person's cache."""
    if not shutil.which("npm"):
        sys.exit("Lighthouse needs Node.js and npm. Install them, then run this again.")
    folder = CACHE / "lighthouse"
    lock = (NODE / "package-lock.json").read_bytes()
    stamp = folder / "installed"
    if not stamp.exists() or stamp.read_bytes() != lock:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(NODE / name, folder)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(command, cwd=folder, check=True)
        stamp.write_bytes(lock)
    return folder / "node_modules" / "lighthouse" / "cli" / "index.js"


def scores(lighthouse: Path, url: str, data: Path) -> Iterator[str]:
    """Print Lighthouse's scores (mobile); what is below its mark, with the reason."""
    sys.stdout.write(f"\n| page | {' | '.join(CATEGORIES)} | LCP, simulated |\n")
    sys.stdout.write(f"|---|{'---|' * len(CATEGORIES)}---|\n")
    for name, path in PAGES.items():
        report = ask(lighthouse, url + path, data / "report.json")
        found = {one: round(100 * report["categories"][one]["score"]) for one in CATEGORIES}
        lcp = report["audits"]["largest-contentful-paint"]["displayValue"]
        sys.stdout.write(f"| {name} | {' | '.join(map(str, found.values()))} | {lcp} |\n")
        for one, mark in CATEGORIES.items():
            if found[one] < mark:
                yield f"{name}, {one}: {found[one]}, not {mark}: {', '.join(reasons(report, one))}"


def ask(lighthouse: Path, url: str, report: Path) -> dict[str, Any]:
    command = ["node", str(lighthouse), url, "--quiet", "--output=json", f"--output-path={report}"]
    command += [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={CHROME_FLAGS}"]
    environment = {**os.environ, "CHROME_PATH": chromium.installed() or ""}
    subprocess.run(command, check=True, env=environment)
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return found


def reasons(report: dict[str, Any], category: str) -> Iterator[str]:
    for one in report["categories"][category]["auditRefs"]:
        audit = report["audits"][one["id"]]
        if one["weight"] and audit["score"] is not None and audit["score"] < 1:
            yield f"{audit['title']} {audit.get('displayValue', '')}".strip()


def on_a_phone(url: str, times: int) -> Iterator[str]:
    """Print when a phone four times slower than this machine has shown a page, over slow 4G."""
    sys.stdout.write("| page | LCP, quickest | median | shift | tasks over 50 ms |\n")
    sys.stdout.write("|---|---|---|---|---|\n")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.installed(), args=list(chromium.ARGUMENTS)
        )
        for name, path in PAGES.items():
            seen = [open_once(browser, url + path) for _time in range(times)]
            shown = sorted(round(one["lcp"]) for one in seen)
            moved = max(one["moved"] for one in seen)
            # A busy machine interrupts some of them; what is ours comes every time.
            quickest = shown[0]
            long = min((one["long"] for one in seen), key=sum)
            what = seen[0]["what"]
            line = [
                name,
                f"{quickest} ms ({what})",
                f"{statistics.median(shown):.0f} ms",
                f"{moved:.3f}",
                long or "none",
            ]
            sys.stdout.write(f"| {' | '.join(map(str, line))} |\n")
            if quickest > LCP_BUDGET_MS:
                yield f"{name}: shown after {quickest} ms, not {LCP_BUDGET_MS}"
            if moved:
                yield f"{name}: something moves by {moved}"
            if long:
                yield f"{name}: tasks of {long} ms, not {LONG_TASK_MS}"
        browser.close()


def open_once(browser: Browser, url: str) -> dict[str, Any]:
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.add_init_script(WATCH)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    line = {"latency": LATENCY_MS, "offline": False}
    line["downloadThroughput"] = DOWN_BYTES_PER_SECOND
    line["uploadThroughput"] = UP_BYTES_PER_SECOND
    session.send("Network.emulateNetworkConditions", line)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_TIMES})
    page.goto(url, wait_until="networkidle")
    seen: dict[str, Any] = page.evaluate("window.seen")
    context.close()
    return seen


if __name__ == "__main__":
    main()
