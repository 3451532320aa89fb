"""The server's verdict on a configuration."""

from __future__ import annotations

from marshmallow import fields

from ..model import ValidationIssue, ValidationResult
from ._loading import load
from ._schema import NounSchema


class ValidationIssueSchema(NounSchema):
    model = ValidationIssue
    message = fields.String(required=True)
    member = fields.String()


class ValidationResultSchema(NounSchema):
    model = ValidationResult
    is_valid = fields.Boolean(required=True)
    errors = fields.List(fields.Nested(ValidationIssueSchema))


_RESULT = ValidationResultSchema()


def load_validation_result(data: object, url: str | None = None) -> ValidationResult:
    """A verdict from a decoded reply. Raises WireError."""
    return load(_RESULT, ValidationResult, data, url)
