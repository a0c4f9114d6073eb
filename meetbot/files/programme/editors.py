"""The programme file's JSON Schema, by which editors complete and underline."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import WithDefaultSchema

from meetbot.files.programme.schema import SCHEMA


class _ForEditors(GenerateJsonSchema):
    """Without defaults: an editor would write them into the file, lengths of time as P1D."""

    def default_schema(self, schema: WithDefaultSchema) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def generate_inner(self, schema: Any) -> dict[str, Any]:
        said: dict[str, Any] = schema.get("metadata", {}).get("editor", {})
        return super().generate_inner(schema) | said


def schema() -> dict[str, Any]:
    """The JSON Schema of the programme file."""
    return {"$schema": _ForEditors.schema_dialect} | _ForEditors().generate(SCHEMA)
