"""The mechanics of the fast core: two decorators, log and exp in float32, bit casts, and numba's cache folder.

@row    a scalar function that holds one equation. Its decimal numbers are float32; a float64 creeping in is an error.
@part   a piece of a sweep about one row (load, call, store), pasted where it is called: a call would copy kilobytes of table headers.
@sweep  a loop over rows that loads, calls rows and stores. Its array arguments never overlap (C's restrict), so LLVM vectorises it.
Both are plain Python under NUMBA_DISABLE_JIT=1 and give the same bits.

numba's cache watches only the file of the cached function, so the folder's name carries a hash of every source that holds compiled
code: a row function edited in another file starts a new folder. Not here: any economics.
"""
import hashlib
import os
import pathlib

import numba
import numpy as np
from llvmlite.ir import FloatType, IntType
from numba import njit, types
from numba.core import config, ir
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.errors import TypingError
from numba.core.typed_passes import NopythonTypeInference
from numba.core.untyped_passes import IRProcessing
from numba.extending import intrinsic, overload

from sim import compiled_tables  # noqa: F401  (tells numba how tables are passed)

_CONSTANTS = ("declare.py", "tables.py", "places.py", "rules.py", "behaviour.py", "year.py", "units.py")


def source_hash(root=None):
    """Hash of numba's version and of every source under `root` (the package) that imports this module or lends it constants."""
    root = pathlib.Path(root or pathlib.Path(__file__).parent)
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(root.rglob("*.py")):
        text = path.read_bytes()
        if b".compiled import" in text or b"numba" in text or path.name in _CONSTANTS:
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + text)
    return digest.hexdigest()[:16]


def cache_parent():
    """`<user cache>/ronghe`, or what RONGHE_CACHE names."""
    return os.environ.get("RONGHE_CACHE") or os.path.join(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache", "ronghe")


def cache_folder():
    """`<cache>/<hash>`: machine code of these sources."""
    return str(pathlib.Path(cache_parent()) / source_hash())


if not os.environ.get("NUMBA_CACHE_DIR"):
    config.CACHE_DIR = cache_folder()


@register_pass(mutates_CFG=False, analysis_only=False)
class _Float32Numbers(FunctionPass):
    """Decimal literals and module constants of a row function become float32."""
    _name = "float32_numbers"

    def __init__(self):
        super().__init__()

    def run_pass(self, state):
        for block in state.func_ir.blocks.values():
            for assign in block.find_insts(ir.Assign):
                value = assign.value
                if isinstance(value, (ir.Const, ir.Global, ir.FreeVar)) and type(value.value) is float:
                    value.value = np.float32(value.value)
        return True


@register_pass(mutates_CFG=False, analysis_only=True)
class _NoFloat64(FunctionPass):
    _name = "no_float64"

    def __init__(self):
        super().__init__()

    def run_pass(self, state):
        for block in state.func_ir.blocks.values():
            for assign in block.find_insts(ir.Assign):
                if state.typemap.get(assign.target.name) == types.float64:
                    raise TypingError("float64 in a row function. Write 1.0 for 1, and give it float32 columns.", loc=assign.loc)
        return False


class _Row(CompilerBase):
    def define_pipelines(self):
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        pipeline.add_pass_after(_Float32Numbers, IRProcessing)
        pipeline.add_pass_after(_NoFloat64, NopythonTypeInference)
        pipeline.finalize()
        return [pipeline]


class _Sweep(CompilerBase):
    def define_pipelines(self):
        self.state.flags.noalias = not os.environ.get("RONGHE_NO_NOALIAS")
        return [DefaultPassBuilder.define_nopython_pipeline(self.state)]


_OPTIONS = dict(error_model="numpy", cache=True, _nrt=False)   # no reference counts: a table header has a hundred arrays
row = njit(pipeline_class=_Row, forceinline=True, **_OPTIONS)
part = njit(pipeline_class=_Sweep, forceinline=True, **_OPTIONS)
sweep = njit(pipeline_class=_Sweep, nogil=True, **_OPTIONS)


def bits(x):
    """The 32 bits of a float32 as an int32."""
    return np.float32(x).view(np.int32)


def from_bits(i):
    """The float32 that has these 32 bits."""
    return np.int32(i).view(np.float32)


def _bitcast(source, target, llvm_type):
    @intrinsic
    def cast(typing_context, x):
        return target(source), lambda context, builder, signature, arguments: builder.bitcast(arguments[0], llvm_type)
    return cast


_bits, _from_bits = _bitcast(types.float32, types.int32, IntType(32)), _bitcast(types.int32, types.float32, FloatType())
overload(bits, inline="always")(lambda x: lambda x: _bits(x))
overload(from_bits, inline="always")(lambda i: lambda i: _from_bits(i))


@row
def log(x):
    """Natural logarithm of a positive float32 (Cephes polynomial, <= 1 ulp). Terms are paired (Estrin): one long chain of sums would be waited for."""
    i = bits(x)
    e = np.int32(np.int32(i - np.int32(0x3F3504F3)) >> np.int32(23))
    m = from_bits(np.int32(i - np.int32(e << np.int32(23)))) - 1.0
    n = np.float32(e)
    z = m * m
    z2 = z * z
    p = ((3.3333331174e-1 - 2.4999993993e-1 * m) + (2.0000714765e-1 - 1.6668057665e-1 * m) * z
         + ((1.4249322787e-1 - 1.2420140846e-1 * m) + (1.1676998740e-1 - 1.1514610310e-1 * m) * z) * z2 + 7.0376836292e-2 * (z2 * z2))
    return m + (p * m * z + n * -2.12194440e-4 - 0.5 * z) + n * 0.693359375


@row
def exp(x):
    """Exponential of a float32, held to the range of float32 (Cephes polynomial, <= 1 ulp, terms paired as in `log`)."""
    x = min(max(x, -87.0), 88.0)
    t = x * 1.44269504088896341 + 12582912.0
    n = t - 12582912.0
    r = x - n * 0.693359375 + n * 2.12194440e-4
    z = r * r
    p = ((5.0000001201e-1 + 1.6666665459e-1 * r) + (4.1665795894e-2 + 8.3334519073e-3 * r) * z
         + (1.3981999507e-3 + 1.9875691500e-4 * r) * (z * z))
    return (p * z + r + 1.0) * from_bits(np.int32(np.int32(bits(t) - np.int32(0x4B400000) + np.int32(127)) << np.int32(23)))


@row
def power(base, exponent):
    """base ** exponent of a positive float32."""
    return exp(exponent * log(base))
