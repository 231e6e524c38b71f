"""The query language of lists: `{totalAmount > 100 || totalAmount < 50} && status != paid`.

`parse` turns text into a frozen tree; `compile_condition` and `compile_order` turn trees into
parameterised SQL over the fields that the endpoint knows.
"""

from bookbridge.bridge.api.query.compiler import Sql, compile_condition, compile_order
from bookbridge.bridge.api.query.errors import QueryError
from bookbridge.bridge.api.query.fields import (
    Field,
    FieldKind,
    Fields,
    Param,
    TagFields,
    body_field,
    body_fields,
)
from bookbridge.bridge.api.query.parser import parse
from bookbridge.bridge.api.query.tree import (
    AllOf,
    AnyOf,
    Clause,
    Expression,
    Operator,
    clauses_of,
)

__all__ = [
    "AllOf",
    "AnyOf",
    "Clause",
    "Expression",
    "Field",
    "FieldKind",
    "Fields",
    "Operator",
    "Param",
    "QueryError",
    "Sql",
    "TagFields",
    "body_field",
    "body_fields",
    "clauses_of",
    "compile_condition",
    "compile_order",
    "parse",
]
