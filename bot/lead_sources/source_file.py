"""The file that says who may post leads: read, checked, its variables filled in.

`${NAME}` in a secret or token is taken from the environment that the caller passes in. Secrets are never part of a
message: what is shown of a wrong one is where it stands.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_core import PydanticCustomError

from bot.lead_sources.fields import FIELD_NAMES
from bot.lead_sources.registry import KINDS, READERS
from bot.lead_sources.source import Auth, Bearer, HmacSha256, Path, RateLimit, Source, StandardWebhooks, UrlToken
from routing.errors import Problem
from routing.findings import Findings, mend_with
from routing.findings import Path as FilePath
from routing.policy_file.messages import note_all
from routing.yaml_lines import read_yaml

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?")
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_GROUPS = ("behaviour.", "attributes.", "utm.", "page.")
#: A shared secret with fewer characters can be found by trying.
_SHORT = 16
_SCHEME_KEYS = {
    "standard_webhooks": "secret", "bearer": "token", "hmac_sha256": "secret", "url_token": "token", "vendor": "secret",
}  # fmt: skip


def _one_or_more(value: object) -> object:
    """One secret or a list of them; the value itself never gets into a message."""
    given = value if isinstance(value, list) else [value]
    if not given or not all(isinstance(item, str) and item for item in given):
        raise PydanticCustomError(
            "paidan", "", {"message": "must be a text, or a list of texts", "mend": 'write "${NAME_OF_A_VARIABLE}"'}
        )
    return given


Secrets = Annotated[tuple[SecretStr, ...], BeforeValidator(_one_or_more)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class AuthModel(_Strict):
    """How a source proves itself."""

    scheme: Literal["standard_webhooks", "bearer", "hmac_sha256", "url_token", "vendor"]
    secret: Secrets | None = None
    token: Secrets | None = None
    header: str = "X-Signature"


PerMinute = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


class RateLimitModel(_Strict):
    """How much a source may send."""

    per_minute: PerMinute
    burst: PerMinute | None = None


class SourceModel(_Strict):
    """One entry of `sources:`."""

    kind: str
    auth: AuthModel
    channel: str | None = None
    fields: dict[str, str] = {}
    values: dict[str, dict[str, str | int | float | bool]] = {}
    answer: dict[str, Any] | None = None
    rate_limit: RateLimitModel | None = None


@dataclass(frozen=True, slots=True)
class LoadedSources:
    """A sources file that can be used.

    Attributes:
        sources: by name, ready for `read_delivery`.
        not_built: name -> kind, for entries of a kind that this version does not read yet.
        warnings: what is doubtful, by line; one for each entry of `not_built`.
    """

    sources: Mapping[str, Source]
    not_built: Mapping[str, str]
    warnings: tuple[Problem, ...]


def load_sources(text: str, environment: Mapping[str, str]) -> LoadedSources:
    """Read a sources file.

    Args:
        text: YAML.
        environment: where `${NAME}` is looked up.

    Raises:
        FileRefused: it can't be used; with every problem, by line.
    """
    document = read_yaml(text)
    findings = Findings(document.lines)
    entries = document.data.get("sources") if isinstance(document.data, dict) else None
    if not isinstance(entries, dict):
        findings.error((), "there is no mapping «sources»", "begin with sources:, then one entry per source")
        entries = {}
    else:
        for key in document.data.keys() - {"sources"}:
            findings.error((key,), f"there is no key «{key}» here", mend_with(key, ["sources"]))
    sources: dict[str, Source] = {}
    not_built: dict[str, str] = {}
    for name, entry in entries.items():
        kind = entry.get("kind") if isinstance(entry, dict) else None
        if isinstance(kind, str) and kind in KINDS and kind not in READERS:
            not_built[name] = kind
            findings.warning(
                ("sources", name, "kind"), f"the kind «{kind}» is not built yet; «{name}» takes no leads",
                f"use one of {', '.join(sorted(READERS))}, or leave the entry for a later version",
            )  # fmt: skip
        elif (source := _Entry(name, entry, findings, environment).read()) is not None:
            sources[name] = source
    findings.refuse_on_error()
    return LoadedSources(MappingProxyType(sources), MappingProxyType(not_built), findings.warnings())


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry while it is checked; what is wrong goes to the findings."""

    name: str
    entry: Any
    findings: Findings
    environment: Mapping[str, str]

    def read(self) -> Source | None:
        """Check the entry and fill its variables in; None if something was wrong."""
        at: FilePath = ("sources", self.name)
        if not _NAME.fullmatch(self.name):
            self.findings.error(at, f"«{self.name}» can't be part of an address", "use a-z, 0-9, - and _, at most 64")
            return None
        if not isinstance(self.entry, dict) or not isinstance(self.entry.get("auth"), dict):
            self.findings.error(at, "a source needs kind and auth", "write {kind: generic, auth: {scheme: …}}")
            return None
        try:
            model = SourceModel.model_validate(self.entry)
        except ValidationError as error:
            note_all(error, SourceModel, self.entry, self.findings, at)
            return None
        if model.kind not in READERS:
            self.findings.error((*at, "kind"), f"there is no kind «{model.kind}»", mend_with(model.kind, KINDS))
            return None
        self._no_variables_outside_auth()
        auth, fields = self._auth(model.auth), self._fields(model)
        if auth is None or fields is None:
            return None
        values = {
            field: MappingProxyType({code: _word(ours) for code, ours in codes.items()})
            for field, codes in model.values.items()
        }
        return Source(
            self.name, model.kind, auth, model.channel or None, MappingProxyType(fields), MappingProxyType(values),
            None if model.answer is None else MappingProxyType(model.answer), _rate_limit(model.rate_limit),
        )  # fmt: skip

    def _no_variables_outside_auth(self) -> None:
        for key, value in self.entry.items():
            if isinstance(value, str) and _VARIABLE.search(value):
                self.findings.error(
                    ("sources", self.name, key),
                    "variables are filled in only in secrets and tokens",
                    "write the text out",
                )

    def _fields(self, model: SourceModel) -> dict[str, Path] | None:
        """Check the names of `fields` and `values`; theirs become paths."""
        sound = True
        for section, names in (("fields", model.fields), ("values", model.values)):
            for ours in names:
                if ours not in FIELD_NAMES and not (section == "fields" and ours.startswith(_GROUPS)):
                    self.findings.error(
                        ("sources", self.name, section, ours),
                        f"a lead has no field «{ours}»",
                        mend_with(ours, FIELD_NAMES),
                    )
                    sound = False
        paths = {ours: tuple(theirs.split(".")) for ours, theirs in model.fields.items()}
        for ours, path in paths.items():
            if not all(path):
                self.findings.error(
                    ("sources", self.name, "fields", ours), "the path has an empty part", "write form.phone"
                )
                sound = False
        return paths if sound else None

    def _auth(self, model: AuthModel) -> Auth | None:
        at: FilePath = ("sources", self.name, "auth")
        wanted = _SCHEME_KEYS[model.scheme]
        other = "token" if wanted == "secret" else "secret"
        if model.scheme == "vendor":
            self.findings.error((*at, "scheme"), f"the kind {self.entry['kind']} has no signature of its own", _SCHEMES)
            return None
        if getattr(model, other) is not None:
            self.findings.error((*at, other), f"{model.scheme} takes {wanted}, not {other}", f"call it {wanted}")
            return None
        given: tuple[SecretStr, ...] | None = getattr(model, wanted)
        if given is None:
            self.findings.error(at, f"{model.scheme} needs a {wanted}", f'add {wanted}: "${{NAME_OF_A_VARIABLE}}"')
            return None
        secrets = [self._filled(secret, (*at, wanted)) for secret in given]
        keys = [self._key(model.scheme, secret, (*at, wanted)) for secret in secrets if secret is not None]
        if None in keys or None in secrets:
            return None
        return self._scheme(model, tuple(key for key in keys if key is not None))

    def _scheme(self, model: AuthModel, keys: tuple[bytes, ...]) -> Auth | None:
        match model.scheme:
            case "standard_webhooks":
                return StandardWebhooks(keys)
            case "bearer":
                return Bearer(keys)
            case "url_token":
                return UrlToken(keys)
        if not _HEADER.fullmatch(model.header):
            self.findings.error(
                ("sources", self.name, "auth", "header"), "this is no name of a header", "write X-Signature"
            )
            return None
        return HmacSha256(model.header.lower(), keys)

    def _filled(self, secret: SecretStr, at: FilePath) -> str | None:
        """Fill `${NAME}` in."""
        text = secret.get_secret_value()
        for variable in _VARIABLE.findall(text):
            if not self.environment.get(variable):
                state = "is empty" if variable in self.environment else "is not set"
                self.findings.error(
                    at, f"the variable {variable} {state}", f"set {variable} in the environment or in .env"
                )
                return None
        return _VARIABLE.sub(lambda match: self.environment[match[1]], text)

    def _key(self, scheme: str, secret: str, at: FilePath) -> bytes | None:
        """Turn a secret into the bytes that the scheme uses."""
        if len(secret) < _SHORT:
            self.findings.warning(
                at, f"it has fewer than {_SHORT} characters", "use a random one: openssl rand -hex 32"
            )
        if scheme != "standard_webhooks":
            return secret.encode()
        encoded = secret.removeprefix("whsec_")
        try:
            key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not key:
            self.findings.error(at, "is no secret of Standard Webhooks", "use whsec_ and the base64 of 32 random bytes")
            return None
        return key


_SCHEMES = "use standard_webhooks, hmac_sha256, bearer or url_token"


def _word(value: str | float | bool) -> str:  # noqa: FBT001  (what YAML holds)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _rate_limit(model: RateLimitModel | None) -> RateLimit | None:
    return None if model is None else RateLimit(model.per_minute, model.burst or model.per_minute)
