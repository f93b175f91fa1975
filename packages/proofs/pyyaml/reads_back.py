"""Checks that what packages/manifests writes as YAML reads back the same in PyYAML."""

import json
import pathlib
import subprocess
import sys

import yaml

COUNT, SEED = 4000, 2
WORKSPACE = pathlib.Path(__file__).resolve().parents[3]


def canonical(value: object) -> str:
    """A text that tells 1 from 1.0 only where JSON does, and either from true."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, dict):
        pairs = [f"{json.dumps(key)}:{canonical(item)}" for key, item in sorted(value.items())]
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value)


def read(text: str) -> str:
    try:
        return canonical(yaml.safe_load(text))
    except Exception as error:  # whatever stops the reader is the finding
        return repr(error)


def main() -> int:
    printer = WORKSPACE / "packages/manifests/test/print-odd-yaml.ts"
    node = WORKSPACE / "node_modules/.bin/node"
    command = [str(node), str(printer), str(COUNT), str(SEED)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\n")
    samples = [json.loads(line) for line in lines if line]
    if len(samples) < COUNT:
        print(f"{len(samples)} objects, expected at least {COUNT}")
        return 1
    wrong = [sample for sample in samples if read(sample["yaml"]) != canonical(sample["object"])]
    for sample in wrong[:20]:
        print(f"{sample['yaml']!r}\n  read as {read(sample['yaml'])}")
        print(f"  want    {canonical(sample['object'])}")
    print(f"{len(samples) - len(wrong)} of {len(samples)} objects read back the same in PyYAML")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
