"""bindings.py TOP: the C++ and the Python interface against the header: every function, structure, status and number."""
import re
import sys

import header

top = sys.argv[1]
passed, problems = 0, []


def check(good, problem):
    global passed
    if good:
        passed += 1
    else:
        problems.append(problem)


functions = header.functions(top)
with open(top + '/include/clfiber.hpp', encoding='utf-8') as f:
    cxx = f.read()
for function in functions:
    # clf_message and the names are used inside; all others are somebody's method.
    check(re.search(r'\b' + function + r'\b', cxx), f'clfiber.hpp does not use {function}')

sys.path.insert(0, top + '/python')
with open(top + '/python/clfiber.py', encoding='utf-8') as f:
    python = f.read()
space = {}
exec(python.split('def _load()')[0], space)  # the declarations: they need no library

import ctypes

SCALARS = {'size_t': ctypes.c_size_t, 'uint32_t': ctypes.c_uint32, 'uint64_t': ctypes.c_uint64, 'int32_t': ctypes.c_int32,
           'int': ctypes.c_int, 'double': ctypes.c_double, 'cl_uint': ctypes.c_uint32, 'clf_status': ctypes.c_int,
           'clf_mode': ctypes.c_int, 'clf_priority': ctypes.c_int, 'clf_tier': ctypes.c_int, 'clf_handle': ctypes.c_uint64, 'void': None,
           'cl_device_type': ctypes.c_uint64, 'cl_device_id': ctypes.c_void_p, 'cl_platform_id': ctypes.c_void_p,
           'cl_context': ctypes.c_void_p, 'cl_command_queue': ctypes.c_void_p, 'cl_event': ctypes.c_void_p,
           'clf_completion_function': space['clf_completion_function'],
           'clf_hostcall_function': space['clf_hostcall_function'], 'clf_print_function': space['clf_print_function']}
OPAQUE = {'void', 'clf_scheduler'}


def python_type(c):
    """What ctypes calls the C type, or None if it is not known here."""
    c = re.sub(r'\bconst\b', '', c)
    stars, base = c.count('*'), c.replace('*', '').strip()
    if stars == 0:
        return SCALARS.get(base, space.get(base, 'unknown'))
    if base == 'char':
        t = ctypes.c_char_p
        stars -= 1
    elif base in OPAQUE:
        t = ctypes.c_void_p
        stars -= 1
    else:
        t = SCALARS.get(base, space.get(base))
        if t is None:
            return 'unknown'
    for _ in range(stars):
        t = ctypes.POINTER(t)
    return t


for function, prototype in functions.items():
    result, arguments = re.match(r'(.*?)\b' + function + r'\((.*)\)$', prototype).groups()
    check(function in space['_FUNCTIONS'], f'clfiber.py does not declare {function}')
    if function not in space['_FUNCTIONS']:
        continue
    wanted = [] if arguments == 'void' else [python_type(re.sub(r'\w+$', '', a.strip())) for a in arguments.split(',')]
    check(space['_FUNCTIONS'][function] == (python_type(result), wanted),
          f'clfiber.py: {function}: {space["_FUNCTIONS"][function]}, the header has {prototype}')
    check(len(re.findall(r'\b' + function + r'\b', python)) > 1, f'clfiber.py: no method uses {function}')
for function in space['_FUNCTIONS']:
    check(function in functions, f'clfiber.py declares {function}, which the header has not')

structures = header.structures(top)
for name, members in structures.items():
    check(name in space, f'clfiber.py has no {name}')
    if name not in space:
        continue
    wanted = []
    for c, member, length in members:
        t = ctypes.c_char if c == 'char' else python_type(c)
        t = t * int(length) if length else t
        wanted.append((member, t))
    check(list(space[name]._fields_) == wanted,
          f'clfiber.py: {name}: {space[name]._fields_}\nthe header has {wanted}')

check({'CLF_' + s.name: s.value for s in space['Status']} == header.statuses(top), 'clfiber.py: Status differs from the header')
numbers = header.enumerators(top)
for kind, prefix in (('Mode', 'CLF_'), ('Tier', 'CLF_'), ('Priority', 'CLF_PRIORITY_')):
    for s in space[kind]:
        check(numbers.pop(prefix + s.name, None) == s.value, f'clfiber.py: {kind}.{s.name} differs from the header')
m = re.search(r'#define CLF_LITMUS_TESTS (\d+)', header.text(top))
check(int(m.group(1)) == space['LITMUS_TESTS'], 'clfiber.py: LITMUS_TESTS differs from the header')
check(not numbers, f'clfiber.py has no {", ".join(numbers)}')

print('\n'.join(problems))
print(f'{passed} passed, {len(problems)} failed')
sys.exit(1 if problems or not passed else 0)
