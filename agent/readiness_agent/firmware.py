"""Asks the Raspberry Pi's firmware what `vcgencmd` asks it, by one message through /dev/vcio: no program starts."""

import fcntl
import struct

from readiness_agent.sysroot import Tree

_NODE = "dev/vcio"
# The property tag that hands the firmware a text command, and room for the text (raspberrypi/utils, vcgencmd).
_COMMAND_TAG = 0x00030080
_ROOM_BYTES = 1024
_ANSWERED = 0x80000000
_HEAD = struct.Struct("=6I")
# _IOWR(100, 0, char *), as the kernel's vcio driver defines it: direction, size, type and number of the request.
_REQUEST = 3 << 30 | struct.calcsize("P") << 16 | 100 << 8


def ask(tree: Tree, command: str) -> str | None:
    """Give the firmware's answer to a command such as `get_throttled`; None, with a note, when it gives none.

    A recorded tree holds what `vcgencmd` printed, as `recorded/vcgencmd-get_throttled`.
    """
    if not tree.live:
        return tree.text(f"recorded/vcgencmd-{command}")
    message = message_of(command)
    try:
        with (tree.root / _NODE).open("rb", buffering=0) as node:
            fcntl.ioctl(node, _REQUEST, message)
    except FileNotFoundError:
        return None
    except OSError as error:
        tree.note(f"{(error.strerror or 'no answer').lower()}: /{_NODE}; needs group video")
        return None
    return answer_in(message)


def message_of(command: str) -> bytearray:
    """Build the property message: its size, "process", the tag, its room, a length, an error word, text, the end."""
    text = command.encode("ascii").ljust(_ROOM_BYTES, b"\0")
    size = _HEAD.size + len(text) + 4
    return bytearray(_HEAD.pack(size, 0, _COMMAND_TAG, _ROOM_BYTES, 0, 0) + text + bytes(4))


def answer_in(message: bytearray) -> str | None:
    """Read the text that the firmware wrote over the message; None when it refused."""
    _, state, _, _, _, failed = _HEAD.unpack_from(message)
    text = bytes(message[_HEAD.size :]).split(b"\0", 1)[0].decode("ascii", "replace").strip()
    return text if state == _ANSWERED and not failed and not text.startswith("error=") else None
