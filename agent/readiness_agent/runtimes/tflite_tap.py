"""Times every operator of a running TFLite interpreter, which has no profiler in Python, from inside its graph.

A delegate is handed the graph through a C interface that has kept its layout since TFLite 2.3, because delegates are
shipped as libraries of their own (tensorflow/lite/core/c/common.h). This one takes no operator; it keeps the way in,
and puts a clock around each operator's `invoke` once the tensors are allocated.
"""

import ctypes
import time
from collections.abc import Callable
from typing import Any, ClassVar

_Pointer = ctypes.c_void_p
_OK = 0
# Without this flag TFLite takes the graph as closed once a delegate has seen it, and XNNPACK would find it so.
_ALLOWS_DYNAMIC_TENSORS = 1
_Invoke = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, _Pointer)


class _Registration(ctypes.Structure):
    """TfLiteRegistration, as far as `invoke`."""

    _fields_: ClassVar = [(name, _Pointer) for name in ("init", "free", "prepare", "invoke")]


class _Indices(ctypes.Structure):
    """TfLiteIntArray: the size, behind which the numbers stand."""

    _fields_: ClassVar = [("size", ctypes.c_int)]


_GetPlan = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, ctypes.POINTER(ctypes.POINTER(_Indices)))
_GetNode = ctypes.CFUNCTYPE(
    ctypes.c_int, _Pointer, ctypes.c_int, ctypes.POINTER(_Pointer), ctypes.POINTER(ctypes.POINTER(_Registration))
)


class _Context(ctypes.Structure):
    """TfLiteContext, as far as `GetNodeAndRegistration`."""

    _fields_: ClassVar = [
        ("tensors_size", ctypes.c_size_t),
        ("get_plan", _GetPlan),
        *[(name, _Pointer) for name in ("tensors", "impl", "resize", "report", "add")],
        ("get_node", _GetNode),
    ]


_Prepare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Context), _Pointer)


class _Delegate(ctypes.Structure):
    """TfLiteDelegate."""

    _fields_: ClassVar = [
        ("data", _Pointer),
        ("prepare", _Prepare),
        *[(name, _Pointer) for name in ("copy_from", "copy_to", "free")],
        ("flags", ctypes.c_int64),
        ("builder", _Pointer),
    ]


class Tap:
    """A delegate for an interpreter's `experimental_delegates`; `start` it when the tensors are allocated.

    `plan` are the operators' indices in the order of their run, `spent_ns` the time of each since `clear`.
    """

    def __init__(self) -> None:
        self.plan: tuple[int, ...] = ()
        self.spent_ns: dict[int, int] = {}
        self._prepare = _Prepare(self._seen)
        self._delegate = _Delegate(prepare=self._prepare, flags=_ALLOWS_DYNAMIC_TENSORS)
        # TFLite locks these two ways in again, outside of a delegate's preparation, by putting others in their place.
        self._ways: tuple[int, Any, Any] | None = None
        self._clocks: list[Any] = []

    def _get_native_delegate_pointer(self) -> int:
        return ctypes.addressof(self._delegate)

    def _seen(self, context: Any, _delegate: int) -> int:
        if self._ways is None:  # the main graph comes first, bodies of loops after it
            inside = context.contents
            get_plan = _GetPlan(ctypes.cast(inside.get_plan, _Pointer).value or 0)
            get_node = _GetNode(ctypes.cast(inside.get_node, _Pointer).value or 0)
            self._ways = (ctypes.addressof(inside), get_plan, get_node)
        return _OK

    def start(self) -> None:
        """Put a clock around every operator in the plan; raises RuntimeError when the graph does not show itself."""
        if self._ways is None:
            raise RuntimeError("the graph was never shown")
        context, get_plan, get_node = self._ways
        plan = ctypes.POINTER(_Indices)()
        if get_plan(context, ctypes.byref(plan)) != _OK:
            raise RuntimeError("the graph does not tell its order")
        behind_size = ctypes.addressof(plan.contents) + ctypes.sizeof(_Indices)
        self.plan = tuple((ctypes.c_int * plan.contents.size).from_address(behind_size))
        for index in self.plan:
            node, registration = _Pointer(), ctypes.POINTER(_Registration)()
            if get_node(context, index, ctypes.byref(node), ctypes.byref(registration)) != _OK:
                raise RuntimeError(f"the graph does not show operator {index}")
            clock = _Invoke(self._clocked(index, _Invoke(registration.contents.invoke)))
            self._clocks.append(clock)
            registration.contents.invoke = ctypes.cast(clock, _Pointer).value
        self.clear()

    def clear(self) -> None:
        self.spent_ns = dict.fromkeys(self.plan, 0)

    def _clocked(self, index: int, invoke: Any) -> Callable[[int, int], int]:
        def run(context: int, node: int) -> int:
            began = time.perf_counter_ns()
            status: int = invoke(context, node)
            self.spent_ns[index] += time.perf_counter_ns() - began
            return status

        return run
