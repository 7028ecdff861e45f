"""The Pi firmware's message: built as the mailbox property interface has it, and read with every way to refuse."""

import struct

import pytest

from readiness_agent.firmware import answer_in, ask, message_of
from readiness_agent.sysroot import Tree


def answered(text: bytes, state: int = 0x80000000, failed: int = 0) -> bytearray:
    message = message_of("get_throttled")
    struct.pack_into("=6I", message, 0, len(message), state, 0x00030080, 1024, 0, failed)
    message[24 : 24 + len(text)] = text
    return message


def test_the_message_has_its_size_its_tag_and_its_text() -> None:
    message = message_of("get_throttled")
    size, request, tag, room, _, _ = struct.unpack_from("=6I", message)
    assert (size, request, tag, room) == (len(message), 0, 0x00030080, 1024)
    assert len(message) % 4 == 0
    assert bytes(message[24:37]) == b"get_throttled"
    assert bytes(message[-4:]) == bytes(4)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (answered(b"throttled=0x50000\n\0rest"), "throttled=0x50000"),
        (answered(b"throttled=0x50000\0", state=0x80000001), None),
        (answered(b"throttled=0x50000\0", state=0), None),
        (answered(b"throttled=0x50000\0", failed=1), None),
        (answered(b'error=1 error_msg="Command not registered"\0'), None),
    ],
)
def test_an_answer_is_read_and_a_refusal_is_none(message: bytearray, text: str | None) -> None:
    assert answer_in(message) == text


def test_a_machine_without_the_node_says_nothing() -> None:
    tree = Tree()
    assert ask(tree, "get_throttled") is None
    assert tree.notes == ()
