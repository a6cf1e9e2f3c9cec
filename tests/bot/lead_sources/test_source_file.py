"""The sources file: loaded as it is, or refused with the line, the name and the mend of every mistake."""

import base64
from pathlib import Path

import pytest

from bot.lead_sources.registry import KINDS, READERS
from bot.lead_sources.source import Bearer, HmacSha256, RateLimit, StandardWebhooks, UrlToken
from bot.lead_sources.source_file import load_sources
from routing.errors import FileRefused

EXAMPLE = (Path(__file__).parents[3] / "examples" / "sources.yaml").read_text(encoding="utf-8")
SECRET = "a-secret-that-is-never-printed"
WHSEC = f"whsec_{base64.b64encode(bytes(range(32))).decode()}"
ENVIRONMENT = {"PAIDAN_WEBSITE_SECRET": WHSEC, "PAIDAN_LANDING_TOKEN": SECRET, "PAIDAN_LEGACY_SECRET": SECRET}


def _refused(text: str, environment: dict[str, str] | None = None) -> list[tuple[int, str, str]]:
    with pytest.raises(FileRefused) as caught:
        load_sources(text, environment or {})
    assert SECRET not in str(caught.value)
    return [(problem.line, problem.path, problem.message) for problem in caught.value.problems]


def _entry(**keys: str) -> str:
    """One entry of the generic kind, in one line of YAML: the second line of the file."""
    written = {"kind": "generic", "auth": f"{{scheme: bearer, token: {SECRET}}}", **keys}
    return "sources:\n  form: {" + ", ".join(f"{key}: {value}" for key, value in written.items()) + "}\n"


def test_the_example_file_loads_as_it_is() -> None:
    """What an operator copies has to work once the variables are set."""
    loaded = load_sources(EXAMPLE, ENVIRONMENT)
    assert {name: type(source.auth) for name, source in loaded.sources.items()} == {
        "website": StandardWebhooks, "landing": Bearer, "legacy": HmacSha256,
    }  # fmt: skip
    assert loaded.sources["website"].auth == StandardWebhooks((bytes(range(32)),))
    assert loaded.sources["website"].channel == "官网表单"
    assert loaded.sources["legacy"].auth == HmacSha256("x-signature", (SECRET.encode(),))
    assert not loaded.warnings


def test_a_variable_that_is_not_set_is_named_with_its_line() -> None:
    """The service must not start with a source that anybody could feed."""
    problems = _refused(EXAMPLE, {**ENVIRONMENT, "PAIDAN_LANDING_TOKEN": ""} | {"PAIDAN_LEGACY_SECRET": SECRET})
    line = 1 + EXAMPLE[: EXAMPLE.index("PAIDAN_LANDING_TOKEN")].count("\n")
    assert problems == [(line, "sources.landing.auth.token", "the variable PAIDAN_LANDING_TOKEN is empty")]
    assert "is not set" in _refused(EXAMPLE, {})[0][2]


def test_several_secrets_are_a_list() -> None:
    """While a secret is rotated, both work."""
    text = _entry(auth='{scheme: url_token, token: ["${OLD_TOKEN}", "${NEW_TOKEN}"]}')
    loaded = load_sources(text, {"OLD_TOKEN": "old-token-0123456789", "NEW_TOKEN": "new-token-0123456789"})
    assert loaded.sources["form"].auth == UrlToken((b"old-token-0123456789", b"new-token-0123456789"))


def test_fields_values_and_answer_are_read() -> None:
    """A platform's own names, codes and answer are the operator's to write."""
    text = _entry(
        fields="{phone: form.telphone}", values="{industry: {1: 医疗器械}}", answer="{code: 0, message: success}"
    )
    source = load_sources(text, {}).sources["form"]
    assert source.fields == {"phone": ("form", "telphone")}
    assert source.values == {"industry": {"1": "医疗器械"}}
    assert source.answer == {"code": 0, "message": "success"}


@pytest.mark.parametrize(
    ("written", "limit"),
    [
        ("{per_minute: 600, burst: 100}", RateLimit(600, 100)),
        ("{per_minute: 90}", RateLimit(90, 90)),
        ("null", None),
    ],
)
def test_a_rate_limit_is_read(written: str, limit: RateLimit | None) -> None:
    """Without `burst` a minute's worth may come at once; without the key there is no limit."""
    assert load_sources(_entry(rate_limit=written), {}).sources["form"].rate_limit == limit
    assert load_sources(_entry(), {}).sources["form"].rate_limit is None


@pytest.mark.parametrize("kind", sorted(KINDS - READERS.keys()))
def test_a_kind_that_is_not_built_takes_no_leads_and_stops_no_other(kind: str) -> None:
    """The entry is named with its line; its variables are not asked for yet."""
    text = f'{_entry()}  later:\n    kind: {kind}\n    auth: {{scheme: vendor, secret: "${{NOT_SET}}"}}\n'
    loaded = load_sources(text, {})
    assert (list(loaded.sources), dict(loaded.not_built)) == (["form"], {"later": kind})
    assert [(problem.line, problem.severity) for problem in loaded.warnings] == [(4, "warning")]
    assert kind in loaded.warnings[0].message


def test_a_short_secret_is_a_warning() -> None:
    """A secret that can be guessed is no proof, but a trial should not need a long one."""
    loaded = load_sources(_entry(auth="{scheme: bearer, token: short}"), {})
    assert loaded.warnings[0].path == "sources.form.auth.token"
    assert "short" not in loaded.warnings[0].message


MISTAKES = [
    ("[]", 1, "the file", "no mapping «sources»"),
    ("sources: {}\nsource: 1", 2, "source", "no key «source»"),
    ("sources:\n  Form/1: {kind: generic}", 2, "sources.Form/1", "can't be part of an address"),
    ("sources:\n  form: generic", 2, "sources.form", "needs kind and auth"),
    (f"sources:\n  form: {{kind: generic, auth: {SECRET}}}", 2, "sources.form", "needs kind and auth"),
    (_entry(kind="generick"), 2, "sources.form.kind", "no kind «generick»"),
    (_entry(chanel="x"), 2, "sources.form.chanel", "no key «chanel»"),
    (_entry(channel='"${NAME}"'), 2, "sources.form.channel", "only in secrets and tokens"),
    (_entry(fields="{fone: x}"), 2, "sources.form.fields.fone", "no field «fone»"),
    (_entry(fields="{phone: a..b}"), 2, "sources.form.fields.phone", "empty part"),
    (_entry(values="{attributes.x: {a: b}}"), 2, "sources.form.values.attributes.x", "no field"),
    (_entry(auth="{scheme: hmac, secret: x}"), 2, "sources.form.auth.scheme", "«hmac» is not possible"),
    (_entry(auth="{scheme: vendor, secret: x}"), 2, "sources.form.auth.scheme", "no signature of its own"),
    (_entry(auth=f"{{scheme: bearer, tokne: {SECRET}}}"), 2, "sources.form.auth.tokne", "no key «tokne»"),
    (_entry(auth=f"{{scheme: bearer, secret: {SECRET}}}"), 2, "sources.form.auth.secret", "takes token, not secret"),
    (_entry(auth="{scheme: bearer}"), 2, "sources.form.auth", "needs a token"),
    (_entry(auth="{scheme: bearer, token: 123456}"), 2, "sources.form.auth.token", "a text, or a list"),
    (_entry(auth="{scheme: bearer, token: []}"), 2, "sources.form.auth.token", "a text, or a list"),
    (_entry(auth=f"{{scheme: standard_webhooks, secret: {SECRET}}}"), 2, "sources.form.auth.secret", "no secret of"),
    (_entry(auth=f'{{scheme: hmac_sha256, secret: {SECRET}, header: "X Sig"}}'), 2, "sources.form.auth.header", "name"),
    (_entry(rate_limit="600"), 2, "sources.form.rate_limit", "a mapping"),
    (_entry(rate_limit="{burst: 5}"), 2, "sources.form.rate_limit", "«per_minute» is missing"),
    (_entry(rate_limit="{per_minute: 0}"), 2, "sources.form.rate_limit.per_minute", "less than 1"),
    (_entry(rate_limit="{per_minute: true}"), 2, "sources.form.rate_limit.per_minute", "a whole number"),
    (_entry(rate_limit='{per_minute: 5, burst: "9"}'), 2, "sources.form.rate_limit.burst", "a whole number"),
    (_entry(rate_limit="{per_minute: 5, bursts: 9}"), 2, "sources.form.rate_limit.bursts", "no key «bursts»"),
    (f"{_entry()}  form: {{}}", 3, "sources.form", "written twice"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "path", "says"), MISTAKES, ids=[row[2] + " " + row[3] for row in MISTAKES])
def test_a_mistake_is_refused_by_name_with_its_line(text: str, line: int, path: str, says: str) -> None:
    """An operator mends a file by its lines; no secret is ever part of a message."""
    problems = _refused(text)
    assert [(problem[0], problem[1]) for problem in problems] == [(line, path)]
    assert says in problems[0][2]


def test_all_mistakes_are_told_at_once() -> None:
    """One round is enough to mend a file."""
    text = (
        _entry(chanel="x", fields="[]") + "  other: {kind: nothing, auth: {scheme: bearer, token: abcdefghijklmnopq}}"
    )
    assert {path for _, path, _ in _refused(text)} == {
        "sources.form.chanel", "sources.form.fields", "sources.other.kind",
    }  # fmt: skip
