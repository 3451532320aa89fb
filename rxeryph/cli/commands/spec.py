"""``rxeryph spec``: catlet specifications, which the server keeps in versions and deploys."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from .. import exit_codes
from ..confirming import confirmed
from ..options import AllowUnknown, File, Identity, OfProject, Once, ProjectArgument, Yes, allowing
from ..output.nouns import SPEC, SPEC_CONTENT, SPEC_VERSION
from ..output.printing import print_document, print_object
from ..reading import Reading
from ..submitting import Asking, Changing
from ..targets import names, spec_id
from ..tree import Verbs

verbs = Verbs()

Spec = Annotated[str, typer.Argument(metavar="SPEC", help="Name or id of a specification, as in: rxeryph spec list")]
Specs = Annotated[list[str], typer.Argument(metavar="SPEC", help="Names or ids of specifications; - for stdin.")]
Version = Annotated[
    str,
    typer.Argument(
        metavar="VERSION", help="Id of a version, as in: rxeryph spec versions SPEC; latest for the latest."
    ),
]
Comment = Annotated[
    str | None, typer.Option("--comment", metavar="TEXT", show_default=False, help="What the version is about.")
]
Architecture = Annotated[
    list[str] | None,
    typer.Option(
        "--architecture",
        metavar="NAME",
        show_default=False,
        help="Architecture to build for, such as hyperv/amd64 (default); may be repeated.",
    ),
]


@verbs
def list_(server: Reading, project: OfProject = None) -> int:
    """List specifications."""
    return server.list(SPEC, lambda api: api.catlet_specifications.list(project))


@verbs
def show(server: Reading, specs: Specs) -> int:
    """Show specifications."""
    return server.show(SPEC, specs, lambda api, each: api.catlet_specifications.get(spec_id(api, each)))


@verbs
def versions(server: Reading, spec: Spec) -> int:
    """List the versions of a specification, oldest first."""
    return server.list(SPEC_VERSION, lambda api: api.catlet_specifications.list_versions(spec_id(api, spec)))


@verbs
def version(server: Reading, spec: Spec, version: Version = "latest") -> int:
    """Show a version of a specification, with the configuration as it was submitted."""
    with server.connection.plain() as api:
        found_id = spec_id(api, spec)
        found = api.catlet_specifications.get_version(found_id, _version_id(api, found_id, version))
    print_object([found], SPEC_CONTENT, server.format)
    return exit_codes.SUCCESS


@verbs
def create(
    server: Changing,
    project: ProjectArgument,
    file: File,
    comment: Comment = None,
    architecture: Architecture = None,
    allow_unknown: AllowUnknown = False,
    once: Once = None,
) -> int:
    """Store a configuration as a new specification, and watch the operation to its end."""
    from ..configurations import source

    given, identity = source(file), Identity.of(once)
    return server.submit(
        [file],
        lambda api, _: api.catlet_specifications.create(
            project,
            given,
            comment=comment,
            architectures=architecture or None,
            **identity.arguments,
            **allowing(allow_unknown),
        ),
        identity,
    )


@verbs
def update(
    server: Changing,
    spec: Spec,
    file: File,
    comment: Comment = None,
    architecture: Architecture = None,
    allow_unknown: AllowUnknown = False,
    once: Once = None,
) -> int:
    """Store a configuration as the latest version of a specification, and watch the operation to its end."""
    from ..configurations import source

    given, identity = source(file), Identity.of(once)
    return server.submit(
        [spec],
        lambda api, each: api.catlet_specifications.update(
            spec_id(api, each),
            given,
            comment=comment,
            architectures=architecture or None,
            **identity.arguments,
            **allowing(allow_unknown),
        ),
        identity,
    )


@verbs
def delete(
    server: Changing,
    specs: Specs,
    with_catlet: Annotated[
        bool, typer.Option("--with-catlet", help="Delete the catlet it is deployed as too.")
    ] = False,
    yes: Yes = False,
) -> int:
    """Delete specifications."""
    found = names(specs)
    also = " with the catlet" if with_catlet else ""
    if not confirmed(f"Delete {', '.join(found)}{also}", yes=yes):
        return exit_codes.SUCCESS
    return server.submit(
        found,
        lambda api, each: api.catlet_specifications.delete(spec_id(api, each), delete_catlet=with_catlet),
        find=lambda api, each: api.catlet_specifications.get(spec_id(api, each)).id,
    )


@verbs
def deploy(
    server: Changing,
    spec: Spec,
    version: Version = "latest",
    var: Annotated[
        list[str] | None,
        typer.Option("--var", metavar="NAME=VALUE", show_default=False, help="Value of a variable; may be repeated."),
    ] = None,
    architecture: Annotated[
        str | None, typer.Option("--architecture", metavar="NAME", show_default=False, help="Architecture to deploy.")
    ] = None,
    redeploy: Annotated[bool, typer.Option("--redeploy", help="Replace the catlet that it is deployed as.")] = False,
    environment: Annotated[
        str | None,
        typer.Option("--environment", metavar="NAME", show_default=False, help="Environment to deploy to."),
    ] = None,
) -> int:
    """Create a catlet from a version of a specification, and watch the operation to its end."""
    from ..parsing import pairs

    values = pairs(var, "--var")

    def deploy(api: Any, name: str) -> Any:
        found_id = spec_id(api, name)
        return api.catlet_specifications.deploy(
            found_id,
            _version_id(api, found_id, version),
            values,
            architecture=architecture,
            redeploy=redeploy,
            environment=environment,
        )

    return server.submit([spec], deploy)


@verbs
def validate(
    server: Asking,
    file: File,
    architecture: Architecture = None,
    allow_unknown: AllowUnknown = False,
) -> int:
    """Build a specification without storing it, and print the configuration and genes of the result."""
    from ...model.plain import to_plain
    from ..configurations import source

    given = source(file)
    return server.answer(
        file,
        lambda eryph: eryph.catlet_specifications.validate(
            given, architectures=architecture or None, **allowing(allow_unknown)
        ),
        lambda result: print_document(to_plain(result.typed_result), server.format),
    )


def _version_id(api: Any, spec: str, given: str) -> str:
    if given != "latest":
        return given
    latest = api.catlet_specifications.get(spec).latest
    return given if latest is None else str(latest.id)
