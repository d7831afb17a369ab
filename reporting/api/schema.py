"""The API described for programs, as OpenAPI has it."""

from functools import cache
from typing import Any, ClassVar

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.addresses import asked
from governance.api.door import Tagged
from governance.api.who import Need, Scope


class Schema(Tagged):
    """What every address takes and answers."""

    needs: ClassVar = {"GET": Need(Scope.READ)}

    @extend_schema(operation_id="schema", responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response:
        """Return this description, as OpenAPI 3."""
        asked(request)
        return Response(_described())


@cache
def _described() -> dict[str, Any]:
    generator: Any = SchemaGenerator
    described: dict[str, Any] = generator().get_schema(public=True)
    return described
