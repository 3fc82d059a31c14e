"""header.py: what include/clfiber.h declares, for the tests that compare documentation and bindings with it."""
import re


def text(top):
    with open(top + '/include/clfiber.h', encoding='utf-8') as f:
        return re.sub(r'/\*.*?\*/', ' ', f.read(), flags=re.S)


def functions(top):
    """Name -> prototype, in one line and without CLF_API."""
    found = {}
    for prototype in re.findall(r'^CLF_API ([^;{]*);', text(top), re.M):
        prototype = ' '.join(prototype.split())
        found[re.search(r'(\w+)\(', prototype).group(1)] = prototype
    return found


def structures(top):
    """Name -> list of (type, member name, length of the array or None), of the public structures."""
    found = {}
    for body, name in re.findall(r'typedef struct (?:\w+ )?\{(.*?)\} (\w+);', text(top), re.S):
        members = []
        for line in body.split(';'):
            first, *others = ' '.join(line.split()).split(', ')
            m = re.match(r'(.*?)(\w+)(?:\[(\w+)\])?$', first)
            if m:
                members.append((m.group(1).strip(), m.group(2), m.group(3)))
                for other in others:
                    member, length = re.match(r'(\w+)(?:\[(\w+)\])?$', other).groups()
                    members.append((m.group(1).strip(), member, length))
        found[name] = members
    return found


def enumerators(top):
    """Name -> value of all enumerators that are written out; clf_status is found by statuses()."""
    found = {}
    for body in re.findall(r'typedef enum \w+ \{(.*?)\} \w+;', text(top), re.S):
        for name, value in re.findall(r'\b(CLF_\w+) = (-?\w+)', body):
            if name != 'CLF_STATUS_RANGE':
                found[name] = int(value, 0)
    return found


def statuses(top):
    """Name -> number."""
    return {n: int(v) for n, v in re.findall(r'S\((CLF_\w+), (-?\d+),', text(top))}
