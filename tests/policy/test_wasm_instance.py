"""Modules that break OPA's ABI, each in one way, written by hand: none of them is believed."""

import pytest
from wasmtime import Engine, Module, wat2wasm

from policy.bundle import Bundle
from policy.conformance import differing
from policy.errors import EngineFailed, Exhausted
from policy.wasm_engine import WasmEngine
from policy.wasm_instance import PAGE, WasmInstance

RULE = "ask.decision"
MEMORY = '(import "env" "memory" (memory 1))'
BODY = """
  (import "env" "opa_abort" (func $abort (param i32)))
  (import "env" "opa_builtin0" (func $builtin (param i32 i32) (result i32)))
  MEMORY
  (export "memory" (memory 0))
  (global (export "opa_wasm_abi_version") i32 (i32.const 1))
  (global (export "opa_wasm_abi_minor_version") i32 (i32.const 3))
  (data (i32.const 256) "{\\22entente/ask/decision\\22:0}\\00")
  (data (i32.const 512) "[{\\22result\\22:7}]\\00")
  (data (i32.const 700) "out of luck\\00")
  (func (export "entrypoints") (result i32) (i32.const 256))
  (func (export "opa_json_dump") (param i32) (result i32) (local.get 0))
  (func (export "opa_malloc") (param i32) (result i32) (i32.const 1024))
  (func (export "opa_json_parse") (param i32 i32) (result i32) (i32.const 900))
  (func (export "opa_heap_ptr_get") (result i32) (i32.const 2048))
  (func (export "opa_eval") (param i32 i32 i32 i32 i32 i32 i32) (result i32) (i32.const 512))
"""
ABORT = '(import "env" "opa_abort" (func $abort (param i32)))'
EVAL = "(result i32) (i32.const 512))"


def instance(*changes: tuple[str, str], memory: str = MEMORY) -> WasmInstance:
    """An instance of the module above with some of its text replaced."""
    text = BODY.replace("MEMORY", memory)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    engine = Engine()
    return WasmInstance(engine, Module(engine, bytes(wat2wasm(f"(module {text})"))), b"{}")


def test_a_module_that_keeps_the_abi_is_believed() -> None:
    made = instance()
    assert made.evaluate(RULE, b"{}") == 7
    assert made.memory_bytes == PAGE
    assert made.evaluate(RULE, b"[" + b"1," * PAGE + b"1]") == 7
    assert made.memory_bytes == 3 * PAGE


def test_a_result_longer_than_a_page_is_read_whole() -> None:
    long = ('"[{\\22result\\22:7}]\\00"', '"[{\\22result\\22:\\22' + "a" * 3 * PAGE + '\\22}]\\00"')
    moved = [("(i32.const 512)", "(i32.const 65536)")]
    made = instance(long, *moved, memory=MEMORY.replace("memory 1", "memory 5"))
    assert made.evaluate(RULE, b"{}") == "a" * 3 * PAGE


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("(i32.const 3)", "(i32.const 1)"), r"ABI \[1, 1\]"),
        (('version") i32 (i32.const 1)', 'version") i32 (i32.const 2)'), r"ABI \[2, "),
        (("(i32.const 900)", "(i32.const 0)"), "no JSON to the module"),
        (("{\\22entente/ask/decision\\22:0}", "[]"), "an object is wanted"),
        (("(i32.const 256))", "(i32.const 0))"), "no text at 0"),
        (("(i32.const 256))", "(i32.const 70000))"), "no text at 70000"),
        ((ABORT, '(import "env" "clock" (global i32))'), "imports clock"),
    ],
)
def test_a_module_that_breaks_the_abi_does_not_start(change: tuple[str, str], told: str) -> None:
    with pytest.raises(EngineFailed, match=told):
        instance(change)


def test_a_module_without_memory_does_not_start() -> None:
    with pytest.raises(EngineFailed, match="imports no memory"):
        instance(memory="(memory 1)")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("[{\\22result\\22:7}]", "[]"), "no single result"),
        (("[{\\22result\\22:7}]", "{}"), "no single result"),
        (("[{\\22result\\22:7}]", "[7]"), "an object is wanted"),
        (("[{\\22result\\22:7}]", "[{}]"), "no single result"),
        ((EVAL, "(result i32) (call $abort (i32.const 700)) (i32.const 512))"), "aborted: b'out of luck'"),
        ((EVAL, "(result i32) (call $builtin (i32.const 9) (i32.const 0)))"), "builtin 9 of the host"),
        ((EVAL, "(result i32) (i32.const -8))"), "no text at -8"),
    ],
)
def test_what_is_no_result_fails(change: tuple[str, str], told: str) -> None:
    with pytest.raises(EngineFailed, match=told):
        instance(change).evaluate(RULE, b"{}")


def test_a_module_that_hides_its_memory_aborts_all_the_same() -> None:
    abort = (EVAL, "(result i32) (call $abort (i32.const 700)) (i32.const 512))")
    with pytest.raises(EngineFailed, match="aborted and has no memory"):
        instance(abort, ('(export "memory" (memory 0))', "")).evaluate(RULE, b"{}")


def test_a_text_that_never_ends_is_none() -> None:
    full = ('(data (i32.const 700) "out of luck\\00")', f'(data (i32.const 65000) "{"a" * 536}")')
    with pytest.raises(EngineFailed, match="no text at 65000"):
        instance(full, (EVAL, "(result i32) (i32.const 65000))")).evaluate(RULE, b"{}")


def test_a_rule_that_the_module_lacks_fails() -> None:
    with pytest.raises(EngineFailed, match="no rule"):
        instance().evaluate("answer.decision", b"{}")


def module(*changes: tuple[str, str]) -> bytes:
    """The module above as Wasm, with some of its text replaced."""
    text = BODY.replace("MEMORY", MEMORY)
    for old, new in changes:
        text = text.replace(old, new)
    return bytes(wat2wasm(f"(module {text})"))


ENDLESS = EVAL, "(result i32) (loop $on (br $on)) (i32.const 512))"
LOST = EVAL, "(result i32) unreachable)"


def test_a_module_without_an_end_is_stopped_when_its_steps_are_used_up() -> None:
    engine = WasmEngine(module(ENDLESS), Bundle.packaged(), fuel=10_000)
    for _ in range(2):
        with pytest.raises(Exhausted, match="is not decided after 10000 steps"):
            engine.decide(RULE, {})
    with pytest.raises(Exhausted):
        differing(engine.decide, Bundle.packaged())
    with pytest.raises(EngineFailed, match="unreachable") as failed:
        WasmEngine(module(LOST), Bundle.packaged(), fuel=10_000).decide(RULE, {})
    assert not isinstance(failed.value, Exhausted)


def test_every_evaluation_has_all_its_steps() -> None:
    engine = WasmEngine(module(), Bundle.packaged(), fuel=100)
    assert [engine.decide(RULE, {}) for _ in range(100)] == [7] * 100
