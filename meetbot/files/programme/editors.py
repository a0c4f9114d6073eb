"""The programme file's JSON Schema, by which editors complete and underline."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import WithDefaultSchema

from meetbot.files.programme.schema import File


class _ForEditors(GenerateJsonSchema):
    """Without defaults: an editor would write them into the file, lengths of time as P1D."""

    def default_schema(self, schema: WithDefaultSchema) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])


def schema() -> dict[str, Any]:
    """The JSON Schema of the programme file."""
    return {"$schema": _ForEditors.schema_dialect} | File.model_json_schema(schema_generator=_ForEditors)
