"""The results of operations, identified by ``result_type``. Unknown ones are kept as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from marshmallow import ValidationError, fields

from ..model import (
    CatletConfigResult,
    CatletResult,
    CatletSpecificationResult,
    GuestServicesStatusResult,
    ProvisioningEvent,
    ProvisioningLogResult,
    ResultValue,
    SshChannelResult,
    UnknownResult,
)
from ._direct import loaded
from ._schema import NounSchema, Time


class CatletConfigResultSchema(NounSchema):
    model = CatletConfigResult
    configuration = fields.Dict(keys=fields.String())


class CatletResultSchema(NounSchema):
    model = CatletResult
    catlet_id = fields.String(required=True)


class CatletSpecificationResultSchema(NounSchema):
    model = CatletSpecificationResult
    configuration = fields.Dict(keys=fields.String())
    genes = fields.Dict(keys=fields.String(), values=fields.String())


class SshChannelResultSchema(NounSchema):
    model = SshChannelResult
    token = fields.String(required=True)
    expires_at = Time()


class GuestServicesStatusResultSchema(NounSchema):
    model = GuestServicesStatusResult
    guest_services_status = fields.String()
    guest_services_version = fields.String()
    provisioning_state = fields.String()
    shell = fields.String()
    shell_args = fields.String()


class ProvisioningEventSchema(NounSchema):
    model = ProvisioningEvent
    name = fields.String(required=True)
    type = fields.String()
    result = fields.String()
    message = fields.String()
    timestamp = Time()


class ProvisioningLogResultSchema(NounSchema):
    model = ProvisioningLogResult
    rendered_log = fields.String()
    events = fields.List(fields.Nested(ProvisioningEventSchema))


_BY_TYPE: Mapping[str, NounSchema] = {
    "CatletConfig": CatletConfigResultSchema(),
    "Catlet": CatletResultSchema(),
    "CatletSpecification": CatletSpecificationResultSchema(),
    "SshChannel": SshChannelResultSchema(),
    "GuestServicesStatus": GuestServicesStatusResultSchema(),
    "ProvisioningLog": ProvisioningLogResultSchema(),
}


def load_result(data: object) -> ResultValue:
    """A result of any type. Raises ValidationError."""
    if not isinstance(data, Mapping):
        raise ValidationError("Not an object.")
    result_type = data.get("result_type")
    if not isinstance(result_type, str):
        raise ValidationError({"result_type": ["Missing data for required field."]})
    schema = _BY_TYPE.get(result_type)
    if schema is None:
        return UnknownResult(result_type, {k: v for k, v in data.items() if k != "result_type"})
    return cast(ResultValue, loaded(schema, data))


def dump_result(result: ResultValue) -> dict[str, object]:
    """The JSON-ready data of a result."""
    if isinstance(result, UnknownResult):
        return {"result_type": result.result_type, **result.data}
    return {"result_type": result.result_type, **cast(dict[str, object], _BY_TYPE[result.result_type].dump(result))}
