"""Presets: experiments in TOML files, read as hostile data and written back without loss."""

from __future__ import annotations

import hashlib
import os
import stat
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict

from gradtui.catalog.tables import TABLES
from gradtui.core.experiments.experiment import Experiment, InvalidExperiment, Mistake, experiment, first
from gradtui.core.presets.expect import NOTHING, Expect, expectations
from gradtui.core.text import nearest, printable

SCHEMA = 1
LARGEST = 32 << 10
"""Bytes: a larger file is no preset and is not read."""
TOO_LARGE = f"is larger than {LARGEST >> 10} KiB, so it is no preset."

MOST_WALKED = 100_000
"""Parts of keys that reading a preset may walk through. A text beyond that is no preset and is not read."""

_TEXTS = ("title", "subject", "summary", "source")
_CHANGED = "changed from "
_Text = Annotated[str, AfterValidator(printable)]


class UnreadablePreset(ValueError):
    """A preset that is missing, too large, or not TOML."""


class Origin(BaseModel):
    """Where a preset was read: a path from the root or the URL of a file on another machine, and the text that stood there then."""

    model_config = ConfigDict(frozen=True)

    place: str
    text: str

    @property
    def host(self) -> str | None:
        """The other machine that it was read from; None where it was this one."""
        return urlsplit(self.place).hostname if self.place.startswith("ssh://") else None

    @property
    def path(self) -> str:
        """The file's path from the root, on whichever machine."""
        return unquote(urlsplit(self.place).path, errors="surrogateescape") if self.host else self.place

    @property
    def sha256(self) -> str:
        """What tells the text from every other, in hexadecimal digits."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def words(self) -> str:
        """Where it was read, for a person: the path; of another machine also which one, and the first digits of its text's sum."""
        here = printable(self.path)
        return f"{here} on {self.host}, sha256 {self.sha256[:12]}" if self.host else here


class Preset(BaseModel):
    """An experiment with the words that go with it, and what a reader should see.

    Presets are equal when they say the same, wherever they were read.
    """

    model_config = ConfigDict(frozen=True)

    title: Annotated[_Text, AfterValidator(lambda title: title or "Untitled")]
    experiment: Experiment
    subject: _Text = ""
    summary: _Text = ""
    source: _Text = ""
    expect: Expect = NOTHING
    origin: Origin | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Preset) and self.__dict__ | {"origin": None} == other.__dict__ | {"origin": None}

    def toml(self) -> str:
        """The preset as a file; `parse` of it is this preset."""
        import tomlkit

        head = {"schema": SCHEMA, **{name: getattr(self, name) for name in _TEXTS}}
        body = {
            table: {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}
            for table, values in self.experiment.tables().items()
        }
        return tomlkit.dumps({**head, **body, **({"expect": self.expect.table()} if self.expect != NOTHING else {})})

    @property
    def first_title(self) -> str:
        """The title of what this was changed from."""
        return self.title.removeprefix(_CHANGED)

    def title_of(self, experiment: Experiment) -> str:
        """What to call an experiment that began as this one: once it is another one, the title alone would tell what it is not."""
        return self.title if experiment == self.experiment or self.title.startswith(_CHANGED) else _CHANGED + self.title

    def with_experiment(self, experiment: Experiment) -> Preset:
        """The same words about another experiment, of which nothing is expected if the claims' changes do not apply to it."""
        return self.model_copy(
            update={"experiment": experiment, "expect": self.expect if self.expect.fits(experiment) else NOTHING}
        )


def parse(text: str, source: str) -> Preset:
    """The preset in a TOML text; `source` names it in messages.

    Raises UnreadablePreset where the text is no TOML, InvalidExperiment with every mistake where it is.
    """
    if len(text) > LARGEST:
        raise UnreadablePreset(f"{printable(source)} {TOO_LARGE}")
    if walked(text) > MOST_WALKED:
        raise UnreadablePreset(f"{printable(source)} has lines with too many dots, so it is no preset.")
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        reason = "tables are nested too deeply" if isinstance(error, RecursionError) else printable(str(error), 200)
        raise UnreadablePreset(
            f"{printable(source)} is not valid TOML: {reason}. See `gradtui schema` for what a preset holds."
        ) from None
    return _preset(data, source)


def read(path: Path) -> Preset:
    """The preset in a file. Raises UnreadablePreset or InvalidExperiment, each naming the file."""
    shown = printable(str(path))
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            raw = file.read(LARGEST + 1) if regular else b""
    except (OSError, ValueError) as error:
        reason = printable(getattr(error, "strerror", None) or str(error), 200)
        raise UnreadablePreset(f"{shown} cannot be read: {reason}.") from None
    if not regular:
        raise UnreadablePreset(f"{shown} is not a regular file, so it is no preset.")
    if len(raw) > LARGEST:
        raise UnreadablePreset(f"{shown} {TOO_LARGE}")
    try:
        text = raw.decode()
        return parse(text, str(path)).model_copy(update={"origin": Origin(place=os.path.abspath(path), text=text)})
    except UnicodeDecodeError as error:
        raise UnreadablePreset(f"{shown} is not UTF-8 text (byte {error.start}).") from None


def assignment(text: str) -> tuple[str, Any]:
    """`table.key=value` as key and value; the value is read as TOML, and as a plain word where it is none.

    Raises InvalidExperiment where there is no `=`.
    """
    key, equals, value = text.partition("=")
    if not equals:
        raise InvalidExperiment(
            [Mistake(printable(text, 60), "is not an assignment.", "key=value, such as optimizer.learning_rate=0.01")]
        )
    try:
        parsed = tomllib.loads(f"value = {value}")
        return key.strip(), parsed["value"] if list(parsed) == ["value"] else value.strip()
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return key.strip(), value.strip()


def changed(preset: Preset, assignments: Sequence[str]) -> Preset:
    """The preset with these assignments made. Raises InvalidExperiment."""
    if not assignments:
        return preset
    made = preset.experiment.changed(dict(map(assignment, assignments)))
    return preset.with_experiment(made).model_copy(update={"title": preset.title_of(made)})


def walked(text: str) -> int:
    """Parts of keys that reading a text walks through at the most: for every part and every key as many as a line has dots.

    Only reading tells which dots stand in keys, so all of them count; TOML ends lines with line feeds alone.
    """
    deepest = max(line.count(".") for line in text.split("\n"))
    return deepest * (text.count(".") + text.count("="))


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting for the other end of a named pipe."""
    return os.open(path, flags | os.O_NONBLOCK)


def _preset(data: Mapping[str, Any], source: str) -> Preset:
    mistakes = []
    if data.get("schema", SCHEMA) != SCHEMA:
        mistakes.append(Mistake("schema", "unknown version.", str(SCHEMA)))
    for name in _TEXTS:
        if not isinstance(data.get(name, ""), str):
            mistakes.append(Mistake(name, "is not text.", "a string"))
    known = ["schema", *_TEXTS, *TABLES, "expect"]
    unknown = first(name for name in data if name not in known)
    mistakes += [Mistake(printable(name, 60), "unknown key.", ", ".join(known), nearest(name, known)) for name in unknown]
    tables = {name: value for name, value in data.items() if name in TABLES}
    made, expect = None, NOTHING
    try:
        made = experiment(tables)
    except InvalidExperiment as error:
        mistakes += error.mistakes
    try:
        expect = expectations(data.get("expect", {}), made)
    except InvalidExperiment as error:
        mistakes += error.mistakes
    if made is None or mistakes:
        raise InvalidExperiment(mistakes, source)
    return Preset(experiment=made, expect=expect, **{name: data.get(name, "") for name in _TEXTS})
