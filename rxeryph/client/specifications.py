"""Catlet specifications: configurations that the server keeps in versions and deploys (API 1.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from ..arguments import described
from ..configuration import Configuration, Unknown, check_specification
from ..configuration.refusal import invalid
from ..errors import NotFoundError
from ..model import CatletSpecification, CatletSpecificationVersion, CatletSpecificationVersionInfo
from ..wire import (
    load_specification,
    load_specification_version,
    load_specification_versions,
    load_specifications,
)
from .calls import GatedCalls, OpT
from .checks import check_id, check_strings
from .chosen import Chosen
from .names import in_project

ContentType = Literal["application/json", "application/yaml"]
_ROOT = "/v1/catlet_specifications"


class CatletSpecifications(GatedCalls[OpT]):
    """The catlet specifications of a server; see ``Catlets`` for what a change returns.

    A configuration is a mapping, a string in YAML or JSON, or the path of a file (``pathlib.Path``). A string or file
    is kept unchanged, with its comments; ``content_type`` is detected. It is checked as those of ``Catlets`` are, and
    ``unknown`` means the same. ``architectures`` are strings such as ``hyperv/amd64``, the server's default. With a
    server before API 1.2 nothing is sent and ApiVersionError is raised.
    """

    def list(self, project_id: str | None = None) -> tuple[CatletSpecification, ...]:
        """The specifications that the client may see, all or those of one project (name or id)."""
        project = None if project_id is None else self._project(project_id, changes=False)
        self._need(self.list)
        return self._read(in_project(_ROOT, project), load_specifications)

    def get(self, specification_id: str) -> CatletSpecification:
        """One specification. Raises NotFoundError when it does not exist or is not visible."""
        path = _path(specification_id)
        self._need(self.get)
        return self._read(path, load_specification)

    def list_versions(self, specification_id: str) -> tuple[CatletSpecificationVersionInfo, ...]:
        """The versions of a specification, oldest first."""
        path = f"{_path(specification_id)}/versions"
        self._need(self.list_versions)
        return self._read(path, load_specification_versions)

    def get_version(self, specification_id: str, version_id: str) -> CatletSpecificationVersion:
        """One version. Raises NotFoundError when the version or the specification does not exist."""
        path = _version_path(specification_id, version_id)
        self._need(self.get_version)
        data, url = self._transport.get(path), self._transport.url(path)
        if data is None:  # the server answers 200 with null
            raise NotFoundError(
                f"GET {url}: the specification has no version {version_id}; list_versions() lists its versions.",
                status=404,
                method="GET",
                url=url,
            )
        return load_specification_version(data, url)

    def create(
        self,
        project_id: str,
        configuration: Configuration,
        *,
        content_type: ContentType | None = None,
        comment: str | None = None,
        architectures: Sequence[str] | None = None,
        unknown: Unknown = "refuse",
        correlation_id: str | None = None,
        once: str | None = None,
    ) -> OpT:
        """Create a specification, named as its configuration says, in a project (name or id).

        ``correlation_id`` becomes the operation's id.
        """
        project = self._project(project_id, "$.project_id", changes=True)
        body = _members(configuration, content_type, comment, architectures, unknown)
        chosen = self._choose(correlation_id, once, self.create, project_id=project_id, **body)

        def prepare() -> tuple[str, Mapping[str, object]]:
            self._need(self.create)
            return _ROOT, {"project_id": project.find(), **body}

        return self._submit_as(chosen, "POST", prepare)

    def update(
        self,
        specification_id: str,
        configuration: Configuration,
        *,
        content_type: ContentType | None = None,
        comment: str | None = None,
        architectures: Sequence[str] | None = None,
        unknown: Unknown = "refuse",
        correlation_id: str | None = None,
        once: str | None = None,
    ) -> OpT:
        """Add a version, which becomes the latest one."""
        path = _path(specification_id)
        body = _members(configuration, content_type, comment, architectures, unknown)
        chosen = self._choose(correlation_id, once, self.update, specification_id=specification_id, **body)
        return self._change(self.update, "PUT", path, body, chosen)

    def delete(self, specification_id: str, *, delete_catlet: bool = False) -> OpT:
        """Delete a specification. If it is deployed, ``delete_catlet`` is needed and deletes its catlet too."""
        path = _path(specification_id)
        self._need(self.delete)
        return self._submit("DELETE", path, {"delete_catlet": bool(delete_catlet)})

    def deploy(
        self,
        specification_id: str,
        version_id: str,
        variables: Mapping[str, str] | None = None,
        *,
        architecture: str | None = None,
        redeploy: bool = False,
        environment: str | None = None,
    ) -> OpT:
        """Create a catlet from a version; the result is a ``CatletResult``.

        ``redeploy`` replaces an existing catlet. Only the newest servers use ``environment``; others ignore it.
        """
        path = f"{_version_path(specification_id, version_id)}/deploy"
        body: dict[str, object] = {"redeploy": bool(redeploy), "variables": _variables(variables or {})}
        if architecture is not None:
            body["architecture"] = _architecture(architecture, "$.architecture")
        if environment is not None:
            body["environment"] = environment
        self._need(self.deploy)
        return self._submit("POST", path, body)

    def validate(
        self,
        configuration: Configuration,
        *,
        content_type: ContentType | None = None,
        architectures: Sequence[str] | None = None,
        unknown: Unknown = "refuse",
        correlation_id: str | None = None,
        once: str | None = None,
    ) -> OpT:
        """Build a specification without storing it; the result is a ``CatletSpecificationResult``."""
        body = _members(configuration, content_type, None, architectures, unknown)
        chosen = self._choose(correlation_id, once, self.validate, **body)
        return self._change(self.validate, "POST", f"{_ROOT}/validate", body, chosen)

    def _change(
        self, call: Callable[..., object], method: str, path: str, body: Mapping[str, object], chosen: Chosen
    ) -> OpT:
        def prepare() -> tuple[str, Mapping[str, object]]:
            self._need(call)
            return path, body

        return self._submit_as(chosen, method, prepare)


def _path(specification_id: str) -> str:
    return f"{_ROOT}/{check_id(specification_id, 'specification_id')}"


def _version_path(specification_id: str, version_id: str) -> str:
    return f"{_path(specification_id)}/versions/{check_id(version_id, 'version_id')}"


def _members(
    configuration: Configuration,
    content_type: str | None,
    comment: str | None,
    architectures: Sequence[str] | None,
    unknown: Unknown,
) -> dict[str, object]:
    """The members that the bodies for creating, updating and validating share."""
    body: dict[str, object] = {"configuration": check_specification(configuration, content_type, unknown=unknown)}
    if comment is not None:
        body["comment"] = comment
    if architectures is not None:
        names = check_strings(architectures, "$.architectures")
        body["architectures"] = [_architecture(name, f"$.architectures[{index}]") for index, name in enumerate(names)]
    return body


def _architecture(value: str, path: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9]+(/[A-Za-z0-9]+)?", value):
        raise invalid(path, f"{described(value)} is not an architecture such as hyperv/amd64.")
    return value


def _variables(variables: Mapping[str, str]) -> dict[str, str]:
    for name, value in variables.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise invalid(f"$.variables.{name}", f"expected a string, got {type(value).__name__}.")
    return dict(variables)
