"""Where settings come from, which wins, and what is said of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.config import RunConfig, load
from conformance.problems import Problem
from conformance.settings import SETTINGS

SECRET = "s3cr3t-key-that-nobody-may-see"
ENDPOINT = {
    "PICJOBS_ENDPOINT": "http://127.0.0.1:8080",
    "PICJOBS_BUCKET": "examplebucket-1250000000",
    "PICJOBS_REGION": "ap-chongqing",
    "PICJOBS_SECRET_ID": "AKID",
    "PICJOBS_SECRET_KEY": SECRET,
    "PICJOBS_QUEUE_ID": "p1",
}


def problem(tmp_path: Path, options=None, environ=None, toml: str | None = None) -> str:
    if toml is not None:
        (tmp_path / "picjobs.toml").write_text(toml)
    with pytest.raises(Problem) as caught:
        load(options or {}, environ or {}, tmp_path)
    message = str(caught.value)
    assert "\n" not in message
    assert SECRET not in message
    return message


def test_nothing_said_is_the_embedded_emulator(tmp_path: Path) -> None:
    assert load({}, {}, tmp_path) == (RunConfig(), ())


def test_every_setting_is_an_attribute_and_the_other_way_round() -> None:
    assert [each.field for each in SETTINGS] == list(RunConfig.__dataclass_fields__)


def test_command_line_wins_over_environment_over_file(tmp_path: Path) -> None:
    (tmp_path / "picjobs.toml").write_text('seed = 3\nrate = 3\ntimeout = 3\nclause = ["SIG"]\n')
    environ = {"PICJOBS_RATE": "2.5", "PICJOBS_TIMEOUT": "2", "PICJOBS_STRICT": "yes"}
    config, _ = load({"timeout": "1"}, environ, tmp_path)
    assert (config.seed, config.rate, config.timeout) == (3, 2.5, 1.0)
    assert config.strict is True
    assert config.clause == ("SIG",)


def test_a_target_on_the_command_line_takes_the_place_of_another(tmp_path: Path) -> None:
    config, _ = load({"replay": "run.json"}, ENDPOINT, tmp_path)
    assert (config.replay, config.endpoint) == ("run.json", None)
    config, _ = load({"endpoint": "http://h"}, ENDPOINT | {"PICJOBS_REPLAY": "run.json"}, tmp_path)
    assert (config.replay, config.endpoint) == (None, "http://h")
    assert "one target" in problem(tmp_path, {}, ENDPOINT | {"PICJOBS_REPLAY": "run.json"})


def test_a_zero_given_as_a_number_counts_as_given(tmp_path: Path) -> None:
    config, _ = load({"seed": 0}, {"PICJOBS_SEED": "7"}, tmp_path)
    assert config.seed == 0


def test_several_clauses_in_one_variable(tmp_path: Path) -> None:
    config, _ = load({}, {"PICJOBS_CLAUSE": "SIG, REQ-01 ERR"}, tmp_path)
    assert config.clause == ("SIG", "REQ-01", "ERR")


def test_an_empty_variable_is_one_not_set(tmp_path: Path) -> None:
    assert load({}, {"PICJOBS_ENDPOINT": ""}, tmp_path)[0].endpoint is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("endpoint", "127.0.0.1:80"),
        ("endpoint", "http://h/path"),
        ("endpoint", "http://u:p@h"),
        ("endpoint", "http://h:99999"),
        ("endpoint", "http://h:0"),
        ("endpoint", "http://h ost"),
        ("endpoint", "http://[::1"),
        ("bucket", "Bucket-1"),
        ("region", "chongqing"),
        ("seed", "-1"),
        ("seed", "1.5"),
        ("seed", "9" * 30),
        ("rate", "0"),
        ("rate", "nan"),
        ("rate", "inf"),
        ("workers", "0"),
        ("timeout", "soon"),
        ("strict", "perhaps"),
        ("queue-id", " "),
        ("queue-id", "a\nb"),
    ],
)
def test_a_wrong_value_names_where_it_stands(tmp_path: Path, name: str, value: str) -> None:
    variable = f"PICJOBS_{name.upper().replace('-', '_')}"
    assert problem(tmp_path, environ={variable: value}).startswith(f"{variable} should be ")
    if name != "strict":
        assert problem(tmp_path, {name: value}).startswith(f"--{name} should be ")


def test_a_wrong_type_in_the_file_names_file_and_line(tmp_path: Path) -> None:
    said = problem(tmp_path, toml="seed = 1\n\nworkers = true\n")
    assert said == (
        f"{tmp_path}/picjobs.toml:3: workers should be a whole number from 1 to 256, not True"
    )


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (" ", "text that is not empty"),
        ("a\nb", "one line of text"),
        ("a\0b", "one line of text"),
        ("\udced\udca0", "text in UTF-8"),  # what bytes that are no UTF-8 become in a shell
    ],
)
def test_a_name_is_one_line_of_text(value: str, wanted: str, tmp_path: Path) -> None:
    said = problem(tmp_path, {"queue-id": value})
    assert said.startswith(f"--queue-id should be {wanted}, not ")


def test_a_wrong_secret_is_not_shown(tmp_path: Path) -> None:
    said = problem(tmp_path, environ={"PICJOBS_SECRET_KEY": f"{SECRET}\n{SECRET}"})
    assert said == "PICJOBS_SECRET_KEY should be one line of text"


def test_an_unknown_key_names_the_nearest(tmp_path: Path) -> None:
    said = problem(tmp_path, toml='seed = 1\nendpiont = "http://h"\n')
    assert said == (
        f"{tmp_path}/picjobs.toml:2: endpiont: there is no such setting; did you mean endpoint?"
    )


def test_keys_may_have_underscores_but_not_both(tmp_path: Path) -> None:
    (tmp_path / "picjobs.toml").write_text("max_jobs = 4\n")
    assert load({}, {}, tmp_path)[0].max_jobs == 4
    assert "twice" in problem(tmp_path, toml="max_jobs = 4\nmax-jobs = 4\n")


@pytest.mark.parametrize(
    ("toml", "said"),
    [("seed = \n", "not valid TOML"), ("[run]\nseed = 1\n", "no such setting")],
)
def test_a_file_that_is_none(tmp_path: Path, toml: str, said: str) -> None:
    assert said in problem(tmp_path, toml=toml)


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "picjobs.toml").write_bytes("region = 'ü'".encode("latin-1"))
    assert "not UTF-8" in problem(tmp_path)


def test_a_file_that_was_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="there is no such file"):
        load({}, {"PICJOBS_CONFIG": str(tmp_path / "none.toml")}, tmp_path)
    with pytest.raises(Problem, match="cannot be read"):
        load({}, {}, tmp_path, str(tmp_path))


def test_missing_credentials_name_the_three_ways(tmp_path: Path) -> None:
    environ = {name: it for name, it in ENDPOINT.items() if "SECRET" not in name}
    said = problem(tmp_path, environ=environ)
    assert "an endpoint needs secret-id and secret-key too" in said
    assert "set PICJOBS_SECRET_ID, PICJOBS_SECRET_KEY in the environment" in said
    assert "or secret-id, secret-key in picjobs.toml" in said
    assert "or give --secret-id, --secret-key" in said


def test_temporary_credentials_come_as_three(tmp_path: Path) -> None:
    said = problem(tmp_path, environ={"PICJOBS_TMP_SECRET_ID": "AKID"})
    assert "lack tmp-secret-key and tmp-token" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"replay": "x", "endpoint": "http://h"}, "one target"),
        ({"replay": "x", "record": "y"}, "nothing new to record"),
        ({"quiet": True, "verbose": True}, "quiet and verbose"),
    ],
)
def test_what_does_not_go_together(tmp_path: Path, options, said: str) -> None:
    assert said in problem(tmp_path, options)


def test_the_vendor_is_not_billed_by_accident(tmp_path: Path) -> None:
    environ = ENDPOINT | {"PICJOBS_ENDPOINT": "vendor"}
    assert "--yes" in problem(tmp_path, environ=environ)
    assert load({"yes": True}, environ, tmp_path)[0].endpoint == "vendor"
    assert load({"max-jobs": "5"}, environ, tmp_path)[0].max_jobs == 5


def test_a_missing_ca_bundle(tmp_path: Path) -> None:
    said = problem(tmp_path, {"ca-bundle": str(tmp_path / "ca.pem")}, ENDPOINT)
    assert "no such CA bundle" in said


def test_a_secret_as_an_option_warns_and_is_not_shown(tmp_path: Path) -> None:
    config, warnings = load({"secret-key": SECRET}, {}, tmp_path)
    assert config.secret_key == SECRET
    assert SECRET not in repr(config)
    assert len(warnings) == 1
    assert "PICJOBS_SECRET_KEY" in warnings[0]


def test_a_file_with_secrets_that_others_can_read_warns(tmp_path: Path) -> None:
    file = tmp_path / "picjobs.toml"
    file.write_text(f'secret-key = "{SECRET}"\n')
    file.chmod(0o644)
    assert "chmod 600" in load({}, {}, tmp_path)[1][0]
    file.chmod(0o600)
    assert load({}, {}, tmp_path)[1] == ()
