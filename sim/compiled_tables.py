"""How a table enters compiled code: as one pointer to the addresses of its columns and to its numbers.

So pass the classes of `declare.record` (tables, the Year, the Behaviour); for numba a plain NamedTuple of a hundred arrays is seven hundred arguments
of every function, and minutes of compilation. In compiled code `table.column[row]` and `table.number` read as in Python. An index is never negative,
and no two columns overlap (each is its own type to LLVM's alias analysis), so that loops vectorise.

Not here: the decorators (`sim/compiled.py`), which columns there are (`sim/tables.py`).
"""
import operator

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.errors import TypingError
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_getattr, infer_global, signature
from numba.extending import NativeValue, intrinsic, lower_builtin, lower_getattr_generic, overload, register_model, typeof_impl, unbox

from sim.declare import Record

_SLOT = ir.IntType(64)


class TableType(types.Type):
    """A NamedTuple class with the types of its fields: numba scalars and ColumnTypes."""

    def __init__(self, name, names, fields):
        self.name_of_table, self.names, self.fields = name, names, fields
        super().__init__(f"table {name}({', '.join(f'{n}: {f}' for n, f in zip(names, fields))})")

    def slot(self, name):
        """(first slot, type) of a field, as `declare.Record.address` lays them out."""
        place = self.names.index(name)
        return sum(getattr(field, "ndim", 1) for field in self.fields[:place]), self.fields[place]


class ColumnType(types.Type):
    """One column: numbers of one type, side by side; of two dimensions the second is known as the table is passed."""

    def __init__(self, label, dtype, ndim):
        self.label, self.dtype, self.ndim = label, dtype, ndim
        super().__init__(f"column {label}({dtype}, {ndim}d)")


def _field(table, name, value, context):
    kind = typeof_impl(value, context)
    return ColumnType(f"{table}.{name}", kind.dtype, kind.ndim) if isinstance(kind, types.Array) else kind


_typeof_tuple = typeof_impl.dispatch(tuple)


@typeof_impl.register(tuple)
def _typeof_table(value, context):
    kind = type(value)
    if not isinstance(value, Record):
        return _typeof_tuple(value, context)
    return TableType(kind.__name__, kind._fields, tuple(_field(kind.__name__, n, v, context) for n, v in zip(kind._fields, value)))


@register_model(TableType)
class _TableModel(models.PrimitiveModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, _SLOT.as_pointer())


@register_model(ColumnType)
class _ColumnModel(models.StructModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, [("data", types.CPointer(kind.dtype)), ("width", types.intp)][:kind.ndim])


@unbox(TableType)
def _unbox_table(kind, obj, c):
    """The address that the table itself keeps (`declare.ByPointer`)."""
    address = cgutils.alloca_once_value(c.builder, ir.Constant(_SLOT.as_pointer(), None))
    number = c.pyapi.object_getattr_string(obj, "address")
    with c.builder.if_then(cgutils.is_not_null(c.builder, number)):
        c.builder.store(c.builder.bitcast(c.pyapi.long_as_voidptr(number), _SLOT.as_pointer()), address)
        c.pyapi.decref(number)
    return NativeValue(c.builder.load(address), is_error=cgutils.is_null(c.builder, number))


@infer_getattr
class _TableAttributes(AttributeTemplate):
    key = TableType

    def generic_resolve(self, table, name):
        return table.slot(name)[1] if name in table.names else None


def _unchanging(builder, load):
    """Say of a load that what it reads does not change while compiled code runs."""
    load.set_metadata("invariant.load", builder.module.add_metadata([]))
    return load


@lower_getattr_generic(TableType)
def _table_attribute(context, builder, kind, table, name):
    slot, field = kind.slot(name)
    place = builder.gep(table, [ir.Constant(_SLOT, slot)])
    if not isinstance(field, ColumnType):
        model = context.data_model_manager[field]
        return model.from_data(builder, _unchanging(builder, builder.load(builder.bitcast(place, model.get_data_type().as_pointer()))))
    column = cgutils.create_struct_proxy(field)(context, builder)
    address = _unchanging(builder, builder.load(place))
    column.data = builder.inttoptr(address, context.get_data_type(field.dtype).as_pointer())
    if field.ndim == 2:
        column.width = _unchanging(builder, builder.load(builder.gep(table, [ir.Constant(_SLOT, slot + 1)])))
    return column._getvalue()


def numbers(table, place):
    """The float32 column at `place` among the fields of a table whose columns are all of one dimension: for sweeps that read columns one by one."""
    return table[place]


@overload(numbers)
def _numbers(table, place):
    if isinstance(table, TableType):
        return lambda table, place: _column_at(table, place)


@intrinsic
def _column_at(typing_context, table, place):
    if any(getattr(field, "ndim", 1) != 1 for field in table.fields):
        raise TypingError(f"{table.name_of_table}: a field of two dimensions. `numbers` counts one slot a field.")
    kind = ColumnType(f"{table.name_of_table}: any", types.float32, 1)

    def build(context, builder, sig, args):
        column = cgutils.create_struct_proxy(kind)(context, builder)
        address = _unchanging(builder, builder.load(builder.gep(args[0], [builder.sext(args[1], _SLOT)])))
        column.data = builder.inttoptr(address, context.get_data_type(types.float32).as_pointer())
        return column._getvalue()
    return kind(table, types.intp), build


def _indexed(column, index):
    """Types of a fitting index, or None."""
    if not isinstance(column, ColumnType):
        return None
    if column.ndim == 1 and isinstance(index, types.Integer):
        return types.intp
    if column.ndim == 2 and isinstance(index, types.BaseTuple) and len(index) == 2 and all(isinstance(i, types.Integer) for i in index):
        return types.UniTuple(types.intp, 2)
    return None


@infer_global(operator.getitem)
class _ColumnGet(AbstractTemplate):
    def generic(self, args, kws):
        if at := _indexed(*args):
            return signature(args[0].dtype, args[0], at)


@infer_global(operator.setitem)
class _ColumnSet(AbstractTemplate):
    def generic(self, args, kws):
        column, index, value = args
        if (at := _indexed(column, index)) and self.context.can_convert(value, column.dtype) is not None:
            return signature(types.none, column, at, column.dtype)


def _place(context, builder, kind, value, index):
    """Address of one number of a column."""
    column = cgutils.create_struct_proxy(kind)(context, builder, value=value)
    if kind.ndim == 2:
        row, place = cgutils.unpack_tuple(builder, index)
        index = builder.add(builder.mul(row, column.width), place)
    return builder.gep(column.data, [index])


def _own(builder, kind, access):
    """Mark an access with the column's own type: LLVM then knows that it touches no other column."""
    add = builder.module.add_metadata
    column = add([kind.label, add(["columns of ronghe"]), ir.Constant(_SLOT, 0)])
    access.set_metadata("tbaa", add([column, column, ir.Constant(_SLOT, 0)]))
    return access


@lower_builtin(operator.getitem, ColumnType, types.Any)
def _get(context, builder, sig, args):
    loaded = _own(builder, sig.args[0], builder.load(_place(context, builder, sig.args[0], *args)))
    return context.data_model_manager[sig.return_type].from_data(builder, loaded)


@lower_builtin(operator.setitem, ColumnType, types.Any, types.Any)
def _set(context, builder, sig, args):
    kind = sig.args[0]
    value = context.get_value_as_data(builder, kind.dtype, args[2])
    _own(builder, kind, builder.store(value, _place(context, builder, kind, args[0], args[1])))
    return context.get_dummy_value()
