"""``python -m conformance.clients.faults NAME``: serve the adapter protocol, misbehaving.

With ``--list`` it prints the names of faults and variants.
"""

from __future__ import annotations

import sys

from conformance.clients.faults import Fault, Variant, all_faults, all_variants


def main(arguments: list[str]) -> int:
    known: dict[str, Fault | Variant] = {**all_faults(), **all_variants()}
    if arguments == ["--list"]:
        for name, each in known.items():
            print(f"{name}: {each.says}")  # noqa: T201 - what this option is for
        return 0
    if len(arguments) != 1 or arguments[0] not in known:
        print("give one name of a fault or variant; --list shows them", file=sys.stderr)  # noqa: T201
        return 2
    known[arguments[0]].run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
