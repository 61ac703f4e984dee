"""What config.toml and the environment say, what is wrong with them, and that no value is ever repeated."""

from typing import Any

import pytest

from imagepipe.errors import UsageError
from imagepipe.models.registry import registry
from imagepipe.settings import Cap, Limits, Settings, SettingsError, merged_models, read_settings
from imagepipe.settings.codes import CODES
from imagepipe.values import EMPTY, freeze

FILE = "/home/ada/.config/imagepipe/config.toml"


def read(text: str = "", **env: str) -> Settings:
    return read_settings(text, FILE, env)


def wrong(text: str = "", **env: str) -> SettingsError:
    with pytest.raises(SettingsError) as raised:
        read(text, **env)
    return raised.value


WHOLE = """
[providers.azure]
base_url = "https://fernhill.openai.azure.com/openai/v1/"
key_env = "AZURE_OPENAI_API_KEY"
models = { images-prod = "gpt-image-2", images-test = "gpt-image-2", "flare" = "gpt-image-2.5-flare" }
deadline = 600

[providers.local]
kind = "openai"
base_url = "http://localhost:8080/v1"
switches = { response_format = "b64_json", url = true, keyless = true }

[budget]
per_build = 20
per_asset = 1.5
per_day = 50.00
confirm_above = 2.5
retry_in_doubt = 1

[limits]
images_per_minute = 20
jobs = 8

[models.images-prod]
formats = ["png", "jpeg"]
ends = 2027-03-01

[models.flux]
sizes = ["512x512"]
prices = { per_image = 0 }
"""


def test_a_whole_configuration() -> None:
    settings = read(WHOLE)
    azure, local = settings.providers["azure"], settings.providers["local"]
    assert (azure.name, azure.kind, azure.key_env, azure.deadline) == ("azure", "openai", "AZURE_OPENAI_API_KEY", 600.0)
    assert azure.base_url == "https://fernhill.openai.azure.com/openai/v1/"
    assert dict(local.switches) == {"response_format": "b64_json", "url": True, "keyless": True}
    assert local.deadline == 900.0
    assert settings.caps == (
        Cap(f"budget.per_build in {FILE}", 20.0),
        Cap(f"budget.per_asset in {FILE}", 1.5, "asset"),
        Cap(f"budget.per_day in {FILE}", 50.0, "day"),
    )
    assert (settings.confirm_above, settings.retry_in_doubt) == (2.5, 1)
    assert settings.limits == Limits(8, 20)


def test_nothing_configured() -> None:
    settings = read()
    assert settings.caps == (Cap("the built-in budget.per_build", 5.0),)
    assert (settings.confirm_above, settings.retry_in_doubt, settings.limits) == (1.0, 0, Limits(5, None))
    assert (settings.providers, settings.models, settings.file) == (EMPTY, EMPTY, FILE)
    assert read("\n  \n# only a comment\n") == settings


def test_a_deployment_is_sent_for_the_model_it_is_of() -> None:
    assert dict(read(WHOLE).providers["azure"].models) == {
        "gpt-image-2": "images-prod",
        "gpt-image-2.5-flare": "flare",
    }, "the first deployment of a model is the one it goes to"


def test_a_deployment_has_the_rules_of_its_model_and_its_own() -> None:
    known = registry(read(WHOLE).models)
    assert known.problems == ()
    assert known.models["images-test"].formats == ("png", "jpeg", "webp")
    assert known.models["images-prod"].formats == ("png", "jpeg")
    assert known.models["images-prod"].snapshot == "gpt-image-2-2026-04-21"
    assert known.models["images-prod"].status.date == "2027-03-01"
    assert known.models["flux"].prices is not None


@pytest.mark.parametrize(
    ("name", "said", "kind"),
    [
        ("openai", "", "openai"),
        ("placeholder", "", "placeholder"),
        ("azure", "", "openai"),
        ("mine", 'kind = "comfy"', "comfy"),
    ],
)
def test_the_kind_of_a_provider(name: str, said: str, kind: str) -> None:
    assert read(f"[providers.{name}]\n{said}").providers[name].kind == kind


def test_a_kind_of_a_package_has_switches_of_its_own() -> None:
    settings = read('[providers.mine]\nkind = "comfy"\nswitches = {workflow = "a.json", nodes = [1, 2]}')
    assert settings.providers["mine"].switches == freeze({"workflow": "a.json", "nodes": [1, 2]})


@pytest.mark.parametrize(
    ("text", "env", "caps"),
    [
        ("", {"IMAGEPIPE_MAX_COST": "2.50"}, {("build", 5.0), ("build", 2.5)}),
        ("", {"IMAGEPIPE_MAX_COST": "100"}, {("build", 5.0), ("build", 100.0)}),
        ("", {"IMAGEPIPE_MAX_COST": ""}, {("build", 5.0)}),
        ("", {"IMAGEPIPE_MAX_COST_PER_DAY": "0"}, {("build", 5.0), ("day", 0.0)}),
        ("[budget]\nper_build = 1", {"IMAGEPIPE_MAX_COST": "3"}, {("build", 1.0), ("build", 3.0)}),
    ],
)
def test_caps_of_the_environment_stand_beside_the_others(
    text: str, env: dict[str, str], caps: set[tuple[str, float]]
) -> None:
    assert {(cap.per, cap.usd) for cap in read(text, **env).caps} == caps


def test_a_cap_says_who_set_it() -> None:
    names = [cap.name for cap in read("[budget]\nper_build = 1", IMAGEPIPE_MAX_COST="3").caps]
    assert names == [f"budget.per_build in {FILE}", "IMAGEPIPE_MAX_COST"]


def test_jobs_of_the_environment_win() -> None:
    assert read("[limits]\njobs = 2", IMAGEPIPE_JOBS="9").limits.jobs == 9


@pytest.mark.parametrize(
    ("text", "line", "code", "said"),
    [
        ("[budget]\nper_buidl = 5", 2, "unknown-setting", "did you mean `per_build`?"),
        ("\n[bugdet]\nper_build = 5", 2, "unknown-setting", "did you mean `budget`?"),
        ("color = 1", 1, "unknown-setting", "known: providers, budget, limits, models"),
        ('[budget]\nper_build = "5"', 2, "invalid-setting", "a sum in USD"),
        ("[budget]\nper_build = -1", 2, "invalid-setting", "a sum in USD"),
        ("[budget]\nper_build = nan", 2, "invalid-setting", "a sum in USD"),
        ("[budget]\nper_day = inf", 2, "invalid-setting", "a sum in USD"),
        ("[budget]\nper_day = true", 2, "invalid-setting", "a sum in USD"),
        ("[budget]\nretry_in_doubt = 2", 2, "invalid-setting", "0 or 1"),
        ("[limits]\njobs = 0", 2, "invalid-setting", "from 1 to 100"),
        ("[limits]\nimages_per_minute = 0", 2, "invalid-setting", "above 0"),
        ("limits = 5", 1, "invalid-setting", "[limits]"),
        ("[providers]\nopenai = 5", 2, "invalid-setting", "[providers.openai]"),
        ("[providers.x]\nbase_ulr = 'https://x.example'", 2, "unknown-setting", "did you mean `base_url`?"),
        ("[providers.x]\nbase_url = 'x.example'", 2, "invalid-setting", "http or https"),
        ("[providers.x]\nbase_url = 'https://u:p@x.example'", 2, "invalid-setting", "without user"),
        ("[providers.x]\nbase_url = 'file:///etc/passwd'", 2, "invalid-setting", "http or https"),
        ("[providers.x]\nkey_env = 'sk-live-123'", 2, "invalid-setting", "environment variable"),
        ("[providers.x]\napi_key = 'sk-live-123'", 2, "unknown-setting", "key_env"),
        ("[providers.x]\ndeadline = 0", 2, "invalid-setting", "seconds"),
        ("[providers.x]\nmodels = {a = 1}", 2, "invalid-setting", "deployment"),
        ("[providers.x]\nmodels = {a = 'gpt-imgae-2'}", 2, "invalid-model-entry", "did you mean `gpt-image-2`?"),
        ("[providers.x.models]\na = 'gpt-imgae-2'", 2, "invalid-model-entry", "did you mean `gpt-image-2`?"),
        ("[providers.x]\nswitches = {ulr = true}", 2, "unknown-setting", "did you mean `url`?"),
        ("[providers.x.switches]\nurl = 'yes'", 2, "invalid-setting", "true or false"),
        ("[providers.x]\nswitches = 5", 2, "invalid-setting", "a table"),
        ("[models.flux]\nqualites = ['low']", 2, "unknown-model-field", "did you mean `qualities`?"),
        ('[models."gpt-image-2"]\nbase_url = "https://x.example"', 2, "model-routing", "[providers.NAME]"),
        ("[models]\nflux = 5", 2, "invalid-model-entry", "not a map"),
        ("[budget\nper_build = 5", 1, "settings-syntax", "not TOML"),
        ("[budget]\nper_build = 5\nper_build = 6", 3, "settings-syntax", "not TOML"),
    ],
)
def test_a_fault_has_its_line_and_a_way_out(text: str, line: int, code: str, said: str) -> None:
    error = wrong(text)
    (finding,) = error.findings
    assert finding.place is not None
    assert (finding.place.file, finding.place.line, finding.code) == (FILE, line, code)
    assert said in f"{finding.message} {finding.hint}"
    assert isinstance(error, UsageError)
    assert error.exit_code == 2


@pytest.mark.parametrize("key", ["api_key", "key_env", "base_url", "kind", "switches"])
def test_no_value_is_ever_shown(key: str) -> None:
    secret = "sk-live-0123456789 u:p@x"
    value: Any = f'"{secret}"'
    error = wrong(f"[providers.x]\n{key} = {value}\nbogus = {value}\n")
    assert secret not in "".join(f"{finding}" for finding in error.findings)
    assert "sk-live" not in str(error)


def test_all_faults_come_at_once_in_file_order() -> None:
    error = wrong("[limits]\njobs = 0\n[budget]\nper_buidl = 1\nper_day = 'x'\n", IMAGEPIPE_MAX_COST="lots")
    places = [finding.place.line if finding.place else 0 for finding in error.findings]
    assert places == [2, 4, 5, 0]
    assert "IMAGEPIPE_MAX_COST" in error.findings[-1].message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IMAGEPIPE_MAX_COST", "five"),
        ("IMAGEPIPE_MAX_COST", "-1"),
        ("IMAGEPIPE_MAX_COST_PER_DAY", "nan"),
        ("IMAGEPIPE_JOBS", "0"),
        ("IMAGEPIPE_JOBS", "²"),
    ],
)
def test_a_fault_in_the_environment(name: str, value: str) -> None:
    (finding,) = wrong(**{name: value}).findings
    assert (finding.code, finding.place) == ("invalid-setting", None)
    assert name in finding.message


def test_the_place_is_the_key_and_not_a_lookalike() -> None:
    text = '[providers.a]\nkind = "x"\nswitches = """\n[budget]\njobs = 1\n"""\n[limits]\n  jobs = 0 # jobs\n'
    finding = next(one for one in wrong(text).findings if "jobs" in one.message)
    assert finding.place is not None
    assert (finding.place.line, finding.place.column, finding.place.length) == (8, 3, 4)
    assert finding.place.source == "  jobs = …"
    assert finding.place.path == "limits.jobs"


def test_models_of_user_and_manifest_come_together() -> None:
    settings = read("[models.flux]\nsizes = ['512x512']\nqualities = ['low']")
    merged = merged_models(settings, freeze({"flux": {"qualities": ["high"]}, "other": {"like": "flux"}}))
    assert merged == freeze({"flux": {"sizes": ["512x512"], "qualities": ["high"]}, "other": {"like": "flux"}})
    assert merged_models(read(), EMPTY) == EMPTY
    assert merged_models(settings, merged) == merged


def test_every_code_is_explained() -> None:
    assert set(CODES) == {"settings-syntax", "unknown-setting", "invalid-setting"}
    assert all(told.means and told.example != told.fix for told in CODES.values())
