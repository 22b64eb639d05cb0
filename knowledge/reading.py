"""Reading YAML into records, with errors that name file, line and mend."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # pragma: no cover - PyYAML built without libyaml
    from yaml import SafeLoader  # type: ignore[assignment]

R = TypeVar("R", bound=BaseModel)


class DataError(Exception):
    """A fault in the data, told in one line: file, line, what is wrong and how to mend it."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        self.path, self.line, self.message = path, line, message
        super().__init__(f"{path}:{line}: {message}")


def read_yaml(path: Path) -> tuple[Any, yaml.Node]:
    """The content of a YAML file and its node tree (for line numbers). Raises DataError."""
    try:
        loader = SafeLoader(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(path, 1, "the file does not exist; restore it from the repository") from None
    except UnicodeDecodeError as error:
        raise DataError(path, 1, f"not UTF-8 text ({error.reason}); save the file as UTF-8") from None
    try:
        node = loader.get_single_node()
        if node is None:
            raise DataError(path, 1, "the file is empty")
        _refuse_duplicate_keys(path, node)
        return loader.construct_document(node), node
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise DataError(path, line, f"not valid YAML: {error.problem}; check quotes and indentation") from None
    except (yaml.YAMLError, ValueError) as error:
        raise DataError(path, 1, f"not valid YAML: {str(error).splitlines()[0]}") from None
    finally:
        loader.dispose()


def _refuse_duplicate_keys(path: Path, node: yaml.Node) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                raise DataError(path, key.start_mark.line + 1, f"'{key.value}' is given twice; keep one")
            seen.add(key.value)
            _refuse_duplicate_keys(path, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_duplicate_keys(path, item)


def line_of(node: yaml.Node, location: Sequence[str | int]) -> int:
    """The line on which the part of the document at ``location`` (keys and indexes) begins, counted from 1."""
    line = node.start_mark.line + 1
    for step in location:
        child = _child(node, step)
        if child is None:
            break
        node, line = child
    return line


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step].start_mark.line + 1
    return None


def read_record(path: Path, model: type[R]) -> tuple[R, yaml.Node]:
    """One record from a file that holds one mapping."""
    content, node = read_yaml(path)
    return _validate(path, model, content, node), node


def read_records(path: Path, model: type[R]) -> list[tuple[R, yaml.Node]]:
    """The records of a file that holds a list of mappings."""
    content, node = read_yaml(path)
    if not isinstance(content, list):
        raise DataError(path, 1, "expected a list; start each item with '- '")
    return [(_validate(path, model, item, child), child) for item, child in zip(content, node.value, strict=True)]


def _validate(path: Path, model: type[R], content: Any, node: yaml.Node) -> R:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        location = [step for step in first["loc"] if isinstance(step, str | int)]
        where = ".".join(map(str, location)) or "the file"
        raise DataError(path, line_of(node, location), f"{where}: {first['msg']}") from None
