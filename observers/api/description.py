"""The description of the API for software: OpenAPI 3.1, at `/api/v1/openapi.json`."""

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

from observers.api.answers import Problem
from observers.api.problems import CONTENT_TYPE

ABOUT = """
The public register of election observers, for software. Read-only; no key is needed; answers are
the same for everybody and may be kept for a minute.

* Lists come in pages: follow `next` until it is null. A page begins behind a line and not at a
  number of lines, so nothing is missed or doubled while the register grows.
* A parameter that an address does not know, or that is given twice, is refused (422).
* Times are ISO 8601 with their zone, days are those of the election's time zone.
* Problems are `application/problem+json` (RFC 9457) with a sentence in the language asked for.
* How many requests are left says `RateLimit`; when there are none, `Retry-After` says for how long.
* All of a register at once is `/elections/<slug>/register.csv` and `.json`.
""".strip()
_TAGS = {
    "elections": "Elections, their calendar and rules.",
    "organisations": "Who may nominate observers.",
    "observers": "The register.",
    "statistics": "How the commission decides, in tables.",
    "verification": "Whether a badge is valid at this moment.",
}
_HEADERS = {
    "RateLimit": (
        "Requests left (`r`), and in how many seconds there are all again (`t`).",
        "string",
    ),
    "RateLimit-Policy": (
        "Requests (`q`) that one address has in a window of `w` seconds.",
        "string",
    ),
}
_PROBLEMS = {
    "400": "The request cannot be understood, or its search takes too long.",
    "404": "There is no such thing among what is published.",
    "422": "A parameter is wrong, unknown, or given more than once.",
    "429": "Too many requests.",
}


def described(api: NinjaAPI) -> dict[str, Any]:
    """What django-ninja knows, and what all addresses have in common."""
    schema: dict[str, Any] = dict(api.get_openapi_schema())
    schema["tags"] = [{"name": name, "description": text} for name, text in _TAGS.items()]
    components = schema["components"]
    components["schemas"] |= _schemas_of_problems()
    components["headers"] = {name: _header(*words) for name, words in _HEADERS.items()}
    components["headers"]["Retry-After"] = _header("Seconds to wait.", "integer")
    components["responses"] = {f"Problem{status}": _problem(status) for status in _PROBLEMS}
    for operations in schema["paths"].values():
        for operation in operations.values():
            _complete(operation)
    _drop_the_questions(components["schemas"])
    return schema


def _schemas_of_problems() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs", {}), "Problem": schema}


def _header(text: str, kind: str) -> dict[str, Any]:
    return {"description": text, "schema": {"type": kind}}


def _problem(status: str) -> dict[str, Any]:
    names = [*_HEADERS, *(["Retry-After"] if status == "429" else [])]
    return {
        "description": _PROBLEMS[status],
        "headers": _references("headers", names),
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _references(of: str, names: Any) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/{of}/{name}"} for name in names}


def _complete(operation: dict[str, Any]) -> None:
    """The first line of a function's words is the summary, the rest the description."""
    text = operation.pop("description", "")
    summary, _, rest = text.partition("\n")
    operation["summary"] = summary
    operation["description"] = rest.strip() or summary
    operation["parameters"] = [_parameter(one) for one in operation["parameters"]]
    answered = {str(status): answer for status, answer in operation["responses"].items()}
    answered["200"]["headers"] = _references("headers", _HEADERS)
    problems = {status: {"$ref": f"#/components/responses/Problem{status}"} for status in _PROBLEMS}
    operation["responses"] = answered | problems


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    """What may be left out is left out, and not null."""
    schema = {name: value for name, value in parameter["schema"].items() if name != "title"}
    for one in schema.pop("anyOf", []):
        if one != {"type": "null"}:
            schema |= one
    text = schema.pop("description", "")
    kept = {name: parameter[name] for name in ("in", "name", "required")}
    return {**kept, "description": text, "schema": schema}


def _drop_the_questions(schemas: dict[str, Any]) -> None:
    """django-ninja lists the parameters among the answers as well."""
    for name in [name for name in schemas if name.startswith("Asked")]:
        del schemas[name]


@cache
def _as_text() -> str:
    from observers.api.site import api

    return json.dumps(described(api), ensure_ascii=False, indent=1)


@require_safe
def description(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_as_text(), content_type="application/json")
