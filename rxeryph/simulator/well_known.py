"""Ids and names that every server has."""

from __future__ import annotations

TENANT_ID = "c1813384-8ecb-4f17-b846-821ee515d19b"
DEFAULT_PROJECT_ID = "4b4a3fcf-b5ed-4a9a-ab6e-03852752095e"
ROLES = {
    "owner": "918d2c23-8e9a-41ae-8f0e-adaca3becbc4",
    "contributor": "6c526814-2466-4bc1-92fd-1728c1152f3d",
    "reader": "47982531-a6d2-41e4-ad6c-d5023deb7710",
}
SYSTEM_CLIENT = "system-client"
SUPER_ADMIN = "e5e83176-7543-4d01-baea-08a00ea064a6"
