"""Groups of lines `key: value`: what the annotations of a dataclass say, as pydantic-core reads it.

pydantic would make the same of a BaseModel; importing it for that makes `meetbot check` half as slow again.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Annotated, Any, TypeVar, Union, dataclass_transform, get_args, get_origin

from pydantic_core import core_schema
from pydantic_core.core_schema import CoreSchema

T = TypeVar("T")

_CONFIG = core_schema.CoreConfig(extra_fields_behavior="forbid")


@dataclass_transform(eq_default=False, frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def group(shape: type[T]) -> type[T]:
    """A frozen dataclass; nobody compares or prints it, so that is not made."""
    return dataclass(eq=False, repr=False, frozen=True, kw_only=True)(shape)


@dataclass(frozen=True, eq=False)
class ReadBy:
    """Stands in the annotation of a kind of field, and says how it is read."""

    schema: CoreSchema


def schema_of(kind: Any) -> CoreSchema:
    """How a value of the kind is read: by the schema it is annotated with, or as a list, a mapping or a group."""
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return inside[1].schema if isinstance(inside[1], ReadBy) else schema_of(inside[0])
    if origin in (Union, types.UnionType):
        return core_schema.nullable_schema(schema_of(inside[0]))
    if origin is tuple:
        return core_schema.tuple_schema([schema_of(inside[0])], variadic_item_index=0)
    if origin is dict:
        return core_schema.dict_schema(schema_of(inside[0]), schema_of(inside[1]))
    return _group(kind)


def _group(shape: type) -> CoreSchema:
    lines = [_line(one) for one in fields(shape)]
    filled = core_schema.dataclass_schema(
        shape,
        core_schema.dataclass_args_schema(shape.__name__, lines),
        [one.name for one in fields(shape)],
        post_init=hasattr(shape, "__post_init__"),
        config=_CONFIG,
        ref=shape.__name__,
    )
    return core_schema.no_info_before_validator_function(_without_empty(shape), filled)


def _line(one: Field[Any]) -> core_schema.DataclassField:
    schema = schema_of(one.type)
    if one.default is not MISSING:
        schema = core_schema.with_default_schema(schema, default=one.default)
    if one.default_factory is not MISSING:
        schema = core_schema.with_default_schema(schema, default_factory=one.default_factory)
    said = [note for note in getattr(one.type, "__metadata__", ()) if isinstance(note, str)]
    return core_schema.dataclass_field(
        one.name,
        schema,
        validation_alias=_written(one),
        metadata={"editor": {"description": said[0]}} if said else None,
    )


def _written(one: Field[Any]) -> str:
    """The key in the file: `from` for the field `from_`."""
    return one.name.rstrip("_")


def _without_empty(shape: type) -> Callable[[Any], Any]:
    """A key left without a value counts as not written; an unknown key stays, to be refused."""
    known = {_written(one) for one in fields(shape)}

    def drop(group: Any) -> Any:
        if not isinstance(group, dict):
            return group
        return {key: value for key, value in group.items() if value is not None or key not in known}

    return drop
