"""No password is shown, wherever it stands in an address and however badly that is written."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from beamopt.address import command_line, hidden, hidden_address

SECRET = "s3cret"  # noqa: S105

WHOLE = [
    "postgresql://me:s3cret@host/db",
    "postgresql://me:s3cret@host:notaport/db",
    "postgresql://me@corp:s3cret@host/db",
    "postgresql://me:a/s3cret@host/db",
    "postgresql://me:a@s3cret@host/db",
    "postgresql://:s3cret@host/db",
    "postgresql+psycopg://me:s3cret@host/db",
    "http://me:s3cret@host:5000",
    "postgresql://host/db?password=s3cret",
    "postgresql://host/db?sslmode=require&sslpassword=s3cret&x=1",
    "postgresql://host/db?pass%77ord=s3cret",
    "https://host/?api_key=s3cret",
    "mssql://host/db?PWD=s3cret",
    "http://s3cret@host:5000",
    "https://host/?auth=s3cret",
    "https://host/?sig=s3cret",
    "https://host/#access_token=s3cret",
    "postgresql://host/db?options=-cpassword=s3cret",
]
BROKEN = [
    "postgresql://me:s3cret/db",
    "postgresql:/me:s3cret@host/db",
    "postgres//me:s3cret@host/db",
    "me:s3cret@host/db",
    "postgresql://me:my s3cret@host/db",
    "postgresql://me:\ns3cret@host/db",
    "host=localhost user=me password=s3cret dbname=db",
    "host=localhost password='my s3cret' dbname=db",
    "host=localhost password = s3cret dbname=db",
]


@pytest.mark.parametrize("address", [*WHOLE, *BROKEN])
def test_an_address_is_shown_without_its_password(address: str) -> None:
    shown = hidden_address(address)
    assert SECRET not in shown
    assert "***" in shown
    assert shown.startswith(address[:3])


@pytest.mark.parametrize("address", WHOLE)
def test_so_is_one_in_a_sentence(address: str) -> None:
    said = f"beamopt: {address}: no answer; start it again"
    assert SECRET not in hidden(said)
    assert hidden(said).endswith(": no answer; start it again") or address.endswith(SECRET)


@pytest.mark.parametrize(
    "said",
    [
        "http://127.0.0.1:5000: no answer, [Errno 111] Connection refused",
        "MLflow is at http://127.0.0.1:5000/#/experiments/1/runs/ab?x=1&y=2 (Ctrl-C ends it)",
        "postgresql://me@host:5432/db: the server is away",
        "/data/me@lab/2026: disk full at 12:30",
        "study 'x' is being run by process 12 on host; trials = 4, passfile=/home/me/.pgpass",
        "sqlite:////tmp/runs/mlflow.db",
    ],
)
def test_what_holds_no_password_is_left_as_it_is(said: str) -> None:
    assert hidden(said) == said


@pytest.mark.parametrize("address", ["postgresql://[::1]:5432/db", "sqlite:////tmp/a:b@c.db", "tcp://host:8786"])
def test_so_is_an_address_without_one(address: str) -> None:
    assert hidden_address(address) == address


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20))
@example("p@ss/w:rd")
def test_any_password_between_user_and_host_is_hidden(password: str) -> None:
    """But for one of a colon or so, which stands in the address anyway."""
    shown = hidden_address(f"postgresql://me:{password}x7Zq@host/db")
    assert "x7Zq" not in shown
    assert shown.endswith("@host/db")


@pytest.mark.parametrize("option", ["--storage", "--tracking-uri", "--scheduler"])
@pytest.mark.parametrize("address", [*WHOLE, *BROKEN])
def test_the_command_to_repeat_has_none(option: str, address: str) -> None:
    for words in (["study", "x", option, address], ["study", "x", f"{option}={address}"]):
        line = command_line(words)
        assert SECRET not in line
        assert line.endswith("(with the password for ***)")


def test_the_command_to_repeat_is_otherwise_the_one_that_was_given() -> None:
    words = ["study", "my study.toml", "--set", "title=me@lab: 10:30", "--home", "/data/me@lab"]
    assert command_line(words) == "beamopt study 'my study.toml' --set 'title=me@lab: 10:30' --home /data/me@lab"
