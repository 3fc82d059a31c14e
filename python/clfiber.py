"""Fibers on OpenCL devices: libclfiber for Python, over ctypes.

    import clfiber
    s = clfiber.Scheduler()
    s.build(source)
    print(s.start("fib", 30).join())

A scheduler can share the context, the queue and the buffers of PyOpenCL: Scheduler(queue=queue), s.bind("data", buffer).
PyOpenCL is not needed for anything else. Errors are exceptions: Error with the status and the library's message,
FiberFailed for a fiber that ended with a failure.

Values: integers and floats for scalars, bytes or anything with the buffer interface (numpy's scalars and arrays) for
vectors and structures. Results of these types come as bytes.
"""
import ctypes
import ctypes.util
import enum
import os
from ctypes import c_char, c_char_p, c_double, c_int, c_int32, c_size_t, c_uint32, c_uint64, c_void_p, POINTER

__all__ = ['Scheduler', 'Handle', 'Status', 'Mode', 'Tier', 'Error', 'BuildError', 'FiberFailed', 'devices', 'version',
           'status_name', 'status_text', 'UNLIMITED', 'FOREVER', 'CALL_LATER']


class Status(enum.IntEnum):
    OK = 0
    PENDING = 1
    TIMEOUT = 2
    INTERRUPTED = 3
    BAD_ARGUMENT = -30001
    NO_MEMORY = -30002
    NO_DEVICE = -30003
    NO_COMPILER = -30004
    NO_TIER = -30005
    BUILD_FAILED = -30006
    BAD_PROGRAM = -30007
    BAD_LAYOUT = -30008
    NO_PROGRAM = -30009
    UNKNOWN_FIBER = -30010
    UNKNOWN_ENV = -30011
    UNBOUND_ENV = -30012
    WRONG_COUNT = -30013
    WRONG_SIZE = -30014
    STALE_HANDLE = -30015
    BUSY = -30016
    LIMIT = -30017
    FIBER_FAILED = -30018
    DEADLOCK = -30019
    CANCELLED = -30020
    INTERNAL = -30021


class Mode(enum.IntEnum):
    STEAL = 0
    STATIC = 1
    SHARED = 2


class Tier(enum.IntEnum):
    TIER_AUTO = 0
    TIER_C11 = 1
    TIER_FENCES = 2
    TIER_NVIDIA = 3
    TIER_LEGACY = 4
    TIER_SERIAL = 5


class Priority(enum.IntEnum):
    NORMAL = 0
    URGENT = 1


UNLIMITED = 0xffffffff
FOREVER = -1.0
CALL_LATER = -0x80000000
LITMUS_TESTS = 8
CALL_FAILED = -31033  # CLF_FAIL_CALL_IO: what a fiber gets whose call raised an exception

# ---- the header's structures; tests/ecosystem/bindings.py compares them with it ----------


class clf_options(ctypes.Structure):
    _fields_ = [('size', c_size_t), ('device', c_char_p), ('workers', c_uint32), ('lanes', c_uint32), ('slice', c_uint32),
                ('slice_ms', c_uint32), ('frames', c_uint32), ('max_frames', c_uint32), ('ring', c_uint32),
                ('window', c_uint32), ('mode', c_int), ('tier', c_int), ('seed', c_uint64), ('first_counter', c_uint32),
                ('inline_depth', c_uint32), ('debug', c_uint32), ('trace', c_char_p), ('trace_sample', c_uint32)]


class clf_param_info(ctypes.Structure):
    _fields_ = [('type', c_char_p), ('name', c_char_p), ('size', c_size_t), ('is_pointer', c_int)]


class clf_fiber_info(ctypes.Structure):
    _fields_ = [('name', c_char_p), ('result_type', c_char_p), ('result_size', c_size_t), ('frame_size', c_size_t),
                ('params', c_uint32), ('param', POINTER(clf_param_info))]


class clf_arg(ctypes.Structure):
    _fields_ = [('value', c_void_p), ('size', c_size_t)]


class clf_name(ctypes.Structure):
    _fields_ = [('text', c_char * 24)]


class clf_attributes(ctypes.Structure):
    _fields_ = [('size', c_size_t), ('name', c_char_p), ('priority', c_int)]


class clf_failure(ctypes.Structure):
    _fields_ = [('code', c_int32), ('fiber', c_char_p), ('at', c_uint32), ('worker', c_uint32), ('value', c_uint64),
                ('file', c_char_p), ('name', clf_name)]


class clf_hostcall(ctypes.Structure):
    _fields_ = [('number', c_uint32), ('argument', c_void_p), ('argument_size', c_size_t), ('result', c_void_p),
                ('result_size', c_size_t)]


class clf_counters(ctypes.Structure):
    _fields_ = [(name, c_uint64) for name in
                ('segments', 'spawned', 'completed', 'failed', 'steals_taken', 'steals_lost', 'steals_empty', 'stolen',
                 'publishes', 'idle_rounds', 'deque_high', 'frames_high',
                 'rounds', 'kinds')]


class clf_stats(ctypes.Structure):
    _fields_ = [('size', c_size_t), ('total', clf_counters), ('slices', c_uint64), ('device_seconds', c_double),
                ('started', c_uint64), ('outstanding', c_uint64), ('frames', c_uint32), ('frame_bytes', c_uint32),
                ('ring', c_uint32), ('frame_growths', c_uint32), ('ring_growths', c_uint32), ('device_bytes', c_uint64),
                ('frame_bytes_used', c_uint64), ('largest_frame_bytes', c_uint32), ('frame_classes', c_uint32)]


class clf_device_info(ctypes.Structure):
    _fields_ = [('platform', c_char * 128), ('name', c_char * 128), ('version', c_char * 128), ('id', c_void_p),
                ('platform_id', c_void_p), ('type', c_uint64), ('compute_units', c_uint32)]


class clf_litmus_row(ctypes.Structure):
    _fields_ = [('name', c_char_p), ('rounds', c_uint64), ('met', c_uint64), ('weak', c_uint64), ('control', c_uint64),
                ('allowed', c_int)]


class clf_mutex(ctypes.Structure):
    _fields_ = [(name, c_uint32) for name in ('state', 'queue', 'holder', 'fill')]


class clf_semaphore(ctypes.Structure):
    _fields_ = [('value', c_uint32), ('gate', c_uint32), ('line', c_uint32 * 2)]


class clf_event(ctypes.Structure):
    _fields_ = [('counter', clf_semaphore), ('mode', c_uint32), ('fill', c_uint32 * 3)]


class clf_once(ctypes.Structure):
    _fields_ = [('done', clf_event), ('begun', c_uint32), ('fill', c_uint32 * 3)]


class clf_barrier(ctypes.Structure):
    _fields_ = [('gate', c_uint32), ('fibers', c_uint32), ('arrived', c_uint32), ('fill', c_uint32),
                ('line', c_uint32 * 2), ('fill1', c_uint32 * 2)]


class clf_channel(ctypes.Structure):
    _fields_ = [(name, c_uint32) for name in ('gate', 'closed', 'capacity', 'bytes', 'oldest', 'messages')] + \
               [('senders', c_uint32 * 2), ('receivers', c_uint32 * 2), ('fill', c_uint32 * 6)]


clf_hostcall_function = ctypes.CFUNCTYPE(c_int32, POINTER(clf_hostcall), c_void_p)
clf_completion_function = ctypes.CFUNCTYPE(None, c_void_p, c_uint64, c_void_p)
clf_print_function = ctypes.CFUNCTYPE(c_int, POINTER(c_char), c_size_t, c_void_p)

# ---- the header's functions: name -> result and arguments ---------------------------------

_S = c_void_p  # clf_scheduler *
_FUNCTIONS = {
    'clf_version': (c_int, []),
    'clf_status_name': (c_char_p, [c_int]),
    'clf_status_text': (c_char_p, [c_int]),
    'clf_create': (c_int, [POINTER(clf_options), POINTER(_S)]),
    'clf_create_on': (c_int, [c_void_p, c_void_p, c_void_p, POINTER(clf_options), POINTER(_S)]),
    'clf_destroy': (None, [_S]),
    'clf_message': (c_char_p, [_S]),
    'clf_get_options': (c_int, [_S, POINTER(clf_options)]),
    'clf_tier_reason': (c_char_p, [_S, c_int]),
    'clf_context': (c_void_p, [_S]),
    'clf_device': (c_void_p, [_S]),
    'clf_queue': (c_void_p, [_S]),
    'clf_program_build': (c_int, [_S, c_char_p, c_char_p]),
    'clf_build_log': (c_char_p, [_S]),
    'clf_generated_source': (c_char_p, [_S]),
    'clf_get_fiber': (c_int, [_S, c_uint32, POINTER(clf_fiber_info), POINTER(c_uint32)]),
    'clf_get_env': (c_int, [_S, c_uint32, POINTER(clf_param_info), POINTER(c_uint32)]),
    'clf_find_fiber': (c_int, [_S, c_char_p, POINTER(clf_fiber_info)]),
    'clf_get_frame_bytes': (c_int, [_S, c_uint32, POINTER(c_uint32)]),
    'clf_bind': (c_int, [_S, c_char_p, c_void_p, c_size_t]),
    'clf_start': (c_int, [_S, c_char_p, c_uint32, POINTER(clf_arg), POINTER(c_uint64)]),
    'clf_start_many': (c_int, [_S, c_char_p, c_size_t, c_uint32, POINTER(clf_arg), POINTER(c_uint64)]),
    'clf_start_as': (c_int, [_S, c_char_p, c_uint32, POINTER(clf_arg), POINTER(clf_attributes), POINTER(c_uint64)]),
    'clf_run': (c_int, [_S, c_double]),
    'clf_step': (c_int, [_S]),
    'clf_enqueue_slice': (c_int, [_S, c_uint32, POINTER(c_void_p), POINTER(c_void_p)]),
    'clf_interrupt': (None, [_S]),
    'clf_join': (c_int, [_S, c_uint64, c_void_p, c_size_t, c_double]),
    'clf_poll': (c_int, [_S, c_uint64]),
    'clf_wait_any': (c_int, [_S, POINTER(c_uint64), c_size_t, POINTER(c_size_t), c_double]),
    'clf_drain': (c_int, [_S, POINTER(c_uint64), c_size_t, POINTER(c_size_t)]),
    'clf_detach': (c_int, [_S, c_uint64]),
    'clf_cancel': (c_int, [_S, c_uint64]),
    'clf_cancel_after': (c_int, [_S, c_uint64, c_double]),
    'clf_cancel_all': (c_int, [_S]),
    'clf_dump': (c_int, [_S, POINTER(c_char_p)]),
    'clf_get_failure': (c_int, [_S, POINTER(clf_failure)]),
    'clf_failure_text': (c_char_p, [c_int32]),
    'clf_on_completion': (c_int, [_S, c_uint64, clf_completion_function, c_void_p]),
    'clf_completion_event': (c_int, [_S, POINTER(c_uint64), c_size_t, POINTER(c_void_p)]),
    'clf_completion_fd': (c_int, [_S, POINTER(c_int)]),
    'clf_thread_start': (c_int, [_S]),
    'clf_thread_stop': (c_int, [_S]),
    'clf_hostcall_register': (c_int, [_S, c_uint32, clf_hostcall_function, c_void_p]),
    'clf_hostcall_finish': (c_int, [_S, POINTER(clf_hostcall), c_int32]),
    'clf_hostcall_print': (c_int, [_S, clf_print_function, c_void_p]),
    'clf_hostcall_file': (c_int, [_S, c_uint32, c_int]),
    'clf_get_stats': (c_int, [_S, POINTER(clf_stats)]),
    'clf_get_worker_counters': (c_int, [_S, c_uint32, POINTER(clf_counters)]),
    'clf_reset_stats': (c_int, [_S]),
    'clf_get_device': (c_int, [c_uint32, POINTER(clf_device_info), POINTER(c_uint32)]),
    'clf_litmus': (c_int, [_S, c_int, c_uint64, POINTER(clf_litmus_row)]),
    'clf_tier_name': (c_char_p, [c_int]),
    'clf_mode_name': (c_char_p, [c_int]),
}


def _load():
    path = os.environ.get('CLFIBER_LIBRARY') or ctypes.util.find_library('clfiber')
    if path is None:
        raise ImportError('libclfiber was not found: install it, or set CLFIBER_LIBRARY to its path')
    library = ctypes.CDLL(path)
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


_lib = _load()

# ---- errors -------------------------------------------------------------------------------


class Error(Exception):
    """A call of the library failed; `status` is a Status, or OpenCL's number."""

    def __init__(self, status, message):
        super().__init__(message or status_text(status))
        self.status = Status(status) if status in Status._value2member_map_ else status


class BuildError(Error):
    """The program does not compile; `log` has the diagnostics."""

    def __init__(self, status, message, log):
        super().__init__(status, message + '\n' + log)
        self.log = log


class FiberFailed(Error):
    """A fiber that was joined has ended with a failure: `code`, and which `fiber` failed first, in which `line`
    of which `file` ('' if the line is a resume point); its `name`, and what the code means if it is the runtime's own
    (`text`)."""

    def __init__(self, message, failure):
        super().__init__(Status.FIBER_FAILED, message)
        self.code, self.line, self.worker, self.value = failure.code, failure.at, failure.worker, failure.value
        self.fiber, self.file, self.name = _text(failure.fiber), _text(failure.file), _text(failure.name.text)
        self.text = _text(_lib.clf_failure_text(failure.code))


def _text(data):
    return data.decode('utf-8', 'replace') if data is not None else ''


def version():
    """The version of the library: (major, minor, patch)."""
    n = _lib.clf_version()
    return n // 10000, n // 100 % 100, n % 100


def status_name(status):
    return _text(_lib.clf_status_name(status))


def status_text(status):
    return _text(_lib.clf_status_text(status))


def _fields(structure):
    """A ctypes structure as a dictionary."""
    result = {}
    for name, _ in structure._fields_:
        value = getattr(structure, name)
        if isinstance(value, bytes):
            value = _text(value)
        elif isinstance(value, ctypes.Structure):
            value = _fields(value)
        if name != 'size' or isinstance(structure, clf_param_info):
            result[name] = value
    return result


def devices():
    """The OpenCL devices in the order of their numbers, as dictionaries."""
    count = c_uint32()
    status = _lib.clf_get_device(0, None, count)
    result = []
    for i in range(count.value if status == 0 else 0):
        info = clf_device_info()
        status = status or _lib.clf_get_device(i, info, None)
        result.append(_fields(info))
    if status != 0:
        raise Error(status, _text(_lib.clf_message(None)))
    return result


# ---- values -------------------------------------------------------------------------------

_SCALARS = {'char': ctypes.c_int8, 'uchar': ctypes.c_uint8, 'short': ctypes.c_int16, 'ushort': ctypes.c_uint16,
            'int': ctypes.c_int32, 'uint': ctypes.c_uint32, 'long': ctypes.c_int64, 'ulong': ctypes.c_uint64,
            'float': ctypes.c_float, 'double': ctypes.c_double, 'bool': ctypes.c_uint8, 'size_t': ctypes.c_size_t}


def _scalar(type_name):
    """ctypes' type for a scalar of OpenCL C, or None."""
    words = type_name.split()
    if words[:1] == ['unsigned']:
        return _SCALARS.get('u' + (words[1] if len(words) > 1 else 'int'))
    if words[:1] == ['signed']:
        return _SCALARS.get(words[1] if len(words) > 1 else 'int')
    return _SCALARS.get(type_name)


def _bytes_of(value, type_name, size, what):
    """The bytes of a value for a parameter of that type."""
    scalar = _scalar(type_name)
    if scalar is not None and isinstance(value, (int, float)):
        if scalar in (ctypes.c_float, ctypes.c_double):
            return bytes(scalar(value))
        whole = int(value)
        if whole != value or scalar(whole).value != whole:
            raise OverflowError(f'{what}: {value} is no {type_name}')
        return bytes(scalar(whole))
    try:
        data = bytes(memoryview(value).cast('B'))
    except TypeError:
        raise TypeError(f'{what}: {type_name} takes {"a number" if scalar else f"{size} bytes"}, '
                        f'not {type(value).__name__}') from None
    if len(data) != size:
        raise Error(Status.WRONG_SIZE, f'{what}: {type_name} has {size} bytes, but the value has {len(data)}')
    return data


# ---- fibers and the scheduler -------------------------------------------------------------


class Handle:
    """The join handle of a fiber. One that is dropped is detached: the fiber goes on."""

    def __init__(self, scheduler, number, result_type, result_size):
        self._scheduler, self.number, self._type, self._size = scheduler, number, result_type, result_size

    def join(self, seconds=FOREVER):
        """Runs slices until the fiber has completed; its result. Error with Status.TIMEOUT after `seconds`."""
        result = ctypes.create_string_buffer(max(self._size, 1))
        s = self._scheduler
        status = _lib.clf_join(s._need(), self.number, result if self._size else None, self._size, seconds)
        if status in (Status.OK, Status.FIBER_FAILED, Status.CANCELLED):
            self.number = 0
        status = s._check(status)
        if status != 0:
            raise Error(status, '')
        scalar = _scalar(self._type)
        if scalar is not None:
            return scalar.from_buffer_copy(result).value
        return result.raw[:self._size] if self._size else None

    def done(self):
        """Whether join() would return at once."""
        return self._scheduler._check(_lib.clf_poll(self._scheduler._need(), self.number)) == 0

    def cancel_after(self, seconds):
        """The same as cancel() after so many seconds; FOREVER takes the deadline away."""
        s = self._scheduler
        s._check(_lib.clf_cancel_after(s._need(), self.number, seconds))

    def cancel(self):
        """The fiber and its descendants end before the next slice; join() raises Error with Status.CANCELLED."""
        self._scheduler._check(_lib.clf_cancel(self._scheduler._need(), self.number))

    def detach(self):
        number, self.number = self.number, 0
        if number and self._scheduler._s:
            _lib.clf_detach(self._scheduler._s, number)

    def __del__(self):
        if getattr(self, 'number', 0) and _lib is not None:
            self.detach()


class Scheduler:
    """A scheduler of fibers. Options as in clf_create(3): device, workers, lanes, slice, ...

    With `queue` (PyOpenCL's CommandQueue, in-order) it works on the queue's context and device."""

    def __init__(self, queue=None, **options):
        o = clf_options(size=ctypes.sizeof(clf_options))
        known = [name for name, _ in clf_options._fields_ if name != 'size']
        for name, value in options.items():
            if name not in known:
                raise TypeError(f'there is no option {name}; there are {", ".join(known)}')
            setattr(o, name, str(value).encode() if name == 'device' else value)
        self._s = None
        self._thrown = None
        self._calls = {}
        self._completions = {}
        self._print = None
        s = _S()
        if queue is None:
            status = _lib.clf_create(o, s)
        else:
            status = _lib.clf_create_on(queue.context.int_ptr, queue.device.int_ptr, queue.int_ptr, o, s)
        if status != 0:
            raise Error(status, _text(_lib.clf_message(None)))
        self._s = s.value

    def close(self):
        """Frees the scheduler; outstanding fibers are dropped."""
        if self._s:
            _lib.clf_destroy(self._s)
            self._s = None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def __del__(self):
        if getattr(self, '_s', None) and _lib is not None:
            self.close()

    def _need(self):
        if not self._s:
            raise Error(Status.BAD_ARGUMENT, 'the scheduler has been closed')
        return self._s

    def _check(self, status):
        """Raises for an error, or what a host call raised; a status that is no error comes back."""
        if self._thrown is not None:
            thrown, self._thrown = self._thrown, None
            raise thrown
        if status >= 0:
            return status
        message = _text(_lib.clf_message(self._s))
        failure = clf_failure()
        if status == Status.FIBER_FAILED and _lib.clf_get_failure(self._s, failure) == 0:
            raise FiberFailed(message, failure)
        if status == Status.BUILD_FAILED:
            raise BuildError(status, message, self.build_log)
        raise Error(status, message)

    # -- what it works on

    @property
    def options(self):
        """The options as they came out."""
        o = clf_options(size=ctypes.sizeof(clf_options))
        self._check(_lib.clf_get_options(self._need(), o))
        return _fields(o)

    def tier_reason(self, tier):
        return _text(_lib.clf_tier_reason(self._need(), tier))

    @staticmethod
    def tier_name(tier):
        return _text(_lib.clf_tier_name(tier))

    @staticmethod
    def mode_name(mode):
        return _text(_lib.clf_mode_name(mode))

    @property
    def context(self):
        """PyOpenCL's Context of the scheduler."""
        import pyopencl
        return pyopencl.Context.from_int_ptr(_lib.clf_context(self._need()))

    @property
    def device(self):
        """PyOpenCL's Device of the scheduler."""
        import pyopencl
        return pyopencl.Device.from_int_ptr(_lib.clf_device(self._need()))

    @property
    def queue(self):
        """PyOpenCL's CommandQueue of the scheduler."""
        import pyopencl
        return pyopencl.CommandQueue.from_int_ptr(_lib.clf_queue(self._need()))

    # -- programs

    def build(self, source, build_options=''):
        """Builds a fiber program; BuildError has the diagnostics if it does not compile."""
        self._check(_lib.clf_program_build(self._need(), source.encode(), build_options.encode()))

    @property
    def build_log(self):
        return _text(_lib.clf_build_log(self._need()))

    @property
    def generated_source(self):
        return _text(_lib.clf_generated_source(self._need()))

    def _list(self, get, structure):
        count = c_uint32()
        self._check(get(self._need(), 0, None, count))
        all_of_them = []
        for i in range(count.value):
            info = structure()
            self._check(get(self._s, i, info, None))
            all_of_them.append(info)
        return all_of_them

    @property
    def fibers(self):
        """The program's fibers: dictionaries, with the parameters as a list."""
        result = []
        for info in self._list(_lib.clf_get_fiber, clf_fiber_info):
            fiber = _fields(info)
            fiber['params'] = [_fields(info.param[i]) for i in range(info.params)]
            del fiber['param']
            taken = c_uint32()
            self._check(_lib.clf_get_frame_bytes(self._s, len(result), taken))
            fiber['frame_bytes'] = taken.value
            result.append(fiber)
        return result

    @property
    def env(self):
        """The members of the program's env, as dictionaries."""
        return [_fields(info) for info in self._list(_lib.clf_get_env, clf_param_info)]

    def bind(self, name, value):
        """Binds a member of the env: a value, or for a pointer a buffer of PyOpenCL (or a cl_mem as an integer)."""
        for member in self.env:
            if member['name'] == name:
                break
        else:
            member = {'type': 'int', 'size': 4, 'is_pointer': 0}  # the library will say which there are
        if member['is_pointer']:
            data = bytes(c_void_p(getattr(value, 'int_ptr', value)))
        else:
            data = _bytes_of(value, member['type'], member['size'], name)
        self._check(_lib.clf_bind(self._need(), name.encode(), data, len(data)))

    # -- fibers

    def _find(self, name, count):
        info = clf_fiber_info()
        self._check(_lib.clf_find_fiber(self._need(), name.encode(), info))
        if info.params != count:
            plural = '' if info.params == 1 else 's'
            raise Error(Status.WRONG_COUNT, f'fiber {name} takes {info.params} argument{plural}, not {count}')
        return info

    def start(self, name, *arguments, called=None, priority=Priority.NORMAL):
        """Starts a fiber, with a name of its own (`called`) or a priority if they are given; its Handle."""
        info = self._find(name, len(arguments))
        number = c_uint64()
        data = [_bytes_of(a, _text(p.type), p.size, f'{name}, {_text(p.name)}') for a, p in
                zip(arguments, info.param[:info.params] if info.params else [])]
        args = (clf_arg * max(len(data), 1))()
        keep = [ctypes.create_string_buffer(d, len(d)) for d in data]
        for i, buffer in enumerate(keep):
            args[i] = clf_arg(ctypes.cast(buffer, c_void_p), len(data[i]))
        if called is None and priority == Priority.NORMAL:
            self._check(_lib.clf_start(self._s, name.encode(), len(data), args, number))
        else:
            how = clf_attributes(ctypes.sizeof(clf_attributes), None if called is None else called.encode(), priority)
            self._check(_lib.clf_start_as(self._s, name.encode(), len(data), args, how, number))
        return Handle(self, number.value, _text(info.result_type), info.result_size)

    def start_many(self, name, *columns):
        """Starts a fiber for each row of the columns (sequences of one length); a list of Handles."""
        info = self._find(name, len(columns))
        if not columns:
            raise Error(Status.WRONG_COUNT, f'the fiber {name} has no parameters, so that there are no columns')
        count = len(columns[0])
        if any(len(column) != count for column in columns):
            raise Error(Status.WRONG_COUNT, f'the columns of arguments of {name} differ in length')
        if count == 0:
            return []
        args, keep = (clf_arg * len(columns))(), []
        for k, column in enumerate(columns):
            p = info.param[k]
            data = b''.join(_bytes_of(v, _text(p.type), p.size, f'{name}, {_text(p.name)}') for v in column)
            keep.append(ctypes.create_string_buffer(data, len(data)))
            args[k] = clf_arg(ctypes.cast(keep[-1], c_void_p), p.size)
        numbers = (c_uint64 * count)()
        self._check(_lib.clf_start_many(self._s, name.encode(), count, len(columns), args, numbers))
        return [Handle(self, number, _text(info.result_type), info.result_size) for number in numbers]

    def run(self, seconds=FOREVER):
        """Runs slices until nothing is outstanding: Status.OK, or Status.TIMEOUT, Status.INTERRUPTED."""
        return Status(self._check(_lib.clf_run(self._need(), seconds)))

    def step(self):
        """Runs one slice; whether there is more to do."""
        return self._check(_lib.clf_step(self._need())) == Status.PENDING

    def enqueue_slice(self, wait_for=()):
        """Enqueues one slice behind PyOpenCL's events; PyOpenCL's Event of the slice."""
        import pyopencl
        events = (c_void_p * max(len(wait_for), 1))(*[e.int_ptr for e in wait_for])
        event = c_void_p()
        self._check(_lib.clf_enqueue_slice(self._need(), len(wait_for), events if wait_for else None, event))
        return pyopencl.Event.from_int_ptr(event.value, retain=False)

    def cancel_all(self):
        """Cancels all fibers, detached and started ones as well."""
        self._check(_lib.clf_cancel_all(self._need()))

    def dump(self):
        """The fibers that are alive, and what each waits for, as text."""
        text = c_char_p()
        self._check(_lib.clf_dump(self._need(), text))
        return _text(text.value)

    def interrupt(self):
        """Makes run, join or wait_any end after their slice. From any thread."""
        _lib.clf_interrupt(self._need())

    def wait_any(self, handles, seconds=FOREVER):
        """Runs slices until one of the fibers has completed; its index, None after so many seconds."""
        numbers = (c_uint64 * max(len(handles), 1))(*[h.number for h in handles])
        index = c_size_t()
        status = self._check(_lib.clf_wait_any(self._need(), numbers, len(handles), index, seconds))
        return index.value if status == 0 else None

    def drain(self, most=1024):
        """Numbers of fibers that completed, in their order."""
        numbers = (c_uint64 * most)()
        count = c_size_t()
        self._check(_lib.clf_drain(self._need(), numbers, most, count))
        return list(numbers[:count.value])

    # -- completions

    def on_completion(self, handle, function):
        """Calls function() once when the fiber has completed, in the thread that finds it out."""
        def run(scheduler, number, user):
            try:
                function()
            except BaseException as e:
                self._thrown = e

        wrapped = clf_completion_function(run)
        self._completions[handle.number] = wrapped  # for as long as the scheduler: it may be running
        self._check(_lib.clf_on_completion(self._need(), handle.number, wrapped, None))

    def completion_event(self, handles):
        """PyOpenCL's Event, complete when all of the fibers are. Somebody has to run slices: start_thread()."""
        import pyopencl
        numbers = (c_uint64 * max(len(handles), 1))(*[h.number for h in handles])
        event = c_void_p()
        self._check(_lib.clf_completion_event(self._need(), numbers, len(handles), event))
        return pyopencl.Event.from_int_ptr(event.value, retain=False)

    def completion_fd(self):
        """A descriptor for select or asyncio: readable while drain() would give a number."""
        descriptor = c_int()
        self._check(_lib.clf_completion_fd(self._need(), descriptor))
        return descriptor.value

    def start_thread(self):
        """Starts a thread of the library's that runs slices in the background."""
        self._check(_lib.clf_thread_start(self._need()))

    def stop_thread(self):
        self._check(_lib.clf_thread_stop(self._need()))

    # -- host calls

    def on_call(self, number, function):
        """Registers function(argument) for a host call: bytes in; out bytes, or None for no result, or CALL_LATER.

        An exception comes out of what runs the slices. With CALL_LATER the function is given the call itself as a second
        argument if it takes one, for finish_call."""
        if function is None:
            self._check(_lib.clf_hostcall_register(self._need(), number, clf_hostcall_function(), None))
            self._calls.pop(number, None)
            return
        later = function.__code__.co_argcount > 1 if hasattr(function, '__code__') else False

        def run(call, user):
            try:
                c = call.contents
                argument = ctypes.string_at(c.argument, c.argument_size) if c.argument else b''
                answer = function(argument, call) if later else function(argument)
                if isinstance(answer, int):
                    return answer
                self._answer(c, answer)
                return 0
            except BaseException as e:
                self._thrown = e
                return CALL_FAILED

        wrapped = clf_hostcall_function(run)
        self._check(_lib.clf_hostcall_register(self._need(), number, wrapped, None))
        self._calls[number] = wrapped

    @staticmethod
    def _answer(call, answer):
        data = bytes(answer) if answer is not None else b''
        if len(data) > call.result_size:
            raise ValueError(f'host call {call.number}: a result of {len(data)} bytes, where {call.result_size} fit')
        if data:
            ctypes.memmove(call.result, data, len(data))

    def finish_call(self, call, answer=None, code=0):
        """Ends a call whose function returned CALL_LATER."""
        self._answer(call.contents, answer)
        self._check(_lib.clf_hostcall_finish(self._need(), call, code))

    def on_print(self, function):
        """Lines that fibers print go to function(text); None: nowhere."""
        def run(line, length, user):
            try:
                function(_text(ctypes.string_at(line, length)))
                return 0
            except BaseException as e:
                self._thrown = e
                return -1

        wrapped = clf_print_function(run) if function is not None else clf_print_function()
        self._check(_lib.clf_hostcall_print(self._need(), wrapped, None))
        self._print = wrapped

    def file(self, number, descriptor):
        """Lets fibers read and write an open file by a number; -1 takes it away."""
        self._check(_lib.clf_hostcall_file(self._need(), number, descriptor))

    # -- figures

    @property
    def stats(self):
        figures = clf_stats(size=ctypes.sizeof(clf_stats))
        self._check(_lib.clf_get_stats(self._need(), figures))
        return _fields(figures)

    def worker_counters(self, worker):
        counters = clf_counters()
        self._check(_lib.clf_get_worker_counters(self._need(), worker, counters))
        return _fields(counters)

    def reset_stats(self):
        self._check(_lib.clf_reset_stats(self._need()))

    def litmus(self, tier, rounds):
        """Runs the litmus tests of a tier: a dictionary for each, as clf_litmus(3) describes them."""
        rows = (clf_litmus_row * LITMUS_TESTS)()
        self._check(_lib.clf_litmus(self._need(), tier, rounds, rows))
        return [_fields(row) for row in rows]
