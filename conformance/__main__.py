"""The entry point: ``python -m conformance`` is the same as ``picjobs-conformance``."""

from conformance.interruption import leave_at_once


def main() -> None:
    """Run a command and end the process with its exit status."""
    leave_at_once()  # before anything is imported that takes its time
    from conformance import cli  # noqa: PLC0415

    cli.main()


if __name__ == "__main__":
    main()
