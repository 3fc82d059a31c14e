"""stub.py TOP [STORED]: a library in C that is nothing but the interface of the header below TOP: all of its functions, and a
variable of each of its structures, so that what abidw says of it is small and has all of it.

With STORED, an interface that abidw described: structures that begin with their size, which the caller sets, may have grown
behind their last member; here they end where they ended then. (libabigail's suppressions of such growth, has_data_member_
inserted_at and its like, let insertions in the middle pass as well.)
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'ecosystem'))
import header  # noqa: E402

top, stored = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
text = header.text(top)


def cut(structure, text):
    """The text with no more members of the structure than were stored."""
    with open(stored, encoding='utf-8') as f:
        described = re.search(rf"<class-decl name='{structure}' .*?</class-decl>", f.read(), re.S)
    if not described:
        return text  # a new one
    room = described.group(0).count('<var-decl ')
    body = re.search(r'typedef struct ' + structure + r' \{(.*?)\} ' + structure + ';', text, re.S)
    kept = []
    for declaration in filter(None, map(str.strip, body.group(1).split(';'))):
        names = declaration.split(',')[:room]
        room -= len(names)
        if names:
            kept.append(','.join(names) + ';\n')
    return text[:body.start(1)] + ''.join(kept) + text[body.end(1):]


structures = header.structures(top)
for structure, members in structures.items():
    if stored and members[0][1] == 'size':
        text = cut(structure, text)
print(text)
for function, prototype in header.functions(top).items():
    print(f'CLF_API {prototype} {{ __builtin_trap(); }}')
for structure in structures:
    print(f'CLF_API {structure} clf_abi_of_{structure};')
