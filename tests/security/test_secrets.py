"""Secrets stay in files of their owner: not in argument lists, not in logs, not in what a value shows."""

import ast
import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from audit.errors import KeyRefused
from audit.keys import SigningKey
from gateway.cli import main
from gateway.home import Home, Profile, create, now_utc
from gateway.key_files import check_modes
from gateway.wiring import open_node
from tests.house_rules.test_permission import modules

#: Words of a parameter's name that would be a secret itself, not where it lies.
SECRET = ("token", "secret", "password", "passphrase", "private", "seed", "credential")


def commands(command: click.Command, path: str = "entente") -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            inner = command.get_command(click.Context(command), name)
            assert inner is not None
            yield from commands(inner, f"{path} {name}")


def test_no_command_takes_a_secret_as_an_argument() -> None:
    """Everybody on a machine may read the argument lists of its processes."""
    found = list(commands(main))
    assert len(found) > 50
    for path, command in found:
        for each in command.params:
            named = {str(each.name), *each.opts}
            if any(word in name for name in named for word in SECRET):
                assert isinstance(each.type, click.Path), f"{path} {each.opts}: takes the secret itself"


def test_no_program_is_started_with_a_secret_in_its_arguments_or_through_a_shell() -> None:
    runners = {"run", "Popen", "call", "check_call", "check_output", "create_subprocess_exec"}
    wrong = []
    for name, tree in modules():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr in {"system", "popen", "create_subprocess_shell", "getoutput"}:
                wrong.append(f"{name}:{node.lineno} a shell")
            owner = node.func.value
            if (
                node.func.attr in runners
                and isinstance(owner, ast.Name)
                and owner.id in {"subprocess", "asyncio"}
            ):
                shell = [each for each in node.keywords if each.arg == "shell"]
                text = isinstance(node.args[0], ast.JoinedStr | ast.Constant)
                secret = any(word in ast.unparse(node.args[0]).lower() for word in SECRET)
                if shell or text or secret:
                    wrong.append(f"{name}:{node.lineno}")
    assert not wrong


def test_no_log_line_is_given_a_secret() -> None:
    """What is named like a secret is handed to no logger, not even as a part of a text."""
    levels = {"debug", "info", "warning", "error", "exception", "critical", "log"}
    words = {
        *SECRET,
        "skey",
        "cookie",
        "csrf",
        "authorization",
        "verifier",
        "session_key",
        "blob_key",
        "signing_key",
    }
    wrong = [
        f"{name}:{node.lineno} {inner}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in levels
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id.lower() in {"log", "_log", "logger", "logging"}
        for inner in (
            part.id if isinstance(part, ast.Name) else part.attr
            for argument in node.args
            for part in ast.walk(argument)
            if isinstance(part, ast.Name | ast.Attribute)
        )
        if inner.lower() in words
    ]
    assert not wrong


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return create(tmp_path / "n", Profile("fr.ofast", "O", "FR", "s@x", 8401, demo=True), now=now_utc())


def secrets_of(home: Home) -> set[str]:
    """Each secret as it lies in its file, and its parts."""
    kept = [path.read_bytes() for path in home.keys.iterdir() if path.name != "client.secret"]
    texts = {each.decode().strip() for each in kept if each.isascii()}
    bare = {text.split("+", 4)[4] for text in texts if text.startswith("PRIVATE+KEY")}
    return texts | bare | {each.hex() for each in kept}


async def test_a_node_at_work_logs_none_of_its_secrets(
    home: Home, opa_binary: Path, policy_cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = home.path / "node.toml"
    law = f'[policy]\nopa = "{opa_binary}"\ncache = "{policy_cache}"\n'
    settings.write_text(f"{settings.read_text()}\n{law}")
    async with open_node(home) as node:
        said = repr(node) + repr(node.post.keys) + repr(node.digests) + repr(home)
    for secret in secrets_of(home):
        assert len(secret) >= 32
        assert secret not in said + caplog.text


def test_what_lies_in_the_folder_of_keys_is_its_owners_alone(home: Home) -> None:
    check_modes(home.keys)
    assert {stat.S_IMODE(path.stat().st_mode) for path in home.keys.iterdir()} == {0o600}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660, 0o644, 0o610])
async def test_a_node_does_not_start_on_a_key_that_others_may_touch(home: Home, mode: int) -> None:
    """Also one that is not in use yet: it will be, and was open until then."""
    coming = home.keys / "message.next.key"
    SigningKey.generate("fr.ofast/message").save(coming)
    check_modes(home.keys)
    coming.chmod(mode)
    with pytest.raises(KeyRefused, match=f"message.next.key: mode {mode:04o}"):
        async with open_node(home):
            pytest.fail("it started")


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o777])
def test_nor_in_a_folder_that_others_may_open(home: Home, mode: int) -> None:
    home.keys.chmod(mode)
    with pytest.raises(KeyRefused, match=f"keys: mode {mode:04o}"):
        check_modes(home.keys)
    home.keys.chmod(0o700)


def test_nor_on_a_link_or_on_somebody_elses_file(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = home.path / "elsewhere"
    (home.keys / "log.key").rename(elsewhere)
    (home.keys / "log.key").symlink_to(elsewhere)
    with pytest.raises(KeyRefused, match=r"log\.key: is a link"):
        check_modes(home.keys)
    (home.keys / "log.key").unlink()
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    with pytest.raises(KeyRefused, match=f"is of user {mine}, the node of {mine + 1}"):
        check_modes(home.keys)
