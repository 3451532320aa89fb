"""The demo: a simulated eryph in this process, reached over HTTP like any other server."""

from __future__ import annotations

from ..connecting import connect
from ..errors import ConfigurationError
from ..model import OperationStatus
from ..operators import merge
from ..polling import fixed
from . import exit_codes
from .following import Following
from .options import Format
from .submitting import view_of

CATLETS = {
    "web": ("dbosoft/ubuntu-22.04/starter", "uses an image that is already there", OperationStatus.COMPLETED),
    "db": ("dbosoft/ubuntu-24.04/20250101", "needs an image that is downloaded first", OperationStatus.COMPLETED),
    "ci": ("acme/missing/1.0", "asks for an image that does not exist, and fails on purpose", OperationStatus.FAILED),
}


def run_demo(speed: float, *, as_json: bool) -> int:
    """Create three catlets at once and watch their merged streams. Returns 0 when each ended as planned."""
    try:
        from ..simulator import Simulator
    except ModuleNotFoundError as error:
        raise missing_simulator(error) from error
    with (
        Simulator(speed=speed) as simulator,
        connect(
            endpoint=simulator.endpoint,
            client_id=simulator.client_id,
            private_key=simulator.private_key,
            polling=fixed(0.5),
        ) as eryph,
    ):
        if not as_json:
            print(f"A simulated eryph at {simulator.endpoint}, {speed:g} times as fast as a real one", flush=True)
            for name, (_, story, _) in CATLETS.items():
                print(f"  {name:<4} {story}")
            print(flush=True)
        streams = {
            name: eryph.catlets.create({"name": name, "parent": parent}) for name, (parent, _, _) in CATLETS.items()
        }
        names = {stream.operation_id: name for name, stream in streams.items()}
        following = Following(names, as_json=as_json, continues=False)
        code = following.follow(merge(*streams.values()), view_of(names, Format.JSON if as_json else Format.TABLE))
    if following.running():  # interrupted
        return code
    results = following.results
    went_as_planned = all(results[stream.operation_id].status == CATLETS[name][2] for name, stream in streams.items())
    if not as_json:
        planned = "Everything went as planned" if went_as_planned else "Something did not go as planned"
        print(f"\n{planned}. Durations are measured by the server's clock.")
    return exit_codes.SUCCESS if went_as_planned else exit_codes.OPERATION_FAILED


def missing_simulator(error: ModuleNotFoundError) -> ConfigurationError:
    """The error when the simulator's packages are not installed."""
    return ConfigurationError(f'{error.name} is missing. Run: python -m pip install "rxeryph[demo]"')
