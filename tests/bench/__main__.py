"""``python -m tests.bench``: every measurement, as ratios in one run on one machine."""

from . import (
    command,
    consumers,
    delivery,
    following,
    importing,
    journal,
    listing,
    many_operations,
    memory,
    quiet_poll,
    simulator,
    timer,
    tracking,
    virtual_time,
)

for bench in (
    importing,
    command,
    timer,
    tracking,
    virtual_time,
    delivery,
    memory,
    quiet_poll,
    many_operations,
    listing,
    simulator,
    journal,
    consumers,
    following,
):
    print(f"\n{(bench.__doc__ or '').splitlines()[0]}", flush=True)
    for line in bench.run():
        print(line, flush=True)
